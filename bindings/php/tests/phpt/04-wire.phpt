--TEST--
Blocking, garbage, ends of streams, descriptors, streams and fork
--EXTENSIONS--
pcntl
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/support.inc';
use S2N\TLS\Connection;

// Garbage from the wire.
$client = connection(S2N_CLIENT, client_config());
check(S2N_BLOCKED_ON_READ, $client->negotiate(), 'waits');
check(S2N_BLOCKED_ON_READ, $client->blocked(), 'and says so');
$client->feed(strrev(ALL));
check('PROTO', error(fn () => $client->negotiate(), 'garbage')->type, 'garbage is an error of the protocol');
error(fn () => $client->negotiate(), 'and so is every call after it');

// Trust.
$error = fails('S2N_ERR_CERT_UNTRUSTED', fn () => shake(connection(S2N_CLIENT, base_config()),
    connection(S2N_SERVER, server_config())), 'nobody is trusted');
check('PROTO', $error->type, 'its type');

// Ends of streams.
[$client, $server] = connected();
check(null, $client->recv(10), 'nothing there');
$server->shutdownSend();
pump($client, $server);
check('', $client->recv(10), 'the end');
check(S2N_NOT_BLOCKED, $client->blocked(), 'not blocked');
[$cut] = connected();
$cut->feedEof();
check('CLOSED', error(fn () => $cut->recv(10), 'cut off')->type, 'the stream was cut off');

// Descriptors.
$late = new Connection(S2N_CLIENT);
$late->setConfig(client_config());
$late->setFd(999_999);
$error = error(fn () => $late->negotiate(), 'no such descriptor');
check('IO', $error->type, 'no such descriptor');
check(true, $error->errno > 0, 'with errno');

function over(mixed $stream, int $mode): Connection
{
    $conn = new Connection($mode);
    $conn->setConfig($mode === S2N_CLIENT ? client_config() : server_config());
    $conn->setFd($stream);
    if ($mode === S2N_CLIENT) {
        $conn->setServerName('localhost');
    }
    return $conn;
}

[$left, $right] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$client = over($left, S2N_CLIENT);
fclose($right);
error(function () use ($client) {
    while ($client->negotiate() !== S2N_NOT_BLOCKED) {
    }
}, 'the peer is gone: no SIGPIPE');

[$left, $right] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
stream_set_blocking($left, false);
stream_set_blocking($right, false);
[$client, $server] = [over($left, S2N_CLIENT), over($right, S2N_SERVER)];
for ($i = 0; $i < 20; $i++) {
    $waits = [$client->negotiate(), $server->negotiate()];
}
check([S2N_NOT_BLOCKED, S2N_NOT_BLOCKED], $waits, 'over streams');
check(256, $client->send(ALL), 'sent');
check(ALL, $server->recv(1000), 'received');
check(null, $server->recv(1000), 'blocked');

// A child must not use the connection, the parent can.
[$client, $server] = connected();
[$reader, $writer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$child = pcntl_fork();
if ($child === 0) {
    try {
        $client->send('twice the same nonce');
        fwrite($writer, "no error\n");
    } catch (S2N\TLS\Exception $error) {
        fwrite($writer, "$error->name\n");
    }
    exit(0);
}
check("S2N_SCRIPT_FORKED\n", fgets($reader), 'a child may not use the connection');
pcntl_waitpid($child, $status);
check(0, $status, 'and ends as it should');
check('the parent may', pass_on($client, $server, 'the parent may'), 'the parent goes on');
echo "done\n";
--EXPECT--
done
