// SPDX-License-Identifier: Apache-2.0
// The one question that the library puts to a function: whether a name in the peer's certificate is trusted.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const {
  assert, baseConfig, check, clientConfig, connected, connection, fails, folder, gc, passOn, pump, serverConfig, shake,
  tls,
} = require('./lib.js');

/** A client which has the server's certificate waiting, and its server. */
function asked(set) {
  const config = clientConfig();
  set(config);
  const ends = [connection(tls.S2N_CLIENT, config), connection(tls.S2N_SERVER, serverConfig())];
  ends[0].negotiate();
  pump(...ends);
  ends[1].negotiate();
  pump(...ends);
  return ends;
}

/** The error of the handshake with this callback. */
function refused(name, callback) {
  const [client] = asked((config) => config.set_verify_host(callback));
  return fails(name, () => client.negotiate(), String(callback));
}

check('it is asked for the name in the certificate', () => {
  const calls = [];
  const ends = asked((config) =>
    config.set_verify_host(function (...names) {
      calls.push([this, ...names]);
      return true;
    }),
  );
  shake(...ends);
  assert.deepEqual(calls, [[undefined, 'localhost']]);
  assert.equal(passOn(...ends, Buffer.from('trusted')).toString(), 'trusted');
});

check('no is no', () => {
  refused('S2N_ERR_CERT_INVALID_HOSTNAME', () => false);
});

check('nothing but true and false is an answer, least of all a promise', () => {
  for (const callback of [() => {}, () => 1, () => 'yes', async () => false, () => ({}), () => null]) {
    refused('S2N_SCRIPT_CALLBACK', callback);
  }
});

check('what it throws is the cause', () => {
  const cause = new RangeError('not today');
  const error = refused('S2N_SCRIPT_CALLBACK', () => {
    throw cause;
  });
  assert.equal(error.cause, cause);
  assert.match(error.message, /not today/);
  assert.equal(refused('S2N_SCRIPT_CALLBACK', () => { throw undefined; }).cause, undefined);
  assert.equal(refused('S2N_SCRIPT_CALLBACK', () => { throw 'text'; }).cause, 'text');
  refused('S2N_SCRIPT_CALLBACK', () => { throw { toString: () => assert.fail('was run') }; });
  refused('S2N_SCRIPT_CALLBACK', () => nowhere.to.be.found);
  refused('S2N_SCRIPT_CALLBACK', class {});
  refused('S2N_SCRIPT_CALLBACK', function again() { return again(); });
});

check('its connection is busy, and nothing else is', () => {
  let client, server, busy;
  [client, server] = asked((config) =>
    config.set_verify_host(() => {
      busy = fails('S2N_SCRIPT_BUSY', () => client.send(Buffer.from('x')));
      fails('S2N_SCRIPT_RANGE', () => new tls.Connection(7));
      const others = connected();
      assert.equal(passOn(...others, Buffer.from('inside')).toString(), 'inside');
      gc();
      return true;
    }),
  );
  shake(client, server);
  assert.ok(busy);
  assert.equal(passOn(client, server, Buffer.from('fine')).toString(), 'fine');
});

check('it may drop and close the connection', () => {
  let [client] = asked((config) =>
    config.set_verify_host(() => {
      client = null;
      gc();
      return true;
    }),
  );
  client.negotiate();
  assert.equal(client, null);

  const [closed] = asked((config) =>
    config.set_verify_host(() => {
      closed.close();
      return true;
    }),
  );
  try {
    closed.negotiate();
  } catch (error) {
    assert.ok(error instanceof tls.S2NError);
  }
  fails('S2N_SCRIPT_CLOSED', () => closed.negotiate());
});

check('connection and config keep it', () => {
  let called = 0;
  const ends = asked((config) => config.set_verify_host(() => ++called > 0));
  gc();
  shake(...ends);
  assert.equal(called, 1);

  const config = new tls.Config();
  config.set_verify_host(() => true);
  config.set_verify_host(() => false);
});

check('a config that failed to replace another one does not take its place', () => {
  let called = 0;
  const ends = asked((config) => config.set_verify_host(() => ++called > 0));
  const closed = new tls.Config();
  closed.close();
  fails('S2N_SCRIPT_CLOSED', () => ends[0].set_config(closed));
  gc();
  shake(...ends);
  assert.equal(called, 1);
});

check('20,000 functions that hold on to their own connections and configs', () => {
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    const config = new tls.Config();
    const conn = new tls.Connection(tls.S2N_CLIENT);
    config.set_verify_host(() => conn !== config);
    conn.set_config(config);
    most = Math.max(most, i % 100 === 0 ? tls.live_objects() : 0);
  }
  assert.ok(most < 30_000, `${most} at once`);
});

check('what is no function', () => {
  const config = new tls.Config();
  fails('S2N_SCRIPT_NULL', () => config.set_verify_host(null));
  fails('S2N_SCRIPT_NULL', () => config.set_verify_host(undefined));
  for (const wrong of ['f', 1, [], {}, Symbol('f'), true]) {
    fails('S2N_SCRIPT_WRONG_TYPE', () => config.set_verify_host(wrong));
  }
  const frozen = baseConfig();
  new tls.Connection(tls.S2N_CLIENT).set_config(frozen);
  fails('S2N_SCRIPT_IN_USE', () => frozen.set_verify_host(() => true));
});

check('a list of names instead', () => {
  shake(...asked((config) => {
    config.accept_host('other.test');
    config.accept_host('LOCALHOST');
  }));
  shake(...asked((config) => config.accept_host('*')));
  const [client] = asked((config) => config.accept_host('localhost.test'));
  fails('S2N_ERR_CERT_INVALID_HOSTNAME', () => client.negotiate());
  fails('S2N_SCRIPT_NULL', () => new tls.Config().accept_host(''));
  fails('S2N_SCRIPT_NUL', () => new tls.Config().accept_host('a\0b'));
});

const STOP = (how) => `
  const { tls, pump, connection, clientConfig, serverConfig } = require(${JSON.stringify(path.join(__dirname, 'lib.js'))});
  const config = clientConfig();
  config.set_verify_host(() => { ${how} });
  const ends = [connection(tls.S2N_CLIENT, config), connection(tls.S2N_SERVER, serverConfig())];
  for (let i = 0; i < 5; i++) { for (const end of ends) end.negotiate(); pump(...ends); }
  process.exit(9);`;

check('the process may end in it', () => {
  const done = spawnSync(process.execPath, ['-e', STOP('process.exit(3)')], { encoding: 'utf8' });
  assert.equal(done.signal, null, done.stderr);
  assert.equal(done.status, 3, done.stderr);
});

check('a worker thread may be stopped in it', async () => {
  const worker = new Worker(STOP("require('node:worker_threads').parentPort.postMessage(1); for (;;);"), { eval: true });
  await new Promise((done) => worker.once('message', done));
  assert.equal(await worker.terminate(), 1);
});
