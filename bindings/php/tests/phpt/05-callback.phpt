--TEST--
The one function that the library calls: whether a name in a certificate is trusted
--EXTENSIONS--
pcntl
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/support.inc';
use S2N\TLS\{Config, Connection};

function asking(callable $function): array
{
    $config = client_config();
    $config->setVerifyHost($function);
    return [connection(S2N_CLIENT, $config), connection(S2N_SERVER, server_config())];
}

$before = S2N\TLS\live_objects();
$names = [];
shake(...asking(function (string $name) use (&$names) {
    $names[] = $name;
    return true;
}));
check(['localhost'], $names, 'asked for the name in the certificate');
fails('S2N_ERR_CERT_INVALID_HOSTNAME', fn () => shake(...asking(fn () => false)), 'no');
fails('S2N_SCRIPT_CALLBACK', fn () => shake(...asking(fn () => null)), 'nothing');
fails('S2N_SCRIPT_CALLBACK', fn () => shake(...asking(fn () => 'perhaps')), 'nonsense');
fails('S2N_SCRIPT_CALLBACK', fn () => shake(...asking(fn (int $name) => true)), 'a callback with another type');
fails('S2N_SCRIPT_CALLBACK', fn () => shake(...asking(fn () => new Connection(7))), 'a callback with our own error');
$error = fails('S2N_SCRIPT_CALLBACK', fn () => shake(...asking(fn () => throw new Exception('not today'))), 'throws');
check(true, str_contains($error->getMessage(), 'not today'), 'with its text');
unset($error);

function inside(): void
{
    $ends = asking(function () use (&$ends) {
        fails('S2N_SCRIPT_BUSY', fn () => $ends[0]->send('x'), 'a call on the same connection');
        connected();
        error(fn () => new Connection(7), 'another mistake');
        return true;
    });
    shake(...$ends);
    check('fine', pass_on($ends[0], $ends[1], 'fine'), 'and it goes on');
    $ends = null;
    $closed = asking(function () use (&$closed) {
        $closed[0]->close();
        return true;
    });
    error(fn () => shake(...$closed), 'closed from inside');
    fails('S2N_SCRIPT_CLOSED', fn () => $closed[0]->negotiate(), 'closed');
    $closed = null;
    $dropped = asking(function () use (&$dropped) {
        $dropped = null;
        return true;
    });
    [$client, $server] = $dropped;
    shake($client, $server);
}
inside();

$config = new Config();
fails('S2N_SCRIPT_NULL', fn () => $config->setVerifyHost(null), 'null');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $config->setVerifyHost('no_such_function'), 'what cannot be called');
fails('S2N_SCRIPT_WRONG_TYPE', fn () => $config->setVerifyHost(5), 'a number');
for ($i = 0; $i < 100_000; $i++) {
    $config->setVerifyHost(fn () => $i > 0);
}
$kept = new stdClass();
$weak = WeakReference::create($kept);
$config->setVerifyHost(fn () => $kept === null);
$kept = null;
check(false, $weak->get() === null, 'the config keeps its function');
$config->close();
check(true, $weak->get() === null, 'no longer');
$kept = new stdClass();
$weak = WeakReference::create($kept);
fails('S2N_SCRIPT_CLOSED', fn () => $config->setVerifyHost(fn () => $kept === null), 'a closed config');
unset($config, $kept);
gc_collect_cycles();
check($before, S2N\TLS\live_objects(), 'nothing is left');

// exit() and a fatal error inside end the script, in children so that this one can look.
foreach (['exit(3)' => 3, 'str_repeat("x", 1 << 40)' => 255] as $last => $status) {
    $child = pcntl_fork();
    if ($child === 0) {
        ini_set('display_errors', '0');
        ini_set('log_errors', '0');
        shake(...asking(eval("return function () { $last; };")));
        exit(0);
    }
    pcntl_waitpid($child, $got);
    check([true, $status], [pcntl_wifexited($got), pcntl_wexitstatus($got)], $last);
}
echo "done\n";
--EXPECT--
done
