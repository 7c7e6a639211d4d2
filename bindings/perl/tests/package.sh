#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the distribution as its author, then from the packed file as a user without SWIG would, and loads it from where it
# was installed. Called by tests_py/bindings/test_packages.py in a copy of the repository, see there. usage: package.sh DEST
set -eu
dest=$1
cd "$(dirname "$0")/.."
perl Makefile.PL
make
make dist
mkdir "$dest/unpacked"
tar xzf S2N-TLS-*.tar.gz -C "$dest/unpacked"
cd "$dest"/unpacked/S2N-TLS-*
SWIG=/nonexistent perl Makefile.PL INSTALL_BASE="$dest/perl"
make
make install
cd /
PERL5LIB=$dest/perl/lib/perl5 perl -MS2N::TLS=:constants -e '
    my $conn = S2N::TLS::Connection->new(S2N_CLIENT);
    print "loaded $INC{q(S2N/TLS.pm)} $S2N::TLS::VERSION\n"'
