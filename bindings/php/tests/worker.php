<?php
// SPDX-License-Identifier: Apache-2.0
// The round trip's worker for PHP: bindings/tests/PROTOCOL.md. usage: php -d extension=s2n_tls.so worker.php FD
declare(strict_types=1);

use S2N\TLS\{CertChain, Config, Connection};

final class Worker
{
    private const NEEDS_CONNECTION = ['SEND', 'RECV', 'SERIALIZE', 'INFO', 'SHUTDOWN'];

    private ?Connection $conn = null;

    public function __construct(private int $fd)
    {
    }

    public function answer(array $words): string
    {
        $command = array_shift($words);
        if ($this->conn === null && in_array($command, self::NEEDS_CONNECTION, true)) {
            return 'error S2N_SCRIPT_STATE no connection';
        }
        try {
            $value = $this->{strtolower($command)}(...$words);
            return $value === null ? 'ok' : "ok $value";
        } catch (S2N\TLS\Exception $error) {
            return "error $error->name {$error->getMessage()}";
        } catch (Throwable $error) {
            return 'error PHP ' . strtr($error->getMessage(), "\n", ' ');
        }
    }

    private static function hex(string $data): string
    {
        return $data === '' ? '-' : bin2hex($data);
    }

    private static function fromHex(string $text): string
    {
        return $text === '-' ? '' : hex2bin($text);
    }

    private static function config(string $policy): Config
    {
        $config = new Config();
        $config->setCipherPreferences($policy);
        $config->setSerializationVersion(S2N_SERIALIZED_CONN_V1);
        $config->setMaxBlindingDelay(0);
        return $config;
    }

    private function connection(string $role, Config $config): Connection
    {
        $conn = new Connection($role === 'server' ? S2N_SERVER : S2N_CLIENT);
        $conn->setConfig($config);
        $conn->setFd($this->fd);
        return $conn;
    }

    private function handshake(string $role, string $policy, string $cert, string $key): void
    {
        $config = self::config($policy);
        if ($role === 'server') {
            $chain = new CertChain();
            $chain->loadPemBytes(file_get_contents($cert), file_get_contents($key));
            $config->addCertChainAndKeyToStore($chain);
        } else {
            $config->addPemToTrustStore(file_get_contents($cert));
        }
        $this->conn = $this->connection($role, $config);
        if ($role === 'client') {
            $this->conn->setServerName('localhost');
        }
        while ($this->conn->negotiate() !== S2N_NOT_BLOCKED) {
        }
    }

    private function send(string $hex): void
    {
        $data = self::fromHex($hex);
        while ($data !== '') {
            $data = substr($data, $this->conn->send($data));
        }
    }

    private function recv(string $size): string
    {
        $data = '';
        while (strlen($data) < (int) $size) {
            $more = $this->conn->recv((int) $size - strlen($data));
            if ($more === '') {
                break;
            }
            $data .= $more ?? '';
        }
        return self::hex($data);
    }

    private function serialize(): string
    {
        $blob = $this->conn->serialize();
        $this->conn->close();
        return self::hex($blob);
    }

    private function deserialize(string $role, string $blob): void
    {
        $this->conn = $this->connection($role, self::config('default_tls13'));
        $this->conn->deserialize(self::fromHex($blob));
    }

    private function socket(string $fd): void
    {
        $this->conn = null;
        $this->fd = (int) $fd;
    }

    private function info(): string
    {
        return $this->conn->getActualProtocolVersion() . ' ' . $this->conn->getCipher();
    }

    private function bad(string $what): void
    {
        $victim = new Connection(S2N_CLIENT);
        if ($what === 'closed') {
            $victim->close();
            $victim->serialize();
        } else {
            $victim->deserialize(str_repeat("\xff", 40));
        }
    }

    private function shutdown(): void
    {
        $this->conn->shutdownSend();
    }

    private function close(): void
    {
        $this->conn = null;
    }

    private function quit(): void
    {
    }
}

$worker = new Worker((int) end($argv));
while (($line = fgets(STDIN)) !== false) {
    $line = rtrim($line, "\n");
    fwrite(STDOUT, $worker->answer(explode(' ', $line)) . "\n");
    if ($line === 'QUIT') {
        break;
    }
}
