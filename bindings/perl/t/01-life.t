# SPDX-License-Identifier: Apache-2.0
# Lives and deaths of handles, in every order, and very many of them.
use strict;
use warnings;
use FindBin;
require "$FindBin::Bin/lib.pl";
use S2N::TLS qw(:constants);
use Test::More;

my $before = S2N::TLS::live_objects();

for my $make (
    sub { S2N::TLS::Connection->new(S2N_CLIENT) },
    sub { S2N::TLS::Config->new },
    sub { S2N::TLS::CertChain->new },
    sub { S2N::TLS::Psk->new }
  )
{
    my $object = $make->();
    ok(!$object->is_closed, ref($object) . ' is open');
    $object->close;
    $object->close;
    ok($object->is_closed, ref($object) . ' is closed');
}
is(S2N::TLS::live_objects(), $before, 'all gone');

{
    my ($client, $server) = (client_config(), server_config());
    my @ends = (connection(S2N_CLIENT, $client), connection(S2N_SERVER, $server));
    $server->close;
    undef $client;
    shake(@ends);
    is(pass_on(@ends, 'x' x 1000), 'x' x 1000, 'connections keep their configs');

    my $chosen = $ends[1]->get_selected_cert;
    my $peer = $ends[0]->get_peer_cert_chain;
    is($ends[0]->get_selected_cert, undef, 'a client without a certificate');
    my $der = $chosen->get_der(0);
    @ends = ();
    is($peer->get_length, 2, 'the chain outlives its connection');
    is($peer->get_der(0), $der, 'the same certificate at both ends');
    is($chosen->get_der(0), $der, 'and so does the chosen one');
}
is(S2N::TLS::live_objects(), $before, 'all gone again');

{
    my $config = base_config();
    my $chain = chain('server');
    $config->add_cert_chain_and_key_to_store($chain);
    $chain->close;
    my @ends = connected(undef, $config);
    fails('S2N_SCRIPT_CLOSED', sub { $chain->get_length }, 'a closed chain that is in use');
    is(pass_on(@ends, 'still works'), 'still works', 'a config keeps its chain');
}

# What Perl allows: destructors called by hand.
{
    my ($conn, $other) = map { S2N::TLS::Connection->new(S2N_CLIENT) } 1 .. 2;
    $conn->DESTROY for 1 .. 2;
    fails('S2N_SCRIPT_CLOSED', sub { $conn->negotiate }, 'after DESTROY');
    my $new = S2N::TLS::Connection->new(S2N_CLIENT);
    fails('S2N_SCRIPT_CLOSED', sub { $conn->negotiate }, 'after DESTROY, with the place taken again');
    ok(!$new->is_closed, 'the new one is unharmed');
    S2N::TLSc::delete_Connection(tied %$other) for 1 .. 2;
    fails('S2N_SCRIPT_CLOSED', sub { $other->negotiate }, 'after delete');
}
is(S2N::TLS::live_objects(), $before, 'nothing left');

# Interpreter threads get no copies, so nothing is freed twice.
SKIP: {
    require Config;
    skip 'this perl has no threads', 2 unless $Config::Config{useithreads};
    require threads;
    my $conn = S2N::TLS::Connection->new(S2N_CLIENT);
    my $seen = threads->create(sub { eval { $conn->get_mode; 1 } ? 'used' : 'refused' })->join;
    is($seen, 'refused', 'another interpreter thread has no connection');
    is($conn->get_mode, S2N_CLIENT, 'this one still has');
}
is(S2N::TLS::live_objects(), $before, 'nothing left after threads');

# bindings/tests/run caps the address space; ten thousand of these would not fit.
for (1 .. 100_000) {
    my $conn = S2N::TLS::Connection->new(S2N_SERVER);
    $conn->set_config(S2N::TLS::Config->new);
}
pass('100,000 connections with a config each');
my $chain = chain('server');
for (1 .. 100_000) {
    my $config = S2N::TLS::Config->new;
    $config->add_cert_chain_and_key_to_store($chain);
}
pass('100,000 configs with a chain');
for (1 .. 100_000) {
    my $empty = S2N::TLS::CertChain->new;
    my $psk = S2N::TLS::Psk->new;
}
pass('100,000 chains and keys');
undef $chain;
is(S2N::TLS::live_objects(), $before, 'nothing left of them');

done_testing();
