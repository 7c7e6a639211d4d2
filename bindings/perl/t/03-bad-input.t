# SPDX-License-Identifier: Apache-2.0
# Whatever a script does wrong is an error with a name, and the process lives.
use strict;
use warnings;
no warnings 'portable';
use FindBin;
require "$FindBin::Bin/lib.pl";
use S2N::TLS qw(:constants);
use Socket;
use Test::More;

my $before = S2N::TLS::live_objects();
my $conn = S2N::TLS::Connection->new(S2N_CLIENT);
my $config = S2N::TLS::Config->new;
my $chain = S2N::TLS::CertChain->new;
my $psk = S2N::TLS::Psk->new;

# Types.
for my $wrong ([], {}, sub { 1 }, \1, $conn, \*STDOUT) {
    my $what = ref $wrong;
    fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->deserialize($wrong) }, "$what for bytes");
    fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_server_name($wrong) }, "$what for text");
    fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_fd($wrong) }, "$what for a number");
    fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_config($wrong) }, "$what for a handle");
    next if $what eq ref $conn;
    fails('S2N_SCRIPT_WRONG_TYPE', sub { S2N::TLS::Connection::negotiate($wrong) }, "$what for self");
}
fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->deserialize("\x{263a}") }, 'wide characters');
fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_config('text') }, 'text for a handle');
fails('S2N_SCRIPT_WRONG_TYPE', sub { S2N::TLS::Connection->new('client') }, 'text for a number');
fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->negotiate(1) }, 'too many arguments');
fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_fd }, 'too few arguments');
fails('S2N_SCRIPT_WRONG_TYPE', sub { S2N::TLS::Connection->new }, 'a constructor without its argument');

# undef.
fails('S2N_SCRIPT_NULL', sub { $conn->set_config(undef) }, 'undef for a handle');
fails('S2N_ERR_NULL', sub { $conn->set_server_name(undef) }, 'undef for text');
fails('S2N_ERR_NULL', sub { $conn->set_session(undef) }, 'undef for bytes');
fails('S2N_ERR_NULL', sub { $psk->set_identity(undef) }, 'undef for an identity');
fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_fd(undef) }, 'undef for a number');
fails('S2N_SCRIPT_WRONG_TYPE', sub { S2N::TLS::Connection::negotiate('S2N::TLS::Connection') }, 'the class for self');

# Numbers.
fails('S2N_SCRIPT_RANGE', sub { $conn->set_fd(2**31) }, '2^31');
fails('S2N_SCRIPT_RANGE', sub { $config->set_max_cert_chain_depth(65536) }, '65536 for 16 bits');
fails('S2N_SCRIPT_RANGE', sub { $config->set_max_cert_chain_depth(-1) }, '-1 for an unsigned number');
fails('S2N_SCRIPT_RANGE', sub { $config->set_session_state_lifetime(-1) }, '-1 for 64 bits');
fails('S2N_SCRIPT_RANGE', sub { $conn->recv(0) }, 'recv(0)');
fails('S2N_SCRIPT_RANGE', sub { $conn->recv(-1) }, 'recv(-1)');
fails('S2N_SCRIPT_RANGE', sub { $conn->set_blinding(2) }, 'no such value');
fails('S2N_SCRIPT_RANGE', sub { S2N::TLS::Connection->new(2) }, 'no such mode');
for my $odd (1.5, 9**9**9, -sin(9**9**9), 1e30, '1.5', 'x', '', '18446744073709551615') {
    fails('S2N_SCRIPT_WRONG_TYPE', sub { $conn->set_fd($odd) }, "'$odd' for a number");
}
fails('S2N_SCRIPT_RANGE', sub { $conn->set_fd('9223372036854775807') }, '2^63 - 1');
$config->set_max_cert_chain_depth('5');
pass('a number as text is fine in Perl');

