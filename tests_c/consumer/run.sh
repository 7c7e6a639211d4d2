#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build tree into a prefix of its own and builds, links and runs a small program against it in every way
# that other projects do: CMake package, pkg-config, add_subdirectory, FetchContent; shared and static each. The
# installed tree is looked at too, and its programs are run where they lie.
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

# Every file that belongs there, none with a trace of where it was built, and the whole tree can be moved.
for file in include/s2n.h bin/s2nc bin/s2nd share/man/man1/s2nc.1 share/man/man1/s2nd.1; do
    [ -e "$prefix/$file" ] || { echo "consumer: $file is not installed" >&2; exit 1; }
done
for header in "$top"/abi/include/s2n/unstable/*.h; do
    cmp -s "$header" "$prefix/include/s2n/unstable/${header##*/}" ||
        { echo "consumer: ${header##*/} is not installed" >&2; exit 1; }
done
for file in libs2n.a libs2n.so libs2n.so.1 pkgconfig/s2n.pc s2n/cmake/s2n-config.cmake \
    s2n/cmake/modules/Findcrypto.cmake s2n/cmake/shared/s2n-targets.cmake s2n/cmake/static/s2n-targets.cmake; do
    [ -e "$libdir/$file" ] || { echo "consumer: $file is not installed" >&2; exit 1; }
done
if grep -rlF -e "$prefix" -e "$build" "$libdir/pkgconfig" "$libdir/s2n"; then
    echo "consumer: these files know where they were built or installed" >&2
    exit 1
fi
mv "$prefix" "$work/moved"
prefix=$work/moved
libdir=$prefix/${libdir#"$work/prefix/"}
for program in s2nc s2nd; do
    "$prefix/bin/$program" --help >"$work/log" 2>&1 || true
    grep -qi usage "$work/log" || { cat "$work/log" >&2; echo "consumer: $program does not run" >&2; exit 1; }
    ldd "$prefix/bin/$program" | grep -q "$work/moved.*libs2n\.so\.1" ||
        { echo "consumer: $program takes another library" >&2; exit 1; }
done
echo "consumer: installed tree: ok"

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

# One build tree for all: the objects are the same, only the last step differs.
build_from_source() {
    way=$1 folder=$2 kind=$3
    case $kind in shared) on=ON ;; static) on=OFF ;; esac
    rm -f "$work/source/CMakeCache.txt"
    quiet cmake -G Ninja -S "$here/$folder" -B "$work/source" "-DS2N_SOURCE=$top" -DCMAKE_BUILD_TYPE=Debug \
        "-DBUILD_SHARED_LIBS=$on"
    quiet cmake --build "$work/source" -j "${JOBS:-2}" --target consumer
    check "$work/source/consumer" "$kind" "$way"
}

for kind in static shared; do
    build_from_source add_subdirectory subdir "$kind"
    build_from_source FetchContent fetch "$kind"
done
