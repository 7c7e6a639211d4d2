// SPDX-License-Identifier: Apache-2.0
// The round trip's worker for Node.js: bindings/tests/PROTOCOL.md. usage: node worker.js PACKAGE FD
'use strict';

const fs = require('node:fs');
const [folder, number] = process.argv.slice(-2);
const tls = require(folder);

let fd = Number(number);
let conn = null;

const toHex = (bytes) => (bytes.length ? bytes.toString('hex') : '-');
const fromHex = (text) => (text === '-' ? Buffer.alloc(0) : Buffer.from(text, 'hex'));

function makeConfig(policy) {
  const config = new tls.Config();
  config.set_cipher_preferences(policy);
  config.set_serialization_version(tls.S2N_SERIALIZED_CONN_V1);
  config.set_max_blinding_delay(0);
  return config;
}

function connection(role, config) {
  const made = new tls.Connection(role === 'server' ? tls.S2N_SERVER : tls.S2N_CLIENT);
  made.set_config(config);
  made.set_fd(fd);
  return made;
}

const commands = {
  HANDSHAKE(role, policy, cert, key) {
    const config = makeConfig(policy);
    if (role === 'server') {
      const chain = new tls.CertChain();
      chain.load_pem_bytes(fs.readFileSync(cert), fs.readFileSync(key));
      config.add_cert_chain_and_key_to_store(chain);
    } else {
      config.add_pem_to_trust_store(fs.readFileSync(cert, 'latin1'));
    }
    conn = connection(role, config);
    if (role === 'client') conn.set_server_name('localhost');
    while (conn.negotiate() !== tls.S2N_NOT_BLOCKED);
  },
  SEND(hex) {
    let data = fromHex(hex);
    while (data.length) data = data.subarray(conn.send(data));
  },
  RECV(size) {
    const parts = [];
    let missing = Number(size);
    while (missing > 0) {
      const part = conn.recv(missing);
      if (part === null) continue;
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return toHex(Buffer.concat(parts));
  },
  SERIALIZE() {
    const blob = conn.serialize();
    conn.close();
    return toHex(blob);
  },
  DESERIALIZE(role, blob) {
    conn = connection(role, makeConfig('default_tls13'));
    conn.deserialize(fromHex(blob));
  },
  SOCKET(next) {
    commands.CLOSE();
    fd = Number(next);
  },
  INFO: () => `${conn.get_actual_protocol_version()} ${conn.get_cipher()}`,
  BAD(what) {
    const victim = new tls.Connection(tls.S2N_CLIENT);
    if (what === 'closed') {
      victim.close();
      victim.serialize();
    } else {
      victim.deserialize(Buffer.alloc(40, 0xff));
    }
  },
  SHUTDOWN() {
    conn.shutdown_send();
  },
  CLOSE() {
    if (conn) conn.close();
    conn = null;
  },
};

function answer(line) {
  const [command, ...words] = line.split(' ');
  if (!conn && ['SEND', 'RECV', 'SERIALIZE', 'INFO', 'SHUTDOWN'].includes(command)) {
    return 'error S2N_SCRIPT_STATE no connection';
  }
  try {
    const value = commands[command](...words);
    return value === undefined ? 'ok' : `ok ${value}`;
  } catch (error) {
    return `error ${error.name} ${error.message.replaceAll('\n', ' ')}`;
  }
}

// The calls above wait on sockets, so standard input is read in the same manner.
function* lines() {
  const chunk = Buffer.alloc(65536);
  let rest = '';
  for (let n; (n = fs.readSync(0, chunk)) > 0; ) {
    const parts = (rest + chunk.toString('latin1', 0, n)).split('\n');
    rest = parts.pop();
    yield* parts;
  }
}

function say(text) {
  const data = Buffer.from(`${text}\n`);
  for (let done = 0; done < data.length; ) done += fs.writeSync(1, data, done);
}

for (const line of lines()) {
  if (line === 'QUIT') {
    say('ok');
    break;
  }
  say(answer(line));
}