# Text and sizes.
fails('S2N_SCRIPT_NUL', sub { $conn->set_server_name("local\0host") }, 'a NUL in text');
fails('S2N_SCRIPT_NUL', sub { $config->add_pem_to_trust_store("a\0b") }, 'a NUL in PEM');
my $long = fails('S2N_ERR_SERVER_NAME_TOO_LONG', sub { $conn->set_server_name('x' x (1 << 20)) }, '1 MiB of name');
fails('S2N_SCRIPT_RANGE', sub { $psk->set_identity('x' x 70_000) }, '70,000 bytes of identity');
fails('S2N_SCRIPT_RANGE', sub { $config->append_protocol_preference('x' x 256) }, '256 bytes of protocol');

# Arguments with a life of their own.
{
    package Counting;
    use overload '""' => sub { ${ $_[0] }++; "localhost" }, fallback => 1;
    package Growing;
    sub TIESCALAR { my ($class, $other) = @_; return bless { other => $other }, $class }
    sub FETCH { ${ $_[0]{other} } = 'y' x 200_000; return 'key' }
    package Dying;
    sub TIESCALAR { return bless {}, shift }
    sub FETCH { die "no value today\n" }
}
{
    my $count = 0;
    S2N::TLS::Connection->new(S2N_CLIENT)->set_server_name(bless \$count, 'Counting');
    is($count, 1, 'an object that is text, asked once');
    my $first = 'x' x 100_000;
    tie my $second, 'Growing', \$first;
    ok(!eval { $chain->load_pem_bytes($first, $second); 1 } && $@->name =~ /^S2N_ERR_/, 'a tied argument that changes another');
    tie my $dying, 'Dying';
    ok(!eval { $conn->set_server_name($dying); 1 } && $@ eq "no value today\n", 'a tied argument that dies');
}

# What the library says.
my $bad = fails('S2N_ERR_INVALID_SERIALIZED_CONNECTION', sub { $conn->deserialize("\xff" x 100_000) }, 'a bad blob');
is($bad->type, 'USAGE', 'its type');
isa_ok($bad, 'S2N::TLS::Error::Usage');
cmp_ok($bad->code, '>', 0, 'its code');
like("$bad", qr/^S2N_ERR_INVALID_SERIALIZED_CONNECTION: \w/, 'as text');
fails('S2N_ERR_INVALID_SERIALIZED_SESSION_STATE', sub { $conn->set_session("\xff" x 100) }, 'a bad session');
fails('S2N_ERR_INVALID_SECURITY_POLICY', sub { $config->set_cipher_preferences('nonsense') }, 'an unknown policy');
ok(!eval { $chain->load_pem_bytes('garbage', "\0" x 10); 1 } && $@->name =~ /^S2N_ERR_/, 'a bad PEM');
ok(!eval { $config->add_pem_to_trust_store('garbage'); 1 } && $@->name =~ /^S2N_ERR_/, 'bad trust');
ok(!eval { $chain->get_der(0); 1 } && $@->name =~ /^S2N_ERR_/, 'no certificate there');

# The order of calls.
fails('S2N_SCRIPT_STATE', sub { $conn->take }, 'take without memory');
fails('S2N_SCRIPT_STATE', sub { $conn->feed('x') }, 'feed without memory');
fails('S2N_ERR_INVALID_STATE', sub { $conn->serialize }, 'serialize without a format');
fails('S2N_ERR_HANDSHAKE_NOT_COMPLETE', sub { connection(S2N_CLIENT, base_config())->serialize }, 'too early');
fails('S2N_ERR_SERVER_MODE', sub { S2N::TLS::Connection->new(S2N_SERVER)->set_session('x') }, 'a session for a server');
fails('S2N_SCRIPT_STATE', sub { $conn->accept_early_data }, 'no early data');
fails('S2N_SCRIPT_STATE', sub { $conn->use_memory; $conn->use_memory }, 'memory twice');
fails('S2N_SCRIPT_STATE', sub { $conn->feed_eof; $conn->feed('x') }, 'bytes behind the end');
$conn->set_config($config);
fails('S2N_SCRIPT_IN_USE', sub { $config->set_max_cert_chain_depth(3) }, 'a config in use');

# Garbage from the wire.
{
    my $client = connection(S2N_CLIENT, client_config());
    is($client->negotiate, S2N_BLOCKED_ON_READ, 'waits');
    is($client->blocked, S2N_BLOCKED_ON_READ, 'and says so');
    $client->feed(join '', map { chr } reverse 0 .. 255);
    my $error = eval { $client->negotiate; 1 } ? undef : $@;
    is($error->type, 'PROTO', 'garbage is an error of the protocol');
    ok(!eval { $client->negotiate; 1 } && $@->isa('S2N::TLS::Error'), 'and so is every call after it');
}

