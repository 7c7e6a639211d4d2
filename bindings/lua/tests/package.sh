#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds and installs the rock as a user does, below FOLDER, and loads it from there. usage: package.sh FOLDER
set -eu
folder=$1
here=$(cd "$(dirname "$0")/.." && pwd)
"$here/distribute" "$folder/rock"
cd "$folder/rock"
luarocks --lua-version=5.4 --tree "$folder/tree" make \
    S2N_INCDIR="$(pkg-config --variable=includedir s2n)" S2N_LIBDIR="$(pkg-config --variable=libdir s2n)"
cd /
LUA_CPATH="$folder/tree/lib/lua/5.4/?.so" lua5.4 -e '
local s2n = require("s2n_tls")
assert(s2n.Connection(s2n.S2N_CLIENT):blocked() == s2n.S2N_NOT_BLOCKED)
print("loaded " .. package.searchpath("s2n_tls", package.cpath) .. " " .. s2n._VERSION)'
