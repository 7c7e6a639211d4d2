// SPDX-License-Identifier: Apache-2.0
// Waiting: in memory step by step, on descriptors that do not block, and the ends of streams.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const {
  assert, caught, check, clientConfig, connected, connection, fails, passOn, pump, serverConfig, tls,
} = require('./lib.js');

check('a handshake and data step by step', () => {
  const client = connection(tls.S2N_CLIENT, clientConfig());
  const server = connection(tls.S2N_SERVER, serverConfig());
  assert.equal(client.negotiate(), tls.S2N_BLOCKED_ON_READ);
  assert.equal(client.blocked(), tls.S2N_BLOCKED_ON_READ);
  assert.equal(server.negotiate(), tls.S2N_BLOCKED_ON_READ);
  server.feed(client.take());
  assert.equal(client.outgoing(), 0);
  assert.equal(server.negotiate(), tls.S2N_BLOCKED_ON_READ);
  client.feed(server.take());
  assert.equal(client.negotiate(), tls.S2N_NOT_BLOCKED);
  assert.equal(client.blocked(), tls.S2N_NOT_BLOCKED);
  server.feed(client.take());
  assert.equal(server.negotiate(), tls.S2N_NOT_BLOCKED);
  assert.equal(server.recv(10), null);
  assert.equal(server.blocked(), tls.S2N_BLOCKED_ON_READ);
  assert.equal(passOn(client, server, Buffer.from('data')).toString(), 'data');
});

check('the end of a stream', () => {
  const [client, server] = connected();
  server.shutdown_send();
  pump(client, server);
  const end = client.recv(10);
  assert.ok(Buffer.isBuffer(end));
  assert.equal(end.length, 0);
  assert.equal(client.blocked(), tls.S2N_NOT_BLOCKED);
});

check('a stream that is cut off', () => {
  const [client] = connected();
  client.feed_eof();
  const error = caught(() => client.recv(10), 'cut off');
  assert.equal(error.type, 'CLOSED');
  assert.ok(error instanceof tls.ClosedError);
});

check('a descriptor that is not open', () => {
  const client = new tls.Connection(tls.S2N_CLIENT);
  client.set_config(clientConfig());
  client.set_fd(999_999);
  const error = caught(() => client.negotiate(), 'no such descriptor');
  assert.equal(error.type, 'IO');
  assert.ok(error instanceof tls.IoError);
  assert.equal(error.errno, os.constants.errno.EBADF);
});

check('a peer that is gone: an error and no signal', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 's2n'));
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = fs.openSync(pipe, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  const writer = fs.openSync(pipe, 'w');
  fs.closeSync(reader);
  const client = new tls.Connection(tls.S2N_CLIENT);
  client.set_config(clientConfig());
  client.set_write_fd(writer);
  const error = caught(() => client.negotiate(), 'nobody reads');
  assert.equal(error.type, 'IO');
  assert.equal(error.errno, os.constants.errno.EPIPE);
  fs.closeSync(writer);
  fs.rmSync(folder, { recursive: true });
});

/** What a program does with sockets of the event loop: feeds what comes, sends what is taken. */
async function converse(socket, conn, say) {
  let heard = '';
  const flush = () => {
    const data = conn.take();
    if (data.length) socket.write(data);
  };
  conn.negotiate();
  flush();
  let ready = false;
  for await (const data of socket) {
    conn.feed(data);
    if (!ready) ready = conn.negotiate() === tls.S2N_NOT_BLOCKED;
    if (ready && say) {
      conn.send(Buffer.from(say));
      say = '';
    }
    for (let part; ready && (part = conn.recv(4096)) !== null && part.length; ) heard += part;
    if (heard && !conn.saidGoodbye) {
      conn.saidGoodbye = true;
      if (conn.get_mode() === tls.S2N_SERVER) conn.send(Buffer.from(heard.toUpperCase()));
      conn.shutdown_send();
    }
    flush();
    if (conn.saidGoodbye) socket.end();
  }
  return heard;
}

check('sockets of the event loop', async () => {
  let served;
  const listener = net.createServer((socket) => {
    served = converse(socket, connection(tls.S2N_SERVER, serverConfig()), '');
  });
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const socket = net.connect(listener.address().port, '127.0.0.1');
  const heard = await converse(socket, connection(tls.S2N_CLIENT, clientConfig()), 'hello there');
  assert.equal(heard, 'HELLO THERE');
  assert.equal(await served, 'hello there');
  served = null;
  await new Promise((done) => listener.close(done));
});

check('use_memory twice, and bytes behind the end', () => {
  const client = connection(tls.S2N_CLIENT, clientConfig());
  fails('S2N_SCRIPT_STATE', () => client.use_memory());
  client.feed_eof();
  fails('S2N_SCRIPT_STATE', () => client.feed(Buffer.from('x')));
});
