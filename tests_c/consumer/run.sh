#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build tree into a prefix of its own and builds, links and runs a small program against it in every way
# that other projects do: CMake package, pkg-config, add_subdirectory; shared and static each.
# usage: run.sh BUILD_DIR
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
export S2N_DONT_MLOCK=1

quiet() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "consumer: failed: $*" >&2; exit 1; }
}

# Run a program and see that it is linked with the kind of library that was asked for.
check() {
    program=$1 kind=$2 way=$3
    quiet "$program"
    if ldd "$program" | grep -q 'libs2n\.so\.1'; then found=shared; else found=static; fi
    [ "$found" = "$kind" ] || { echo "consumer: $way: linked $found, wanted $kind" >&2; exit 1; }
    echo "consumer: $way, $kind: ok"
}

quiet cmake --install "$build" --prefix "$prefix"
libdir=$(dirname "$(find "$prefix" -name 's2n.pc')")/..
libdir=$(cd "$libdir" && pwd)
[ -e "$prefix/include/s2n.h" ] && [ -e "$libdir/s2n/cmake/s2n-config.cmake" ]

for kind in shared static; do
    case $kind in shared) on=ON ;; static) on=OFF ;; esac
    quiet cmake -G Ninja -S "$here/cmake" -B "$work/cmake-$kind" "-DCMAKE_PREFIX_PATH=$prefix" "-DBUILD_SHARED_LIBS=$on"
    quiet cmake --build "$work/cmake-$kind"
    check "$work/cmake-$kind/consumer" "$kind" "find_package"

    mkdir "$work/make-$kind"
    quiet env "PKG_CONFIG_PATH=$libdir/pkgconfig" make -C "$here/pkgconfig" "LINK=$kind" "OUT=$work/make-$kind"
    (
        export LD_LIBRARY_PATH="$libdir"
        check "$work/make-$kind/consumer" "$kind" "pkg-config"
    )
done

# One build tree for both kinds: the objects are the same, only the last step differs.
for kind in static shared; do
    case $kind in shared) on=ON ;; static) on=OFF ;; esac
    quiet cmake -G Ninja -S "$here/subdir" -B "$work/subdir" "-DS2N_SOURCE=$top" -DCMAKE_BUILD_TYPE=Debug \
        "-DBUILD_SHARED_LIBS=$on"
    quiet cmake --build "$work/subdir" -j 2
    check "$work/subdir/consumer" "$kind" "add_subdirectory"
done
