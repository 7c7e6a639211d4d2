# SPDX-License-Identifier: Apache-2.0
# Binary strings through everything that takes and gives them; moving a connection; resuming a session; early data.
use strict;
use warnings;
use FindBin;
require "$FindBin::Bin/lib.pl";
use S2N::TLS qw(:constants);
use Test::More;

my $all = join '', map { chr } 0 .. 255;

{
    my ($client, $server) = connected();
    is(pass_on($client, $server, $all), $all, 'every byte value');
    is(pass_on($server, $client, "\0"), "\0", 'a NUL');
    my $long = $all x 16384;
    is(length $long, 4 << 20, '4 MiB');
    ok(pass_on($client, $server, $long) eq $long, 'go through');
    is($client->recv(2**62), undef, 'recv of a huge number blocks');
    is($client->blocked, S2N_BLOCKED_ON_READ, 'and says on what');
    is($client->get_actual_protocol_version, S2N_TLS13, 'TLS 1.3');
    like($client->get_cipher, qr/^TLS_/, 'a suite');
    is(length $server->get_client_random, 32, 'the random of the ClientHello');
    is($client->get_client_hello, undef, 'a client has none');
    is($server->get_server_name, 'localhost', 'the server name');
    is($server->get_application_protocol, undef, 'no application protocol');

    # utf8-flagged strings are bytes too, as long as they can be.
    my $flagged = $all;
    utf8::upgrade($flagged);
    is(pass_on($client, $server, $flagged), $all, 'an upgraded string');
    is(length $flagged, 256, 'is not changed');
}

for my $policy ('default_tls13', '20190801') {
    my ($client, $server) = connected(client_config($policy), server_config($policy));
    is(pass_on($server, $client, 'before'), 'before', "$policy: before");
    my $info = $server->get_cipher;
    my $blob = $server->serialize;
    fails('S2N_ERR_CLOSED', sub { $server->recv(1) }, "$policy: used up");
    my $next = connection(S2N_SERVER, server_config($policy));
    $next->deserialize($blob);
    is($next->get_cipher, $info, "$policy: the same suite");
    is(pass_on($client, $next, $all), $all, "$policy: goes on there");
    is(pass_on($next, $client, $all), $all, "$policy: and back");
}

# Sessions.
{
    my $server = server_config();
    $server->set_session_tickets_onoff(1);
    $server->add_ticket_crypto_key("key\0one", "\0" . 'k' x 31, 0);
    my $client = client_config();
    $client->set_session_tickets_onoff(1);
    my @ends = connected($client, $server);
    pass_on($ends[1], $ends[0], 'and a ticket');
    my $session = $ends[0]->get_session;
    ok(length $session > 50, 'a session');
    my $again = connection(S2N_CLIENT, $client);
    $again->set_session($session);
    my $other = connection(S2N_SERVER, $server);
    shake($again, $other);
    ok($again->is_session_resumed && $other->is_session_resumed, 'resumed');
    ok(!$ends[0]->is_session_resumed, 'the first was not');
}

sub psk {
    my ($identity) = @_;
    my $psk = S2N::TLS::Psk->new;
    $psk->set_identity($identity);
    $psk->set_secret("\0secret\0" x 4);
    $psk->set_hmac(S2N_PSK_HMAC_SHA256);
    $psk->configure_early_data(1000, 0x13, 0x01);
    $psk->set_early_data_context("con\0text");
    return $psk;
}

# Pre-shared keys, and early data that waits for an answer.
for my $accept (0, 1) {
    my $server_config = base_config();
    $server_config->hold_early_data;
    my @ends = (connection(S2N_CLIENT, base_config()), connection(S2N_SERVER, $server_config));
    for my $end (@ends) {
        $end->set_psk_mode(S2N_PSK_MODE_EXTERNAL);
        $end->append_psk(psk("id\0$all"));
    }
    is($ends[0]->send_early_data("ear\0ly"), 6, 'sent early');
    $ends[1]->feed($ends[0]->take);
    is($ends[1]->recv_early_data(100), '', 'nothing yet');
    is($ends[1]->blocked, S2N_BLOCKED_ON_APPLICATION_INPUT, 'the script is asked');
    is($ends[1]->get_early_data_context, "con\0text", 'the context');
    $accept ? $ends[1]->accept_early_data : $ends[1]->reject_early_data;
    is($ends[1]->get_early_data_context, undef, 'answered');
    my $got = '';
    for (1 .. 5) {
        $got .= $ends[1]->recv_early_data(100);
        last if $ends[1]->blocked == S2N_NOT_BLOCKED;
        pump(@ends);
        $ends[0]->negotiate;
        pump(@ends);
    }
    is($got, $accept ? "ear\0ly" : '', 'early data');
    shake(@ends);
    is($ends[1]->get_negotiated_psk_identity, "id\0$all", 'the identity');
    fails('S2N_SCRIPT_STATE', sub { $ends[1]->accept_early_data }, 'nothing waits');
}

done_testing();
