#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs programs that know the library by the contract alone (contract_header.py), against the built library:
#   - linked with it, and linked with a stub of the same names without versions, as an old libs2n.so was;
#   - two copies of it in one process, apart by dlopen and by dlmopen;
#   - beside an application's own libcrypto: hidden in the application, seen by all, and shared with libs2n.a.
# usage: run_test.sh BUILD_DIR
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export S2N_DONT_MLOCK=1
ran=0

# compile OUTPUT SOURCE OPTION...
compile() {
    output=$1 source=$2
    shift 2
    # shellcheck disable=SC2086 # CC may hold options
    ${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -I"$work" -I"$here" "$source" -o "$work/$output" "$@"
}

# ours NAME PROGRAM ARGUMENT...: the program, with our library wherever it asks for libs2n.so.1
ours() {
    name=$1
    shift
    LD_LIBRARY_PATH=$build "$@" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; echo "abi run: failed: $name" >&2; exit 1; }
    # What the loader has to say, such as about versions, is a failure too.
    if [ -s "$work/log" ]; then cat "$work/log" >&2; echo "abi run: not silent: $name" >&2; exit 1; fi
    ran=$((ran + 1))
}

"${PYTHON:-python3}" "$here/contract_header.py" "$work"

compile linked "$here/old_program.c" "$build/libs2n.so" -pthread
ours "program of today" "$work/linked"
mkdir "$work/stub"
compile stub/libs2n.so.1 "$work/stub.c" -w -shared -fPIC -Wl,-soname,libs2n.so.1
compile unversioned "$here/old_program.c" "$work/stub/libs2n.so.1" -pthread
if readelf --version-info "$work/unversioned" | grep -q S2N_; then
    echo "abi run: the stub has versions" >&2
    exit 1
fi
ours "program linked without versions" "$work/unversioned"

mkdir "$work/a" "$work/b"
cp "$build/libs2n.so.1" "$work/a/libs2n.so.1"
cp "$build/libs2n.so.1" "$work/b/libs2n.so.1"
compile two "$here/two_copies.c" -ldl
for way in dlopen dlmopen; do
    ours "two copies, $way" "$work/two" "$work/a/libs2n.so.1" "$work/b/libs2n.so.1" "$way"
done

compile apart "$here/own_openssl.c" "$build/libs2n.so" -l:libcrypto.a -Wl,--exclude-libs,libcrypto.a -ldl -pthread
ours "own libcrypto, hidden" "$work/apart" apart
compile seen "$here/own_openssl.c" "$build/libs2n.so" -l:libcrypto.a -ldl -pthread
ours "own libcrypto, seen by all" "$work/seen"
compile static "$here/own_openssl.c" "$build/libs2n.a" -l:libcrypto.a -ldl -pthread
ours "own libcrypto, shared with libs2n.a" "$work/static"

echo "abi run: $ran programs"
