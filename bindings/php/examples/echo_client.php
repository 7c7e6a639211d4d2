#!/usr/bin/env php
<?php
// SPDX-License-Identifier: Apache-2.0
// Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
// usage: php -d extension=s2n_tls.so echo_client.php HOST PORT CA.pem [LINE]
declare(strict_types=1);

use S2N\TLS\{Config, Connection};

if ($argc < 4) {
    fwrite(STDERR, "usage: $argv[0] HOST PORT CA.pem [LINE]\n");
    exit(2);
}
[, $host, $port, $ca] = $argv;
$line = $argv[4] ?? 'hello';

$config = new Config();
$config->setCipherPreferences('default_tls13');
$config->setSerializationVersion(S2N_SERIALIZED_CONN_V1);
$config->setVerificationCaLocation($ca, null);

// PHP must not read from the stream itself: what it has in a buffer is lost to TLS.
$socket = stream_socket_client("tcp://$host:$port", $code, $message, 30) ?: exit("$host:$port: $message\n");

function connection(Config $config, mixed $socket): Connection
{
    $conn = new Connection(S2N_CLIENT);
    $conn->setConfig($config);
    $conn->setFd($socket);
    return $conn;
}

$conn = connection($config, $socket);
$conn->setServerName($host);
while ($conn->negotiate() !== S2N_NOT_BLOCKED) {
}
printf("%s with %s\n", $conn->getCipher(), $conn->getKeyExchangeGroup());

$blob = $conn->serialize();
$conn->close();
$conn = connection($config, $socket);
$conn->deserialize($blob);

for ($rest = "$line\n"; $rest !== ''; ) {
    $rest = substr($rest, $conn->send($rest));
}
$answer = '';
while (!str_contains($answer, "\n")) {
    $more = $conn->recv(4096);
    if ($more === '') {
        break;
    }
    $answer .= $more ?? '';
}
echo $answer;
$conn->shutdownSend();
