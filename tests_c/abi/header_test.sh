#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the public headers as C99, C11, C17 and C++11 to C++20, pedantic and with warnings as errors: all of them
# together in every mode, and each of them alone in the oldest; then the types, numbers and layouts of the contract
# (contract_header.py) against them. Nothing is linked or run.
# usage: header_test.sh INCLUDE_DIR [COMPILER...]      a compiler whose name ends in ++ takes the C++ modes
set -u

if [ $# -lt 1 ] || [ ! -e "$1/s2n.h" ]; then
    echo "usage: header_test.sh INCLUDE_DIR [COMPILER...]" >&2
    exit 2
fi
include=$1
shift
[ $# -gt 0 ] || set -- cc c++
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tried=0
failed=0

# compile COMPILER STANDARD FILE [OPTION...]: one compilation, with its messages only if it fails
compile() {
    compiler=$1 standard=$2 file=$3
    shift 3
    tried=$((tried + 1))
    if ! $compiler "-std=$standard" -Wall -Wextra -pedantic -Werror -fsyntax-only "$@" "-I$include" "$file" \
        >"$work/log" 2>&1; then
        failed=$((failed + 1))
        echo "header_test: $compiler -std=$standard: $(basename "$file"):" >&2
        cat "$work/log" >&2
    fi
}

"${PYTHON:-python3}" "$here/contract_header.py" "$work"

# What a program sees: the header first and alone, then once more, then an identifier of its own. The headers below
# s2n/unstable need s2n.h and the last file has them all.
for suffix in c cc; do
    (cd "$include" && for name in s2n/unstable/*.h; do echo "#include <$name>"; done) >"$work/all.$suffix"
    echo 'int main(void) { return 0; }' >>"$work/all.$suffix"
done
for header in "$include"/s2n.h "$include"/s2n/unstable/*.h; do
    name=${header#"$include"/}
    for suffix in c cc; do
        file=$work/$(echo "$name" | tr / _).$suffix
        printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$name" "$name" >"$file"
    done
done

for compiler in "$@"; do
    if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
        echo "header_test: no compiler $compiler" >&2
        exit 1
    fi
    case ${compiler%% *} in
    *++ | *++-[0-9]*) modes="c++11 c++14 c++17 c++20" suffix=cc extra=-Wold-style-cast ;;
    *) modes="c99 c11 c17" suffix=c extra=-Wstrict-prototypes ;;
    esac
    for mode in $modes; do
        compile "$compiler" "$mode" "$work/all.$suffix" -Wshadow "$extra"
    done
    for file in "$work"/s2n*."$suffix"; do
        compile "$compiler" "${modes%% *}" "$file" -Wshadow "$extra"
    done
    if [ "$suffix" = c ]; then
        compile "$compiler" c11 "$work/agree.c" "$extra"
        compile "$compiler" c11 "$work/private.c" "$extra" "-I$here/../../abi/src"
    fi
done

echo "header_test: $tried compilations, $failed failed"
[ "$failed" -eq 0 ]
