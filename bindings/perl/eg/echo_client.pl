#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
# Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
# usage: echo_client.pl HOST PORT CA.pem [LINE]
use strict;
use warnings;
use IO::Socket::INET;
use S2N::TLS qw(:constants);

my ($host, $port, $ca, $line) = @ARGV;
die "usage: $0 HOST PORT CA.pem [LINE]\n" unless defined $ca;
$line //= 'hello';

my $config = S2N::TLS::Config->new;
$config->set_cipher_preferences('default_tls13');
$config->set_serialization_version(S2N_SERIALIZED_CONN_V1);
$config->set_verification_ca_location($ca, undef);

my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die "$host:$port: $@\n";

sub connection {
    my $conn = S2N::TLS::Connection->new(S2N_CLIENT);
    $conn->set_config($config);
    $conn->set_fd(fileno $socket);
    return $conn;
}

my $conn = connection();
$conn->set_server_name($host);
1 until $conn->negotiate == S2N_NOT_BLOCKED;
printf "%s with %s\n", $conn->get_cipher, $conn->get_key_exchange_group;

my $blob = $conn->serialize;
$conn->close;
$conn = connection();
$conn->deserialize($blob);

$conn->send("$line\n");
my $answer = '';
while ($answer !~ /\n/) {
    my $more = $conn->recv(4096);
    last if !defined $more || $more eq '';
    $answer .= $more;
}
print $answer;
$conn->shutdown_send;
