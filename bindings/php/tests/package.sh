#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the extension with phpize as PIE does, installs it below FOLDER, and loads it from there. usage: package.sh FOLDER
set -eu
folder=$1
here=$(cd "$(dirname "$0")/.." && pwd)
"$here/distribute" "$folder/s2n_tls"
cd "$folder/s2n_tls"
phpize
./configure --enable-s2n_tls
make
make install INSTALL_ROOT="$folder/root"
cd /
module=$(find "$folder/root" -name s2n_tls.so)
php -n -d "extension=$module" -r '
$conn = new S2N\TLS\Connection(S2N_CLIENT);
echo "loaded ", $argv[1], " ", phpversion("s2n_tls"), "\n";' "$module"
