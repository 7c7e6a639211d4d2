// SPDX-License-Identifier: Apache-2.0
// Whatever a program does wrong is an error with a name, the object can be used afterwards, and the process lives.
'use strict';

const {
  assert, baseConfig, caught, check, clientConfig, connected, connection, fails, passOn, tls,
} = require('./lib.js');

const { S2N_CLIENT, S2N_SERVER } = tls;
const fresh = () => new tls.Connection(S2N_CLIENT);

const STRANGE = {
  'an array': () => [1, 2],
  'an object': () => ({}),
  'a function': () => () => 1,
  'a symbol': () => Symbol('x'),
  'true': () => true,
  'a date': () => new Date(),
  'a proxy': () => new Proxy({}, { get: () => assert.fail('asked') }),
  'an object with valueOf': () => ({ valueOf: () => assert.fail('asked'), toString: () => assert.fail('asked') }),
  'a psk': () => new tls.Psk(),
  'a connection\'s prototype': () => tls.Connection.prototype,
  'made from a prototype': () => Object.create(tls.Config.prototype),
};

for (const [what, make] of Object.entries(STRANGE)) {
  check(`${what} for everything`, () => {
    const conn = fresh();
    const wrong = make();
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.deserialize(wrong), 'bytes');
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_server_name(wrong), 'text');
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_fd(wrong), 'number');
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_config(wrong), 'handle');
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.negotiate.call(wrong), 'this');
    assert.equal(conn.is_closed(), false);
  });
}

// These have hidden fields as our objects do, and what is in them must not be taken for a handle.
check('objects of V8 and of node for a handle and for this', () => {
  const conn = fresh();
  const others = [Buffer.alloc(3), new Uint8Array(9), new ArrayBuffer(1), new SharedArrayBuffer(1), new DataView(new ArrayBuffer(1)),
    new Map(), Promise.resolve(), process, globalThis, new AbortController(), new MessageChannel().port1, new Error('x'),
    new (require('node:vm').Script)('1'), require('node:crypto').createHash('sha256'), 'text', 5, 5n, NaN];
  for (const other of others) {
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_config(other), String(other));
    for (const name of ['negotiate', 'close', 'is_closed', 'take']) {
      fails('S2N_SCRIPT_WRONG_TYPE', () => conn[name].call(other), String(other));
    }
    other?.close?.();
  }
});

check('strings are not bytes, bytes are not text', () => {
  fails('S2N_SCRIPT_WRONG_TYPE', () => fresh().deserialize('abc'));
  fails('S2N_SCRIPT_WRONG_TYPE', () => fresh().send('abc'));
  fails('S2N_SCRIPT_WRONG_TYPE', () => fresh().set_server_name(Buffer.from('abc')));
  fails('S2N_SCRIPT_WRONG_TYPE', () => fresh().set_server_name(7));
});

check('the number of arguments', () => {
  const conn = fresh();
  fails('S2N_SCRIPT_WRONG_TYPE', () => conn.negotiate(1));
  fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_fd());
  fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_fd(1, 2));
  fails('S2N_SCRIPT_WRONG_TYPE', () => new tls.Connection());
  fails('S2N_SCRIPT_WRONG_TYPE', () => new tls.Config(1));
  fails('S2N_SCRIPT_WRONG_TYPE', () => tls.live_objects(1));
});

check('constructors', () => {
  const conn = fresh();
  fails('S2N_SCRIPT_WRONG_TYPE', () => tls.Connection(S2N_CLIENT), 'without new');
  fails('S2N_SCRIPT_WRONG_TYPE', () => tls.Connection.call(conn, S2N_CLIENT), 'again on an object');
  fails('S2N_SCRIPT_WRONG_TYPE', () => tls.Config.call(Buffer.alloc(1)), 'on a foreign one');
  fails('S2N_SCRIPT_WRONG_TYPE', () => new conn.negotiate(), 'a method');
  fails('S2N_SCRIPT_WRONG_TYPE', () => new tls.Connection('client'), 'text for a number');
  fails('S2N_SCRIPT_RANGE', () => new tls.Connection(2), 'no such mode');
  assert.equal(conn.get_mode.call(Reflect.construct(tls.Connection, [S2N_CLIENT], Map)), S2N_CLIENT);
});

