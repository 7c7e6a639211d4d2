#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles every public header alone, as C99, C11, C++11 and C++17, pedantic and with warnings as errors; then the
# lists of numbers and types beside this script. Nothing is linked or run.
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

# What a program sees: the header first and alone, then once more, then an identifier of its own.
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
    *++ | *++-[0-9]*) modes="c++11 c++17" suffix=cc extra=-Wold-style-cast ;;
    *) modes="c99 c11" suffix=c extra=-Wstrict-prototypes ;;
    esac
    for mode in $modes; do
        for file in "$work"/*."$suffix"; do
            compile "$compiler" "$mode" "$file" -Wshadow "$extra"
        done
    done
    if [ "$suffix" = c ]; then
        compile "$compiler" c11 "$here/contract_values.c" "$extra"
        compile "$compiler" c11 "$here/contract_types.c" "$extra"
    fi
done

echo "header_test: $tried compilations, $failed failed"
[ "$failed" -eq 0 ]
