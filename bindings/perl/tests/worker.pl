# SPDX-License-Identifier: Apache-2.0
# The round trip's worker for Perl: bindings/tests/PROTOCOL.md. usage: worker.pl FD
use strict;
use warnings;
use S2N::TLS;

$| = 1;
my $fd = pop @ARGV;
my $conn;

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

sub hex_of { return length $_[0] ? unpack 'H*', $_[0] : '-' }
sub from_hex { return $_[0] eq '-' ? '' : pack 'H*', $_[0] }

sub config {
    my ($policy) = @_;
    my $config = S2N::TLS::Config->new;
    $config->set_cipher_preferences($policy);
    $config->set_serialization_version(S2N::TLS::S2N_SERIALIZED_CONN_V1);
    $config->set_max_blinding_delay(0);
    return $config;
}

sub connection {
    my ($role, $config) = @_;
    my $new = S2N::TLS::Connection->new($role eq 'server' ? S2N::TLS::S2N_SERVER : S2N::TLS::S2N_CLIENT);
    $new->set_config($config);
    $new->set_fd($fd);
    return $new;
}

my %commands = (
    HANDSHAKE => sub {
        my ($role, $policy, $cert, $key) = @_;
        my $config = config($policy);
        if ($role eq 'server') {
            my $chain = S2N::TLS::CertChain->new;
            $chain->load_pem_bytes(slurp($cert), slurp($key));
            $config->add_cert_chain_and_key_to_store($chain);
        } else {
            $config->add_pem_to_trust_store(slurp($cert));
        }
        $conn = connection($role, $config);
        $conn->set_server_name('localhost') if $role eq 'client';
        1 while $conn->negotiate != S2N::TLS::S2N_NOT_BLOCKED;
        return;
    },
    SEND => sub {
        my $data = from_hex($_[0]);
        substr $data, 0, $conn->send($data), '' while length $data;
        return;
    },
    RECV => sub {
        my ($size) = @_;
        my $data = '';
        while (length $data < $size) {
            my $more = $conn->recv($size - length $data);
            next unless defined $more;
            last if $more eq '';
            $data .= $more;
        }
        return hex_of($data);
    },
    SERIALIZE => sub {
        my $blob = $conn->serialize;
        $conn->close;
        return hex_of($blob);
    },
    DESERIALIZE => sub {
        my ($role, $blob) = @_;
        $conn = connection($role, config('default_tls13'));
        $conn->deserialize(from_hex($blob));
        return;
    },
    SOCKET => sub { undef $conn; ($fd) = @_; return },
    INFO => sub { return join ' ', $conn->get_actual_protocol_version, $conn->get_cipher },
    BAD => sub {
        my ($what) = @_;
        my $victim = S2N::TLS::Connection->new(S2N::TLS::S2N_CLIENT);
        $what eq 'closed' ? ($victim->close, $victim->serialize) : $victim->deserialize("\xff" x 40);
        return;
    },
    SHUTDOWN => sub { $conn->shutdown_send; return },
    CLOSE    => sub { undef $conn; return },
);

while (defined(my $line = <STDIN>)) {
    my ($command, @words) = split ' ', $line;
    if ($command eq 'QUIT') {
        print "ok\n";
        last;
    }
    if (!$conn && $command =~ /^(?:SEND|RECV|SERIALIZE|INFO|SHUTDOWN)$/) {
        print "error S2N_SCRIPT_STATE no connection\n";
        next;
    }
    my $value;
    if (eval { $value = $commands{$command}->(@words); 1 }) {
        print defined $value ? "ok $value\n" : "ok\n";
    } else {
        my $error = $@;
        print ref $error ? "error $error->{name} $error->{message}\n" : "error PERL " . $error =~ s/\n/ /gr . "\n";
    }
}