check('null and undefined', () => {
  const conn = fresh();
  for (const nil of [null, undefined]) {
    fails('S2N_SCRIPT_NULL', () => conn.set_config(nil));
    fails('S2N_SCRIPT_NULL', () => new tls.Config().add_cert_chain_and_key_to_store(nil));
    fails('S2N_ERR_NULL', () => conn.set_server_name(nil));
    fails('S2N_ERR_NULL', () => conn.set_session(nil));
    fails('S2N_ERR_NULL', () => new tls.Psk().set_identity(nil));
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_fd(nil));
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.negotiate.call(nil), 'this');
  }
});

check('numbers', () => {
  const conn = fresh();
  const config = new tls.Config();
  fails('S2N_SCRIPT_RANGE', () => conn.set_fd(2 ** 31));
  fails('S2N_SCRIPT_RANGE', () => conn.set_fd(2 ** 62));
  fails('S2N_SCRIPT_RANGE', () => conn.set_fd(9223372036854775807n), '2^63 - 1');
  fails('S2N_SCRIPT_RANGE', () => conn.recv(-1));
  fails('S2N_SCRIPT_RANGE', () => conn.recv(0));
  fails('S2N_SCRIPT_RANGE', () => conn.set_blinding(2));
  fails('S2N_SCRIPT_RANGE', () => config.set_max_cert_chain_depth(65536));
  fails('S2N_SCRIPT_RANGE', () => config.set_max_cert_chain_depth(-1));
  fails('S2N_SCRIPT_RANGE', () => config.set_session_state_lifetime(-1));
  for (const odd of [1.5, NaN, Infinity, -Infinity, 1e30, 2 ** 63, 9223372036854775808n, -(2n ** 64n), '1', '', 'x']) {
    fails('S2N_SCRIPT_WRONG_TYPE', () => conn.set_fd(odd), String(odd));
  }
  config.set_max_cert_chain_depth(5);
  config.set_max_cert_chain_depth(5n);
});

check('text and sizes', () => {
  const conn = fresh();
  const config = new tls.Config();
  const psk = new tls.Psk();
  fails('S2N_SCRIPT_NUL', () => conn.set_server_name('local\0host'));
  fails('S2N_SCRIPT_NUL', () => config.add_pem_to_trust_store('a\0b'));
  fails('S2N_ERR_SERVER_NAME_TOO_LONG', () => conn.set_server_name('x'.repeat(1 << 20)));
  fails('S2N_SCRIPT_RANGE', () => psk.set_identity(Buffer.alloc(70_000)));
  fails('S2N_SCRIPT_RANGE', () => config.append_protocol_preference(Buffer.alloc(256)));
  fails('S2N_ERR_INVALID_SECURITY_POLICY', () => config.set_cipher_preferences('\ud800\u{1f600}'));
  fails('S2N_ERR_INVALID_SECURITY_POLICY', () => config.set_cipher_preferences('x'.repeat(1 << 28)), '256 MiB');
  conn.set_server_name('localhost');
  psk.set_identity(Buffer.alloc(65_535));
});

check('text of a failed call is given back', () => {
  const config = new tls.Config();
  const text = 'x'.repeat(8 << 20);
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 100; i++) fails('S2N_ERR_INVALID_SECURITY_POLICY', () => config.set_cipher_preferences(text));
  assert.ok(process.memoryUsage.rss() - before < 100 << 20);
});

check('what the library says', () => {
  const conn = fresh();
  const config = new tls.Config();
  const chain = new tls.CertChain();
  const bad = fails('S2N_ERR_INVALID_SERIALIZED_CONNECTION', () => conn.deserialize(Buffer.alloc(100_000, 0xff)));
  assert.equal(bad.type, 'USAGE');
  assert.ok(bad instanceof tls.UsageError && bad instanceof Error);
  assert.ok(bad.code > 0);
  assert.equal(bad.alert, null);
  assert.match(String(bad), /^S2N_ERR_INVALID_SERIALIZED_CONNECTION: \w/);
  assert.match(bad.stack, /bad\.test\.js/);
  fails('S2N_ERR_INVALID_SERIALIZED_SESSION_STATE', () => conn.set_session(Buffer.alloc(100, 0xff)));
  fails('S2N_ERR_INVALID_SECURITY_POLICY', () => config.set_cipher_preferences('nonsense'));
  for (const body of [
    () => chain.load_pem_bytes(Buffer.from('garbage'), Buffer.alloc(10)),
    () => config.add_pem_to_trust_store('garbage'),
    () => chain.get_der(0),
  ]) {
    assert.match(caught(body, String(body)).name, /^S2N_ERR_/);
  }
});

