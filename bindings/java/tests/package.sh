#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the jar against an installed libs2n (CMAKE_PREFIX_PATH), puts it into FOLDER and loads it from there.
# usage: package.sh FOLDER; see tests_py/bindings/test_packages.py
set -eu
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$here/../.." -B "$work/build" -DS2N_BINDINGS=java >"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" --target bindings_java >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cp "$work/build/bindings/java/s2n-tls.jar" "$folder/s2n-tls-0.9.0.jar"
cat >"$work/Loaded.java" <<'END'
import s2n.tls.Connection;
import s2n.tls.S2N;

class Loaded {
    public static void main(String[] args) throws Exception {
        try (Connection conn = new Connection(S2N.S2N_CLIENT)) {
            String path = Connection.class.getProtectionDomain().getCodeSource().getLocation().getPath();
            System.out.println("loaded " + path + " " + Connection.class.getPackage().getImplementationVersion());
        }
    }
}
END
java -cp "$folder/s2n-tls-0.9.0.jar" "$work/Loaded.java"
