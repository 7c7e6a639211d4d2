// SPDX-License-Identifier: Apache-2.0
// Lives and deaths of handles: in every order, very many of them, and in worker threads.
'use strict';

const fs = require('node:fs');
const { Worker } = require('node:worker_threads');
const {
  assert, baseConfig, check, clientConfig, connected, connection, fails, folder, gc, makeChain, passOn, serverConfig,
  shake, tls,
} = require('./lib.js');

const MAKERS = {
  Connection: () => new tls.Connection(tls.S2N_CLIENT),
  Config: () => new tls.Config(),
  CertChain: () => new tls.CertChain(),
  Psk: () => new tls.Psk(),
};

for (const [name, make] of Object.entries(MAKERS)) {
  check(`${name}: made, closed twice`, () => {
    const object = make();
    assert.ok(object instanceof tls[name]);
    assert.equal(object.is_closed(), false);
    object.close();
    object.close();
    assert.equal(object.is_closed(), true);
  });

  check(`${name}: dropped`, () => {
    make();
  });

  check(`${name}: a class derived from it`, () => {
    class Own extends tls[name] {
      hello() {
        return this.is_closed();
      }
    }
    const object = name === 'Connection' ? new Own(tls.S2N_CLIENT) : new Own();
    assert.ok(object instanceof Own);
    assert.equal(object.hello(), false);
  });
}

check('configs and chains are closed and dropped before the connections that use them', () => {
  const make = () => {
    const server = serverConfig();
    const made = [connection(tls.S2N_CLIENT, clientConfig()), connection(tls.S2N_SERVER, server)];
    server.close();
    return made;
  };
  const ends = make();
  gc();
  shake(...ends);
  assert.equal(passOn(...ends, 'x'.repeat(1000)).toString(), 'x'.repeat(1000));
});

check('a chain is closed before its config', () => {
  const config = baseConfig();
  const chain = makeChain();
  config.add_cert_chain_and_key_to_store(chain);
  chain.close();
  const ends = connected(undefined, config);
  fails('S2N_SCRIPT_CLOSED', () => chain.get_length());
  assert.equal(passOn(...ends, 'still works').toString(), 'still works');
});

check('chains outlive the connection that gave them', async () => {
  const make = () => {
    const [client, server] = connected();
    assert.equal(client.get_selected_cert(), null);
    const chosen = server.get_selected_cert();
    return [client.get_peer_cert_chain(), chosen, chosen.get_der(0)];
  };
  const [peer, chosen, der] = make();
  await new Promise(setImmediate);
  gc();
  assert.ok(peer instanceof tls.CertChain);
  assert.equal(peer.get_length(), 2);
  assert.deepEqual(peer.get_der(0), der);
  assert.deepEqual(chosen.get_der(0), der);
});

const resident = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;

// All in one go, without a turn of the event loop: V8 is told how much hangs on its small objects. 100,000 connections
// with their configs would be 300 MiB. Its address space cannot be capped, so that it is held to its growth.
for (const [what, make] of Object.entries({
  'connections with a config each': () => new tls.Connection(tls.S2N_SERVER).set_config(new tls.Config()),
  'configs with a chain': (chain) => new tls.Config().add_cert_chain_and_key_to_store(chain),
  'chains and keys': () => [new tls.CertChain(), new tls.Psk()],
})) {
  check(`100,000 ${what}`, () => {
    const memory = resident();
    const chain = makeChain();
    let most = 0;
    for (let i = 0; i < 100_000; i++) {
      make(chain);
      if (i % 1000 === 0) most = Math.max(most, tls.live_objects());
    }
    const growth = resident() - memory;
    assert.ok(most < 60_000, `${most} at once`);
    assert.ok(growth < 120, `${growth} MiB more`);
  });
}

check('worker threads have objects of their own, and leave none behind', async () => {
  const code = `
    const tls = require(${JSON.stringify(folder)});
    const { parentPort } = require('node:worker_threads');
    globalThis.kept = [];
    for (let i = 0; i < 100; i++) {
      const conn = new tls.Connection(tls.S2N_CLIENT);
      conn.set_config(new tls.Config());
      kept.push(conn);
    }
    let name;
    try { kept[0].set_fd('x'); } catch (error) { name = error instanceof tls.UsageError && error.name; }
    parentPort.postMessage(name);`;
  const names = [];
  const workers = [1, 2, 3].map(() => new Worker(code, { eval: true }));
  for (const worker of workers) worker.on('message', (name) => names.push(name));
  await Promise.all(workers.map((worker) => new Promise((done) => worker.on('exit', done))));
  assert.deepEqual(names, Array(3).fill('S2N_SCRIPT_WRONG_TYPE'));
  const [client, server] = connected();
  assert.equal(passOn(client, server, 'here').toString(), 'here');
});

check('a worker thread cannot be sent an object', () => {
  assert.throws(() => structuredClone(new tls.Config()), { name: 'DataCloneError' });
});

check('loaded twice: the classes are the same', () => {
  for (const key of Object.keys(require.cache).filter((path) => path.startsWith(folder))) delete require.cache[key];
  const again = require(folder);
  assert.equal(again.Connection, tls.Connection);
  const conn = new again.Connection(again.S2N_CLIENT);
  const error = fails('S2N_SCRIPT_STATE', () => conn.take());
  assert.ok(error instanceof again.UsageError);
});
