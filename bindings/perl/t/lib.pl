# SPDX-License-Identifier: Apache-2.0
# What the tests share: configs, a handshake in memory between two connections, and looking at errors.
use strict;
use warnings;
use S2N::TLS qw(:constants);
use File::Temp qw(tempdir);
use Test::More;

# Certificates: given by bindings/tests/run, or made here with the openssl program, as for `make test`.
our $PKI = $ENV{S2N_TEST_PKI} // make_pki();

sub make_pki {
    my $dir = tempdir(CLEANUP => 1);
    my $new = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
    my @commands = (
        "$new -keyout ca.key -out ca.pem -subj '/CN=test CA' -addext keyUsage=critical,keyCertSign,cRLSign",
        map { "$new -CA ca.pem -CAkey ca.key -keyout $_->[0].key -out $_->[0].pem -subj /CN=$_->[0]"
              . " -addext subjectAltName=DNS:$_->[1] -addext extendedKeyUsage=$_->[2]"
              . " -addext basicConstraints=critical,CA:FALSE" }
          ['server', 'localhost', 'serverAuth'], ['client', 'client.test', 'clientAuth']
    );
    for my $command (@commands) {
        system("cd '$dir' && $command >log 2>&1") == 0 or BAIL_OUT("cannot make certificates: $command");
    }
    return $dir;
}

sub slurp {
    my ($name) = @_;
    open my $file, '<:raw', "$PKI/$name" or die "$name: $!";
    local $/;
    return scalar <$file>;
}

# The error that the code dies with, which must be one of ours with this name.
sub fails {
    my ($name, $code, $what) = @_;
    my $lived = eval { $code->(); 1 };
    my $error = $@;
    if ($lived || !ref $error || !$error->isa('S2N::TLS::Error')) {
        fail("$what: " . ($lived ? 'no error' : $error));
        return;
    }
    is($error->name, $name, $what);
    ok($error->message ne '' && $error->type =~ /^(?:IO|CLOSED|BLOCKED|ALERT|PROTO|INTERNAL|USAGE)$/, "$what: type and message");
    return $error;
}

sub base_config {
    my ($policy) = @_;
    my $config = S2N::TLS::Config->new;
    $config->set_cipher_preferences($policy // 'default_tls13');
    $config->set_serialization_version(S2N_SERIALIZED_CONN_V1);
    $config->set_max_blinding_delay(0);
    return $config;
}

sub chain {
    my ($name) = @_;
    my $chain = S2N::TLS::CertChain->new;
    $chain->load_pem_bytes(slurp("$name.pem"), slurp("$name.key"));
    return $chain;
}

sub server_config {
    my $config = base_config(@_);
    $config->add_cert_chain_and_key_to_store(chain('server'));
    return $config;
}

sub client_config {
    my $config = base_config(@_);
    $config->add_pem_to_trust_store(slurp('ca.pem'));
    return $config;
}

sub connection {
    my ($mode, $config) = @_;
    my $conn = S2N::TLS::Connection->new($mode);
    $conn->set_config($config);
    $conn->use_memory;
    $conn->set_server_name('localhost') if $mode == S2N_CLIENT;
    return $conn;
}

sub pump {
    my ($left, $right) = @_;
    $right->feed($left->take);
    $left->feed($right->take);
}

# Both ends of a handshake, complete.
sub shake {
    my ($client, $server) = @_;
    for (1 .. 20) {
        my @waits = ($client->negotiate, $server->negotiate);
        pump($client, $server);
        return ($client, $server) if $waits[0] == S2N_NOT_BLOCKED && $waits[1] == S2N_NOT_BLOCKED;
    }
    die 'the handshake does not end';
}

sub connected {
    my ($client, $server) = @_;
    return shake(connection(S2N_CLIENT, $client // client_config()), connection(S2N_SERVER, $server // server_config()));
}

# Sends all of it through memory and returns what came out at the other end.
sub pass_on {
    my ($from, $to, $data) = @_;
    my $out = '';
    my $size = length $data;
    while (length $out < $size) {
        substr $data, 0, $from->send($data), '' if length $data;
        $to->feed($from->take);
        while (defined(my $more = $to->recv(1 << 20))) {
            return $out if $more eq '';
            $out .= $more;
        }
    }
    return $out;
}

1;
