#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the package against the installed library, installs it, and loads it from there. Called by
# tests_py/bindings/test_packages.py in a copy of the repository, see there. usage: package.sh DEST
set -eu
dest=$1
bindings=$(dirname "$0")/../..
cmake -S "$bindings" -B "$dest/build" -DS2N_BINDINGS=tcl
cmake --build "$dest/build" --target bindings_tcl
cmake --install "$dest/build" --component bindings_tcl --prefix "$dest/tcl"
cd /
echo 'package require s2n_tls
set conn [s2n_tls::Connection -args $s2n_tls::S2N_CLIENT]
puts "loaded [lindex [info loaded] 0 0] [package provide s2n_tls]"
$conn -delete' | TCLLIBPATH=$dest/tcl/lib/tcltk tclsh