check('the order of calls', () => {
  const conn = fresh();
  fails('S2N_SCRIPT_STATE', () => conn.take());
  fails('S2N_SCRIPT_STATE', () => conn.feed(Buffer.from('x')));
  fails('S2N_ERR_INVALID_STATE', () => conn.serialize());
  fails('S2N_ERR_HANDSHAKE_NOT_COMPLETE', () => connection(S2N_CLIENT, baseConfig()).serialize());
  fails('S2N_ERR_SERVER_MODE', () => new tls.Connection(S2N_SERVER).set_session(Buffer.from('x')));
  fails('S2N_SCRIPT_STATE', () => conn.accept_early_data());
  const config = baseConfig();
  conn.set_config(config);
  fails('S2N_SCRIPT_IN_USE', () => config.set_max_cert_chain_depth(3));
});

check('garbage from the wire', () => {
  const client = connection(S2N_CLIENT, clientConfig());
  assert.equal(client.negotiate(), tls.S2N_BLOCKED_ON_READ);
  client.feed(Buffer.from(Array.from({ length: 256 }, (_, i) => 255 - i)));
  const error = caught(() => client.negotiate(), 'garbage');
  assert.equal(error.type, 'PROTO');
  assert.ok(error instanceof tls.ProtoError);
  caught(() => client.negotiate(), 'and after it');
});

const ARGUMENTS = {
  set_config: () => [new tls.Config()],
  append_psk: () => [new tls.Psk()],
  add_cert_chain_and_key_to_store: () => [new tls.CertChain()],
  set_verify_host: () => [() => true],
};

/** Arguments of all the types there are, one set of which a method accepts. */
function* guesses(method) {
  if (ARGUMENTS[method]) {
    yield ARGUMENTS[method]();
    return;
  }
  const values = [1, 'x', Buffer.from('x')];
  yield [];
  for (const a of values) {
    yield [a];
    for (const b of values) {
      yield [a, b];
      for (const c of values) yield [a, b, c];
    }
  }
}

for (const name of ['Connection', 'Config', 'CertChain', 'Psk']) {
  check(`every method of a closed ${name}`, () => {
    const object = name === 'Connection' ? fresh() : new tls[name]();
    object.close();
    const methods = Object.getOwnPropertyNames(tls[name].prototype).filter(
      (method) => !['constructor', 'close', 'is_closed'].includes(method),
    );
    assert.ok(methods.length > 5);
    for (const method of methods) {
      const names = new Set();
      for (const values of guesses(method)) {
        names.add(caught(() => object[method](...values), `${method}(${values})`).name);
      }
      assert.ok(names.has('S2N_SCRIPT_CLOSED'), `${method}: ${[...names]}`);
    }
    assert.equal(object.is_closed(), true);
  });
}

check('closed objects as arguments', () => {
  const [config, chain, psk] = [new tls.Config(), new tls.CertChain(), new tls.Psk()];
  for (const object of [config, chain, psk]) object.close();
  fails('S2N_SCRIPT_CLOSED', () => fresh().set_config(config));
  fails('S2N_SCRIPT_CLOSED', () => new tls.Config().add_cert_chain_and_key_to_store(chain));
  fails('S2N_SCRIPT_CLOSED', () => fresh().append_psk(psk));
});

check('an error in the middle leaves the connection as it was', () => {
  const [client, server] = connected();
  fails('S2N_SCRIPT_WRONG_TYPE', () => client.send('text'));
  fails('S2N_SCRIPT_RANGE', () => client.recv(-1));
  assert.equal(passOn(client, server, Buffer.from('goes on')).toString(), 'goes on');
});

check('making an error runs no code of the program', () => {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => assert.fail('was run');
  try {
    assert.equal(fails('S2N_SCRIPT_WRONG_TYPE', () => fresh().set_fd('y')).type, 'USAGE');
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});
