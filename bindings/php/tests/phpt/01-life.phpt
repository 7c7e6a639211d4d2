--TEST--
Lives and deaths of handles, in every order, and very many of them
--INI--
memory_limit=64M
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/support.inc';
use S2N\TLS\{CertChain, Config, Connection, Psk};
use function S2N\TLS\live_objects;

final class Careless extends Connection
{
    public function __construct()
    {
    }
}

class Heir extends Connection
{
    public string $note = 'mine';
}

function one_of_each(): void
{
    foreach ([new Connection(S2N_CLIENT), new Config(), new CertChain(), new Psk()] as $object) {
        $what = get_class($object);
        check(false, $object->isClosed(), "$what is open");
        $object->close();
        $object->close();
        check(true, $object->isClosed(), "$what is closed");
    }
}

function in_use(): void
{
    $chain = chain();
    $server_config = base_config();
    $server_config->addCertChainAndKeyToStore($chain);
    $chain->close();
    $client_config = client_config();
    [$client, $server] = [connection(S2N_CLIENT, $client_config), connection(S2N_SERVER, $server_config)];
    $server_config->close();
    unset($client_config);
    shake($client, $server);
    check(ALL, pass_on($client, $server, ALL), 'configs and chains are kept');
    fails('S2N_SCRIPT_CLOSED', fn () => $chain->getLength(), 'a closed chain in use');
    [$client, $server] = connected();
    $chosen = $server->getSelectedCert();
    $peer = $client->getPeerCertChain();
    check(null, $client->getSelectedCert(), 'a client without a certificate');
    $der = $chosen->getDer(0);
    unset($client, $server);
    check(2, $peer->getLength(), 'a chain outlives its connection');
    check($der, $peer->getDer(0), 'the same at both ends');
    check($der, $chosen->getDer(0), 'the chosen one, too');
}

// What PHP allows to do with objects.
function abused(): void
{
    $conn = new Connection(S2N_CLIENT);
    refused('Error', fn () => clone $conn, 'clone');
    refused('Exception', fn () => serialize($conn), 'serialize');
    refused('Exception', fn () => unserialize('O:18:"S2N\TLS\Connection":0:{}'), 'unserialize');
    refused('Error', fn () => new S2N\TLS\SWIG\_p_int(), 'a pointer');
    $before = live_objects();
    $conn->__construct(S2N_SERVER);
    check($before, live_objects(), 'the constructor again');
    check(S2N_SERVER, $conn->getMode(), 'a new object');
    refused('Error', fn () => $conn->__destruct(), 'no destructor by hand');
    refused('Error', fn () => $conn->__set('thisown', 0), 'no way to give up a pointer');
    check(false, isset($conn->thisown), 'none at all');
    fails('S2N_SCRIPT_NULL', fn () => (new Careless())->negotiate(), 'no constructor');
    $bare = (new ReflectionClass(Connection::class))->newInstanceWithoutConstructor();
    fails('S2N_SCRIPT_NULL', fn () => $bare->negotiate(), 'no constructor by reflection');
    $empty = (new ReflectionClass(Config::class))->newInstanceWithoutConstructor();
    fails('S2N_SCRIPT_NULL', fn () => $conn->setConfig($empty), 'no constructor, as an argument');
    $heir = new Heir(S2N_CLIENT);
    check('mine', $heir->note, 'a child has properties');
    check(S2N_CLIENT, $heir->getMode(), 'and is a connection');
    // A ring that only the collector of cycles frees.
    $ring = new stdClass();
    [$ring->self, $ring->conn] = [$ring, new Connection(S2N_CLIENT)];
}

$before = live_objects();
one_of_each();
check($before, live_objects(), 'all gone');
in_use();
check($before, live_objects(), 'all gone again');
abused();
gc_collect_cycles();
check($before, live_objects(), 'and again');

// bindings/tests/run caps the address space; half of these would not fit.
for ($i = 0; $i < 100_000; $i++) {
    $conn = new Connection(S2N_SERVER);
    $conn->setConfig(new Config());
}
$chain = chain();
for ($i = 0; $i < 100_000; $i++) {
    $config = new Config();
    $config->addCertChainAndKeyToStore($chain);
}
for ($i = 0; $i < 100_000; $i++) {
    $empty = new CertChain();
    $psk = new Psk();
}
unset($conn, $chain, $config, $empty, $psk);
check($before, live_objects(), 'nothing left');
echo "done\n";
--EXPECT--
done
