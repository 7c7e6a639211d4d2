--TEST--
Binary strings through everything that takes and gives them; moving a connection; resuming a session; early data
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/support.inc';
use S2N\TLS\Psk;

[$client, $server] = connected();
check(ALL, pass_on($client, $server, ALL), 'every byte value');
check("\0", pass_on($server, $client, "\0"), 'a NUL');
$long = str_repeat(ALL, 16384);
check(true, pass_on($client, $server, $long) === $long, '4 MiB');
check(null, $client->recv(PHP_INT_MAX), 'recv of a huge number blocks');
check(S2N_BLOCKED_ON_READ, $client->blocked(), 'and says on what');
check(S2N_TLS13, $client->getActualProtocolVersion(), 'TLS 1.3');
check('TLS_', substr($client->getCipher(), 0, 4), 'a suite');
check(32, strlen($server->getClientRandom()), 'the random of the ClientHello');
check(null, $client->getClientHello(), 'a client has none');
check('localhost', $server->getServerName(), 'the server name');
check(null, $server->getApplicationProtocol(), 'no application protocol');
check("z\u{fc}rich", S2N\TLS\utf8_from_extension("\x0c\x07z\u{fc}rich"), 'UTF-8');
check(true, S2N\TLS\get_openssl_version() >= 0x30000000, 'libcrypto');
check(S2N\TLS\live_objects(), S2N\TLS\Library::live_objects(), 'functions are methods, too');

foreach (['default_tls13', '20190801'] as $policy) {
    [$client, $server] = connected($policy);
    check('before', pass_on($server, $client, 'before'), "$policy: before");
    $suite = $server->getCipher();
    $blob = $server->serialize();
    fails('S2N_ERR_CLOSED', fn () => $server->recv(1), "$policy: used up");
    $next = connection(S2N_SERVER, server_config($policy));
    $next->deserialize($blob);
    check($suite, $next->getCipher(), "$policy: the same suite");
    check(ALL, pass_on($client, $next, ALL), "$policy: goes on there");
    check(ALL, pass_on($next, $client, ALL), "$policy: and back");
}

// Sessions.
$config = server_config();
$config->setSessionTicketsOnoff(true);
$config->addTicketCryptoKey("key\0one", "\0" . str_repeat('k', 31), 0);
$its = client_config();
$its->setSessionTicketsOnoff(true);
[$client, $server] = shake(connection(S2N_CLIENT, $its), connection(S2N_SERVER, $config));
pass_on($server, $client, 'and a ticket');
$session = $client->getSession();
check(true, strlen($session) > 50, 'a session');
$again = connection(S2N_CLIENT, $its);
$again->setSession($session);
[, $other] = shake($again, connection(S2N_SERVER, $config));
check([true, true, false], [$again->isSessionResumed(), $other->isSessionResumed(), $client->isSessionResumed()], 'resumed');

// Pre-shared keys, and early data that waits for an answer.
function psk(string $identity): Psk
{
    $psk = new Psk();
    $psk->setIdentity($identity);
    $psk->setSecret(str_repeat("\0secret\0", 4));
    $psk->setHmac(S2N_PSK_HMAC_SHA256);
    $psk->configureEarlyData(1000, 0x13, 0x01);
    $psk->setEarlyDataContext("con\0text");
    return $psk;
}

foreach ([true, false] as $accept) {
    $config = base_config();
    $config->holdEarlyData();
    [$client, $server] = [connection(S2N_CLIENT, base_config()), connection(S2N_SERVER, $config)];
    foreach ([$client, $server] as $end) {
        $end->setPskMode(S2N_PSK_MODE_EXTERNAL);
        $end->appendPsk(psk("id\0" . ALL));
    }
    check(6, $client->sendEarlyData("ear\0ly"), 'sent early');
    $server->feed($client->take());
    check('', $server->recvEarlyData(100), 'nothing yet');
    check(S2N_BLOCKED_ON_APPLICATION_INPUT, $server->blocked(), 'the script is asked');
    check("con\0text", $server->getEarlyDataContext(), 'the context');
    $accept ? $server->acceptEarlyData() : $server->rejectEarlyData();
    check(null, $server->getEarlyDataContext(), 'answered');
    $got = '';
    for ($i = 0; $i < 5; $i++) {
        $got .= $server->recvEarlyData(100);
        if ($server->blocked() === S2N_NOT_BLOCKED) {
            break;
        }
        pump($client, $server);
        $client->negotiate();
        pump($client, $server);
    }
    shake($client, $server);
    check($accept ? "ear\0ly" : '', $got, 'early data');
    check("id\0" . ALL, $server->getNegotiatedPskIdentity(), 'the identity');
    fails('S2N_SCRIPT_STATE', fn () => $server->acceptEarlyData(), 'nothing waits');
}
echo "done\n";
--EXPECT--
done
