#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the gem, installs it as a user does, below FOLDER, and loads it from there. usage: package.sh FOLDER
set -eu
folder=$1
cd "$(dirname "$0")/.."
rake --quiet gem
gem install --norc --local --no-document --install-dir "$folder" pkg/s2n-tls-*.gem
cd /
GEM_HOME="$folder" GEM_PATH="$folder" ruby -e '
require "s2n/tls"
raise "blocked" unless S2N::TLS::Connection.new(S2N::TLS::S2N_CLIENT).blocked == S2N::TLS::S2N_NOT_BLOCKED
puts "loaded #{$LOADED_FEATURES.grep(/native/).first} #{S2N::TLS::VERSION}"'
