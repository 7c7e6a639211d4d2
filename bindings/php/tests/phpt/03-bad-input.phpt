--TEST--
Whatever a script does wrong is an error with a name, and the process lives
--FILE--
<?php
require __DIR__ . '/support.inc';
use S2N\TLS\{CertChain, Config, Connection, Psk};

$before = S2N\TLS\live_objects();
$conn = new Connection(S2N_CLIENT);
$config = new Config();
$chain = new CertChain();
$psk = new Psk();

// Types. This file is not strict, PHP's conversions would be allowed.
$wrongs = ['list' => [], 'function' => fn () => 1, 'object' => new ArrayObject(), 'another class' => $psk, 'true' => true,
    'fraction' => 1.5, 'not a number' => NAN, 'infinite' => INF, '2^63' => 2 ** 63, 'directory' => opendir('/')];
foreach ($wrongs as $what => $wrong) {
    fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->deserialize($wrong), "$what for bytes");
    fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setServerName($wrong), "$what for text");
    fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->recv($wrong), "$what for a number");
    fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setFd($wrong), "$what for a descriptor");
    fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setConfig($wrong), "$what for a handle");
}
fails('S2N_SCRIPT_WRONG_TYPE', fn () => new Connection('client'), 'text for a number');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->recv('5'), 'digits for a number');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->recv(null), 'null for a number');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setServerName(5), 'a number for text');
$closed_stream = fopen('php://memory', 'r');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setFd($closed_stream), 'a stream without descriptor');
fclose($closed_stream);
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $conn->setFd($closed_stream), 'a closed stream');
refused('ArgumentCountError', fn () => $conn->negotiate(1), 'too many arguments');
refused('ArgumentCountError', fn () => $conn->setFd(), 'too few arguments');
refused('ArgumentCountError', fn () => new Connection(), 'a constructor without its argument');
refused('Error', fn () => Connection::negotiate(), 'no object');

// null.
fails('S2N_SCRIPT_NULL', fn () => $conn->setConfig(null), 'null for a handle');
fails('S2N_ERR_NULL', fn () => $conn->setServerName(null), 'null for text');
fails('S2N_ERR_NULL', fn () => $conn->setSession(null), 'null for bytes');
fails('S2N_ERR_NULL', fn () => $psk->setIdentity(null), 'null for an identity');

// Numbers.
fails('S2N_SCRIPT_RANGE', fn () => $conn->setFd(2 ** 31), '2^31');
fails('S2N_SCRIPT_RANGE', fn () => $conn->setFd(PHP_INT_MAX), '2^63 - 1');
fails('S2N_SCRIPT_RANGE', fn () => $conn->setFd(PHP_INT_MIN), '-2^63');
fails('S2N_SCRIPT_RANGE', fn () => $config->setMaxCertChainDepth(65536), '65536 for 16 bits');
fails('S2N_SCRIPT_RANGE', fn () => $config->setMaxCertChainDepth(-1), '-1 for an unsigned number');
fails('S2N_SCRIPT_RANGE', fn () => $config->setSessionStateLifetime(-1), '-1 for 64 bits');
fails('S2N_SCRIPT_RANGE', fn () => $conn->recv(0), 'recv(0)');
fails('S2N_SCRIPT_RANGE', fn () => $conn->recv(-1), 'recv(-1)');
fails('S2N_SCRIPT_RANGE', fn () => $conn->setBlinding(2), 'no such value');
fails('S2N_SCRIPT_RANGE', fn () => new Connection(2), 'no such mode');

// Text and sizes.
fails('S2N_SCRIPT_NUL', fn () => $conn->setServerName("local\0host"), 'a NUL in text');
fails('S2N_SCRIPT_NUL', fn () => $config->addPemToTrustStore("a\0b"), 'a NUL in PEM');
fails('S2N_ERR_SERVER_NAME_TOO_LONG', fn () => $conn->setServerName(str_repeat('x', 1 << 20)), '1 MiB of name');
fails('S2N_SCRIPT_RANGE', fn () => $psk->setIdentity(str_repeat('x', 70_000)), '70,000 bytes of identity');
fails('S2N_SCRIPT_RANGE', fn () => $config->appendProtocolPreference(str_repeat('x', 256)), '256 bytes of protocol');

