// SPDX-License-Identifier: Apache-2.0
// Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
// The socket is the event loop's: what it gets is fed to the connection, and what the connection wants sent is taken.
// usage: node echo_client.js HOST PORT CA.pem [LINE]
'use strict';

const net = require('node:net');
const tls = require('..');

const [host, port, ca, line = 'hello'] = process.argv.slice(2);
if (!ca) {
  console.error('usage: node echo_client.js HOST PORT CA.pem [LINE]');
  process.exit(2);
}

const config = new tls.Config();
config.set_cipher_preferences('default_tls13');
config.set_serialization_version(tls.S2N_SERIALIZED_CONN_V1);
config.set_verification_ca_location(ca, null);

function connection() {
  const conn = new tls.Connection(tls.S2N_CLIENT);
  conn.set_config(config);
  conn.set_blinding(tls.S2N_SELF_SERVICE_BLINDING); // never sleep in the event loop
  conn.use_memory();
  return conn;
}

async function main() {
  const socket = net.connect(Number(port), host);
  const incoming = socket[Symbol.asyncIterator]();
  const flush = (conn) => {
    const data = conn.take();
    if (data.length) socket.write(data);
  };
  const more = async (conn) => {
    const { value, done } = await incoming.next();
    if (done) conn.feed_eof();
    else conn.feed(value);
  };

  let conn = connection();
  conn.set_server_name(host);
  while (conn.negotiate() !== tls.S2N_NOT_BLOCKED) {
    flush(conn);
    await more(conn);
  }
  flush(conn);
  console.log(`${conn.get_cipher()} with ${conn.get_key_exchange_group()}`);

  const blob = conn.serialize();
  conn.close();
  conn = connection();
  conn.deserialize(blob);

  conn.send(Buffer.from(`${line}\n`));
  flush(conn);
  let answer = '';
  while (!answer.includes('\n')) {
    const data = conn.recv(4096);
    if (data === null) await more(conn);
    else if (data.length === 0) break;
    else answer += data;
  }
  process.stdout.write(answer);
  conn.shutdown_send();
  flush(conn);
  socket.end();
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
