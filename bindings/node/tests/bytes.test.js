// SPDX-License-Identifier: Apache-2.0
// Bytes through everything that takes and gives them; moving a connection; resuming a session; pre-shared keys.
'use strict';

const {
  assert, baseConfig, check, clientConfig, connected, connection, fails, passOn, pump, serverConfig, shake, tls,
} = require('./lib.js');

const ALL = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

check('every byte value, and a NUL alone', () => {
  const [client, server] = connected();
  assert.deepEqual(passOn(client, server, ALL), ALL);
  assert.deepEqual(passOn(server, client, Buffer.from([0])), Buffer.from([0]));
});

check('4 MiB', () => {
  const long = Buffer.alloc(4 << 20, ALL);
  assert.ok(passOn(...connected(), long).equals(long));
});

check('whatever has bytes: views, their parts, and memory that is shared', () => {
  const [client, server] = connected();
  const send = (data) => {
    client.send(data);
    server.feed(client.take());
    return [...server.recv(1000)];
  };
  const shared = new SharedArrayBuffer(4);
  new Uint8Array(shared).set([9, 0, 8, 7]);
  assert.deepEqual(send(new Uint8Array([1, 0, 2])), [1, 0, 2]);
  assert.deepEqual(send(new Uint8Array([1, 0, 2]).buffer), [1, 0, 2]);
  assert.deepEqual(send(new Uint8Array([1, 0, 2, 3]).subarray(1, 3)), [0, 2]);
  assert.deepEqual(send(new DataView(ALL.buffer, ALL.byteOffset + 254, 2)), [254, 255]);
  assert.deepEqual(send(new Uint16Array([0x0100])), [0, 1]);
  assert.deepEqual(send(shared), [9, 0, 8, 7]);
  assert.deepEqual(send(new Uint8Array(shared, 1, 2)), [0, 8]);
});

check('memory that was given away has no bytes left', () => {
  const [client] = connected();
  const data = new Uint8Array([1, 2, 3]);
  structuredClone(data.buffer, { transfer: [data.buffer] });
  assert.equal(client.send(data), 0);
  assert.equal(client.send(new Uint8Array(0)), 0);
  assert.equal(client.send(new ArrayBuffer(0)), 0);
});

check('what comes out is a copy', () => {
  const [client, server] = connected();
  server.send(ALL);
  const wire = server.take();
  client.feed(wire);
  wire.fill(0);
  const first = client.recv(256);
  first.fill(0);
  assert.deepEqual(passOn(server, client, ALL), ALL);
});

check('recv of a huge number asks for no huge memory', () => {
  const [client, server] = connected();
  assert.equal(client.recv(2 ** 62), null);
  assert.equal(client.recv(9223372036854775807n), null);
  assert.equal(client.blocked(), tls.S2N_BLOCKED_ON_READ);
  server.send(ALL);
  client.feed(server.take());
  assert.deepEqual(client.recv(2 ** 62), ALL);
});

check('facts about a connection', () => {
  const [client, server] = connected();
  assert.equal(client.get_actual_protocol_version(), tls.S2N_TLS13);
  assert.match(client.get_cipher(), /^TLS_/);
  assert.equal(server.get_client_random().length, 32);
  assert.equal(client.get_client_hello(), null);
  assert.equal(server.get_server_name(), 'localhost');
  assert.equal(server.get_application_protocol(), null);
  assert.equal(typeof client.get_wire_bytes_in(), 'number');
});

for (const policy of ['default_tls13', '20190801']) {
  check(`serialize and deserialize: ${policy}`, () => {
    const [client, server] = connected(clientConfig(policy), serverConfig(policy));
    assert.equal(passOn(server, client, Buffer.from('before')).toString(), 'before');
    const suite = server.get_cipher();
    const blob = server.serialize();
    assert.ok(Buffer.isBuffer(blob));
    fails('S2N_ERR_CLOSED', () => server.recv(1));
    const next = connection(tls.S2N_SERVER, serverConfig(policy));
    next.deserialize(blob);
    assert.equal(next.get_cipher(), suite);
    assert.deepEqual(passOn(client, next, ALL), ALL);
    assert.deepEqual(passOn(next, client, ALL), ALL);
  });
}

check('a session is resumed', () => {
  const server = serverConfig();
  server.set_session_tickets_onoff(true);
  server.add_ticket_crypto_key(Buffer.from('key\0one'), Buffer.from(`\0${'k'.repeat(31)}`), 0);
  const client = clientConfig();
  client.set_session_tickets_onoff(true);
  const ends = connected(client, server);
  passOn(ends[1], ends[0], Buffer.from('and a ticket'));
  const session = ends[0].get_session();
  assert.ok(session.length > 50);
  const again = connection(tls.S2N_CLIENT, client);
  again.set_session(session);
  const other = connection(tls.S2N_SERVER, server);
  shake(again, other);
  assert.equal(again.is_session_resumed(), true);
  assert.equal(other.is_session_resumed(), true);
  assert.equal(ends[0].is_session_resumed(), false);
});

const IDENTITY = Buffer.concat([Buffer.from('id\0'), ALL]);

function makePsk() {
  const psk = new tls.Psk();
  psk.set_identity(IDENTITY);
  psk.set_secret(Buffer.from('\0secret\0'.repeat(4)));
  psk.set_hmac(tls.S2N_PSK_HMAC_SHA256);
  psk.configure_early_data(1000, 0x13, 0x01);
  psk.set_early_data_context(Buffer.from('con\0text'));
  return psk;
}

for (const accept of [false, true]) {
  check(`a pre-shared key, and early data that is ${accept ? 'accepted' : 'rejected'}`, () => {
    const holding = baseConfig();
    holding.hold_early_data();
    const client = connection(tls.S2N_CLIENT, baseConfig());
    const server = connection(tls.S2N_SERVER, holding);
    for (const end of [client, server]) {
      end.set_psk_mode(tls.S2N_PSK_MODE_EXTERNAL);
      end.append_psk(makePsk());
    }
    assert.equal(client.send_early_data(Buffer.from('ear\0ly')), 6);
    server.feed(client.take());
    assert.equal(server.recv_early_data(100).length, 0);
    assert.equal(server.blocked(), tls.S2N_BLOCKED_ON_APPLICATION_INPUT);
    assert.equal(server.get_early_data_context().toString(), 'con\0text');
    if (accept) server.accept_early_data();
    else server.reject_early_data();
    assert.equal(server.get_early_data_context(), null);

    let got = '';
    for (let i = 0; i < 5; i++) {
      got += server.recv_early_data(100);
      if (server.blocked() === tls.S2N_NOT_BLOCKED) break;
      pump(client, server);
      client.negotiate();
      pump(client, server);
    }
    assert.equal(got, accept ? 'ear\0ly' : '');
    shake(client, server);
    assert.deepEqual(server.get_negotiated_psk_identity(), IDENTITY);
    fails('S2N_SCRIPT_STATE', () => server.accept_early_data());
  });
}