// What the library says.
$bad = fails('S2N_ERR_INVALID_SERIALIZED_CONNECTION', fn () => $conn->deserialize(str_repeat("\xff", 100_000)), 'a bad blob');
check('USAGE', $bad->type, 'its type');
check(true, $bad instanceof S2N\TLS\UsageException && $bad instanceof RuntimeException, 'its class');
check(true, $bad->getCode() > 0, 'its code');
check([null, 0], [$bad->alert, $bad->errno], 'no alert, no errno');
check(true, $bad->source !== '', 'its source');
fails('S2N_ERR_INVALID_SERIALIZED_SESSION_STATE', fn () => $conn->setSession(str_repeat("\xff", 100)), 'a bad session');
fails('S2N_ERR_INVALID_SECURITY_POLICY', fn () => $config->setCipherPreferences('nonsense'), 'an unknown policy');
check('S2N_ERR_', substr(error(fn () => $chain->loadPemBytes('garbage', "\0\0"), 'a bad PEM')->name, 0, 8), 'a bad PEM');
check('S2N_ERR_', substr(error(fn () => $config->addPemToTrustStore('garbage'), 'bad trust')->name, 0, 8), 'bad trust');
check('S2N_ERR_', substr(error(fn () => $chain->getDer(0), 'no certificate')->name, 0, 8), 'no certificate');
error(fn () => connection(S2N_CLIENT, base_config())->negotiate() && shake(connection(S2N_CLIENT, base_config()),
    connection(S2N_SERVER, server_config())), 'nobody is trusted');

// The order of calls.
fails('S2N_SCRIPT_STATE', fn () => $conn->take(), 'take without memory');
fails('S2N_SCRIPT_STATE', fn () => $conn->feed('x'), 'feed without memory');
fails('S2N_ERR_INVALID_STATE', fn () => $conn->serialize(), 'serialize without a format');
fails('S2N_ERR_HANDSHAKE_NOT_COMPLETE', fn () => connection(S2N_CLIENT, base_config())->serialize(), 'serialize too early');
fails('S2N_ERR_SERVER_MODE', fn () => (new Connection(S2N_SERVER))->setSession('x'), 'a session for a server');
fails('S2N_SCRIPT_STATE', fn () => $conn->acceptEarlyData(), 'no early data');
$conn->useMemory();
fails('S2N_SCRIPT_STATE', fn () => $conn->useMemory(), 'memory twice');
$conn->feedEof();
fails('S2N_SCRIPT_STATE', fn () => $conn->feed('x'), 'bytes behind the end');
$conn->setConfig($config);
fails('S2N_SCRIPT_IN_USE', fn () => $config->setMaxCertChainDepth(3), 'a config in use');
$conn->setServerName('localhost');
$psk->setIdentity(ALL);

// Every method of a closed object, and closed objects as arguments.
$open = [new Config(), new CertChain(), new Psk()];
$handles = ['setConfig' => $open[0], 'addCertChainAndKeyToStore' => $open[1], 'appendPsk' => $open[2]];
foreach ([$conn, $config, $chain, $psk] as $object) {
    $object->close();
    $methods = array_diff(get_class_methods($object), ['__construct', 'close', 'isClosed']);
    check(true, count($methods) > 4, get_class($object) . ' has methods');
    foreach ($methods as $method) {
        $count = (new ReflectionMethod($object, $method))->getNumberOfParameters();
        $names = [];
        foreach ([0, 1, 'x', $handles[$method] ?? null] as $first) {
            foreach ([0, 1, 'x'] as $second) {
                $arguments = array_slice([$first, $second, $second], 0, $count);
                try {
                    $names[] = 'no error: ' . $object->$method(...$arguments);
                } catch (S2N\TLS\Exception $error) {
                    $names[] = $error->name;
                }
            }
        }
        // add_ticket_crypto_key(bytes, bytes, number), get_extension(number, text)
        if (!in_array('S2N_SCRIPT_CLOSED', $names, true) && $count > 1) {
            foreach ([['x', 'x', 0], [0, 'x']] as $arguments) {
                try {
                    $object->$method(...array_slice($arguments, 0, $count));
                } catch (S2N\TLS\Exception $error) {
                    $names[] = $error->name;
                } catch (ArgumentCountError) {
                }
            }
        }
        check(true, in_array('S2N_SCRIPT_CLOSED', $names, true), "$method of a closed object");
        check([], array_values(preg_grep('/^no error/', $names)), "$method of a closed object");
    }
}
fails('S2N_SCRIPT_CLOSED', fn () => (new Connection(S2N_CLIENT))->setConfig($config), 'a closed config');
fails('S2N_SCRIPT_CLOSED', fn () => (new Config())->addCertChainAndKeyToStore($chain), 'a closed chain');
fails('S2N_SCRIPT_CLOSED', fn () => (new Connection(S2N_CLIENT))->appendPsk($psk), 'a closed key');

unset($conn, $config, $chain, $psk, $object, $open, $handles, $wrongs, $wrong, $bad, $error, $first, $arguments);
gc_collect_cycles();
check($before, S2N\TLS\live_objects(), 'nothing is left');
echo "done\n";
--EXPECT--
done
