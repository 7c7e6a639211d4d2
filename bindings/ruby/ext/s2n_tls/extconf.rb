# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# Builds s2n/tls/native from the C files beside it, against an installed libs2n.
require "mkmf"

_, given = dir_config("s2n")
pkg_config("s2n")
unless have_header("s2n.h") && have_library("s2n", "s2n_connection_serialize", "s2n.h")
  abort "libs2n is not found: set PKG_CONFIG_PATH, or give --with-s2n-dir"
end

# A library in an unusual place must be found when the program runs, too.
[*given, *$LIBPATH, *$LDFLAGS.scan(/-L(\S+)/).flatten].uniq.each do |folder|
  $LDFLAGS << " -Wl,-rpath,#{folder}" unless folder.include?("$(") || folder.match?(%r{\A/(usr/)?lib})
end
$defs << "-D_GNU_SOURCE"
append_cflags("-fvisibility=hidden")
create_makefile("s2n/tls/native")