# Ends of streams.
{
    my ($client, $server) = connected();
    is($client->recv(10), undef, 'nothing there');
    $server->shutdown_send;
    pump($client, $server);
    is($client->recv(10), '', 'the end');
    is($client->blocked, S2N_NOT_BLOCKED, 'not blocked');
    my ($cut) = connected();
    $cut->feed_eof;
    my $error = eval { $cut->recv(10); 1 } ? undef : $@;
    is($error->type, 'CLOSED', 'the stream was cut off');
}

# Descriptors.
{
    my $client = S2N::TLS::Connection->new(S2N_CLIENT);
    $client->set_config(client_config());
    $client->set_fd(999_999);
    my $error = eval { $client->negotiate; 1 } ? undef : $@;
    is($error->type, 'IO', 'no such descriptor');
    cmp_ok($error->errno, '>', 0, 'with errno');
    socketpair my $left, my $right, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die $!;
    my $late = S2N::TLS::Connection->new(S2N_CLIENT);
    $late->set_config(client_config());
    $late->set_fd(fileno $left);
    close $right;
    $error = eval { 1 while $late->negotiate; 1 } ? undef : $@;
    isa_ok($error, 'S2N::TLS::Error', 'the peer is gone: no SIGPIPE, but');
}

# A config, chain or key in the wrong hands, and every method of a closed object.
my %arguments = (
    set_config => [S2N::TLS::Config->new], append_psk => [S2N::TLS::Psk->new],
    add_cert_chain_and_key_to_store => [S2N::TLS::CertChain->new], set_verify_host => [sub { 1 }],
);
for my $object ($conn, $config, $chain, $psk) {
    my $class = ref $object;
    $object->close;
    my $tried = 0;
    no strict 'refs';
    for my $method (sort keys %{"${class}::"}) {
        next if $method !~ /^[a-z]/ || $method =~ /^(?:new|close|is_closed)$/ || !defined &{"${class}::$method"};
        my $found;
        for my $count (0 .. 3) {
            my @tries = $arguments{$method} ? ($arguments{$method}) : ([(1) x $count], [(0) x $count]);
            for my $try (@tries) {
                eval { $object->$method(@$try); 1 } and $found = 'no error';
                $found //= 'S2N_SCRIPT_CLOSED' if ref $@ && $@->name eq 'S2N_SCRIPT_CLOSED';
            }
        }
        is($found, 'S2N_SCRIPT_CLOSED', "$class: $method") or diag($@);
        $tried++;
    }
    cmp_ok($tried, '>', 5, "$class: methods were tried");
}
fails('S2N_SCRIPT_CLOSED', sub { S2N::TLS::Connection->new(S2N_CLIENT)->set_config($config) }, 'a closed config');
fails('S2N_SCRIPT_CLOSED', sub { S2N::TLS::Config->new->add_cert_chain_and_key_to_store($chain) }, 'a closed chain');
fails('S2N_SCRIPT_CLOSED', sub { S2N::TLS::Connection->new(S2N_CLIENT)->append_psk($psk) }, 'a closed key');

# fork: the child must not use the connection, the parent can.
{
    my ($client, $server) = connected();
    pipe my $reader, my $writer or die $!;
    my $child = fork // die $!;
    if (!$child) {
        eval { $client->send('twice the same nonce') };
        syswrite $writer, ref $@ ? $@->name : 'no error';
        require POSIX;
        POSIX::_exit(0);
    }
    close $writer;
    is(scalar <$reader>, 'S2N_SCRIPT_FORKED', 'a child may not use the connection');
    waitpid $child, 0;
    is($?, 0, 'and lives');
    is(pass_on($client, $server, 'the parent may'), 'the parent may', 'the parent goes on');
}

undef $_ for $conn, $config, $chain, $psk, %arguments;
%arguments = ();
is(S2N::TLS::live_objects(), $before, 'nothing is left');

done_testing();
