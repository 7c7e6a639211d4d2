# SPDX-License-Identifier: Apache-2.0
# The one function that the library calls: whether a name in a certificate is trusted. And the list instead of it.
use strict;
use warnings;
use FindBin;
require "$FindBin::Bin/lib.pl";
use S2N::TLS qw(:constants);
use Test::More;

my $before = S2N::TLS::live_objects();

# A client whose config is prepared, at the point where the server's certificate has come.
sub asked {
    my ($prepare) = @_;
    my $config = client_config();
    $prepare->($config);
    my @ends = (connection(S2N_CLIENT, $config), connection(S2N_SERVER, server_config()));
    $ends[0]->negotiate;
    pump(@ends);
    $ends[1]->negotiate;
    pump(@ends);
    return @ends;
}

{
    my @names;
    my @ends = asked(sub { $_[0]->set_verify_host(sub { push @names, @_; 1 }) });
    shake(@ends);
    is_deeply(\@names, ['localhost'], 'asked for the name in the certificate');
    is(pass_on(@ends, 'trusted'), 'trusted', 'yes is yes');
}

{
    my ($client) = asked(sub { $_[0]->set_verify_host(sub { 0 }) });
    fails('S2N_ERR_CERT_INVALID_HOSTNAME', sub { $client->negotiate }, 'no is no');
    ($client) = asked(sub { $_[0]->set_verify_host(sub { return }) });
    fails('S2N_ERR_CERT_INVALID_HOSTNAME', sub { $client->negotiate }, 'nothing is no');
}

{
    my ($client) = asked(sub { $_[0]->set_verify_host(sub { die "not today\n" }) });
    my $error = fails('S2N_SCRIPT_CALLBACK', sub { $client->negotiate }, 'a callback that dies');
    like($error->message, qr/not today/, 'says why');
    ($client) = asked(sub { $_[0]->set_verify_host(sub { die { an => 'object' } }) });
    fails('S2N_SCRIPT_CALLBACK', sub { $client->negotiate }, 'a callback that dies with a reference');
    ($client) = asked(sub { $_[0]->set_verify_host(sub { no strict 'refs'; &{'no_such_function'}() }) });
    fails('S2N_SCRIPT_CALLBACK', sub { $client->negotiate }, 'a callback that calls what is not there');
}

# What a callback may not do to the connection that waits for it, and what it may do to everything else.
{
    my ($client, $server, $name);
    ($client, $server) = asked(
        sub {
            $_[0]->set_verify_host(
                sub {
                    eval { $client->send('x') };
                    $name = $@->name;
                    shake(connected());
                    eval { S2N::TLS::Connection->new(7) };
                    return 1;
                }
            );
        }
    );
    shake($client, $server);
    is($name, 'S2N_SCRIPT_BUSY', 'the connection is busy');
    is(pass_on($client, $server, 'fine'), 'fine', 'others were not');

    ($client) = asked(sub { $_[0]->set_verify_host(sub { undef $client; 1 }) });
    eval { $client->negotiate };
    is($client, undef, 'the connection was dropped inside');
    ($client) = asked(sub { $_[0]->set_verify_host(sub { $client->close; 1 }) });
    eval { $client->negotiate };
    fails('S2N_SCRIPT_CLOSED', sub { $client->negotiate }, 'closed inside');
}

# Who owns the function.
{
    my $freed = 0;
    package Guard { sub DESTROY { ${ $_[0][0] }++ } }
    my $config = S2N::TLS::Config->new;
    my $make = sub { my $guard = bless [\$freed], 'Guard'; return sub { return defined $guard } };
    $config->set_verify_host($make->());
    is($freed, 0, 'the config keeps it');
    $config->set_verify_host($make->());
    is($freed, 1, 'until there is another one');
    undef $config;
    is($freed, 2, 'or the config goes');
    $config = S2N::TLS::Config->new;
    $config->close;
    eval { $config->set_verify_host($make->()) };
    is($freed, 3, 'a closed config does not take it');
    for (1 .. 20_000) {
        my $many = S2N::TLS::Config->new;
        $many->set_verify_host($make->());
    }
    is($freed, 20_003, '20,000 functions');
}

{
    my $config = S2N::TLS::Config->new;
    fails('S2N_SCRIPT_NULL', sub { $config->set_verify_host(undef) }, 'no function');
    for my $wrong ('main::asked', 1, [], {}, \*STDOUT) {
        fails('S2N_SCRIPT_WRONG_TYPE', sub { $config->set_verify_host($wrong) }, 'not a function');
    }
}

# The list.
{
    my @ends = asked(sub { $_[0]->accept_host('other.test'); $_[0]->accept_host('LOCALHOST') });
    shake(@ends);
    pass('a name on the list');
    my ($client) = asked(sub { $_[0]->accept_host('localhost.test') });
    fails('S2N_ERR_CERT_INVALID_HOSTNAME', sub { $client->negotiate }, 'a name that is not');
    shake(asked(sub { $_[0]->accept_host('*') }));
    pass('any name');
    my $config = S2N::TLS::Config->new;
    fails('S2N_SCRIPT_NULL', sub { $config->accept_host('') }, 'an empty name');
    fails('S2N_SCRIPT_NUL', sub { $config->accept_host("a\0b") }, 'a name with a NUL');
}

is(S2N::TLS::live_objects(), $before, 'nothing is left');

done_testing();
