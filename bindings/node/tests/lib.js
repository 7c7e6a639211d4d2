// SPDX-License-Identifier: Apache-2.0
// What the tests share: configs, a handshake in memory between two connections, looking at errors, and the collector.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const v8 = require('node:v8');
const vm = require('node:vm');

const { S2N_BINDINGS_DIR: built, S2N_TEST_PKI: pki } = process.env;
assert.ok(built && pki, 'use bindings/tests/run');
const folder = path.join(built, 'node');
const tls = require(folder);

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
const TYPES = ['IO', 'CLOSED', 'BLOCKED', 'ALERT', 'PROTO', 'INTERNAL', 'USAGE'];

const slurp = (name) => fs.readFileSync(path.join(pki, name));

/** The error that the function throws, which must be one of ours. */
function caught(body, what) {
  try {
    body();
  } catch (error) {
    if (!(error instanceof tls.S2NError)) throw error;
    assert.ok(error.message !== '' && TYPES.includes(error.type), what);
    return error;
  }
  return assert.fail(`${what}: no error`);
}

/** The same, and it must have this name. */
function fails(name, body, what) {
  const error = caught(body, what ?? name);
  assert.equal(error.name, name, what);
  return error;
}

function baseConfig(policy = 'default_tls13') {
  const config = new tls.Config();
  config.set_cipher_preferences(policy);
  config.set_serialization_version(tls.S2N_SERIALIZED_CONN_V1);
  config.set_max_blinding_delay(0);
  return config;
}

function makeChain(name = 'server') {
  const chain = new tls.CertChain();
  chain.load_pem_bytes(slurp(`${name}.pem`), slurp(`${name}.key`));
  return chain;
}

function serverConfig(policy) {
  const config = baseConfig(policy);
  config.add_cert_chain_and_key_to_store(makeChain());
  return config;
}

function clientConfig(policy) {
  const config = baseConfig(policy);
  config.add_pem_to_trust_store(slurp('ca.pem').toString());
  return config;
}

function connection(mode, config) {
  const conn = new tls.Connection(mode);
  conn.set_config(config);
  conn.use_memory();
  if (mode === tls.S2N_CLIENT) conn.set_server_name('localhost');
  return conn;
}

function pump(left, right) {
  right.feed(left.take());
  left.feed(right.take());
}

/** Both ends of a handshake, complete. */
function shake(client, server) {
  for (let i = 0; i < 20; i++) {
    const waits = [client.negotiate(), server.negotiate()];
    pump(client, server);
    if (waits.every((wait) => wait === tls.S2N_NOT_BLOCKED)) return [client, server];
  }
  return assert.fail('the handshake does not end');
}

function connected(client = clientConfig(), server = serverConfig()) {
  return shake(connection(tls.S2N_CLIENT, client), connection(tls.S2N_SERVER, server));
}

/** Sends all of it through memory and returns what came out at the other end. */
function passOn(from, to, data) {
  let rest = Buffer.from(data);
  const size = rest.length;
  const parts = [];
  let got = 0;
  while (got < size) {
    if (rest.length) rest = rest.subarray(from.send(rest));
    to.feed(from.take());
    for (let part; (part = to.recv(1 << 20)) !== null; ) {
      if (part.length === 0) return Buffer.concat(parts);
      parts.push(part);
      got += part.length;
    }
  }
  return Buffer.concat(parts);
}

/** Collects, from the event loop, so that no stack keeps anything; then counts. */
async function collected(wanted) {
  for (let i = 0; i < 10 && (i < 2 || tls.live_objects() !== wanted); i++) {
    await new Promise(setImmediate);
    gc();
  }
  return tls.live_objects();
}

/** A test, which must leave none of the library's objects behind. */
function check(name, body) {
  test(name, async () => {
    const before = await collected();
    await body();
    assert.equal(await collected(before), before, 'objects are left');
  });
}

module.exports = {
  assert, baseConfig, caught, check, clientConfig, connected, connection, fails, folder, gc, makeChain, passOn, pki,
  pump, serverConfig, shake, slurp, tls,
};
