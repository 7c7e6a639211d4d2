// SPDX-License-Identifier: Apache-2.0

// A TLS peer on Node.js' own tls module, driven by lines on standard input: see ../PROTOCOL.md. It needs no packages,
// runs one job at a time and knows nothing of the library that it speaks with.

'use strict';

const fs = require('node:fs');
const readline = require('node:readline');
const tls = require('node:tls');

const PATIENCE = 20000;
const SAMPLE = 16; // bytes each way in a connection that is there for its session only
const VERSIONS = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' };
const GROUPS = { x25519: 'X25519', secp256r1: 'prime256v1', secp384r1: 'secp384r1', secp521r1: 'secp521r1' };

// ---- lines ----------------------------------------------------------------------------------------------------------

function parse(line) {
  const told = {};
  for (const word of line.trim().split(' ')) {
    const at = word.indexOf('=');
    if (at > 0) told[word.slice(0, at)] = decodeURIComponent(word.slice(at + 1));
  }
  return told;
}

function say(first, rest) {
  const words = Object.entries(rest).map(([key, value]) => ` ${key}=${escape(String(value))}`);
  process.stdout.write(`${first}${words.join('')}\n`);
}

function escape(value) {
  const escaped = (letter) =>
    [...Buffer.from(letter)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  return value.replace(/[^A-Za-z0-9_.:/,+-]/gu, escaped);
}

// ---- what a job asks for --------------------------------------------------------------------------------------------

// OpenSSL's name of a suite; those of TLS 1.3 are IANA's.
function opensslName(suite, version) {
  if (version === '1.3') return suite;
  return suite
    .replace(/^TLS_(RSA_WITH_)?/, '')
    .replace('_WITH_', '_')
    .replace(/AES_(\d+)/, 'AES$1')
    .replace('_CBC', '')
    .replace(/POLY1305_SHA256$/, 'POLY1305')
    .replaceAll('_', '-');
}

function groupNamed(name) {
  if (!(name in GROUPS)) throw new Error(`no such group: ${name}`);
  return GROUPS[name];
}

function prepare(told) {
  if (Number(told.early)) throw new Error('Node.js has no early data');
  if (told.key_update === '1') throw new Error('Node.js cannot begin a key update');
  const version = VERSIONS[told.version];
  if (version === undefined) throw new Error(`no such version: ${told.version}`);
  const suite = opensslName(told.suite, told.version);
  if (!tls.getCiphers().includes(suite.toLowerCase())) throw new Error(`Node.js has no suite ${told.suite}`);
  const options = { minVersion: version, maxVersion: version, ciphers: suite, noDelay: true };
  if (told.group) options.ecdhCurve = [told.bait, told.group, told.also].filter(Boolean).map(groupNamed).join(':');
  if (told.cert) {
    options.cert = fs.readFileSync(told.cert);
    options.key = fs.readFileSync(told.key);
  }
  if (told.ca) options.ca = fs.readFileSync(told.ca);
  if (told.alpn) options.ALPNProtocols = told.alpn.split(',');
  const job = {
    told,
    options,
    server: told.role === 'server',
    chunk: Number(told.chunk || 16384),
    send: fs.readFileSync(told.send),
    expect: fs.readFileSync(told.expect),
  };
  if (!(job.chunk >= 1)) throw new Error(`chunk: ${told.chunk}`);
  if (job.send.length !== job.expect.length || job.send.length % 2) {
    throw new Error('send and expect must be of equal, even size');
  }
  if (job.server) serverOptions(job);
  else clientOptions(job);
  return job;
}

function serverOptions({ told, options }) {
  options.requestCert = options.rejectUnauthorized = told.auth === '1';
  if (told.auth === '1' && told.version === '1.2' && options.ecdhCurve) {
    // In TLS 1.2, OpenSSL takes a client's certificate on its own groups only. The first one is still what it uses.
    options.ecdhCurve = [...new Set([options.ecdhCurve, ...Object.values(GROUPS)])].join(':');
  }
  if (told.psk) options.pskCallback = (_socket, identity) => (identity === told.identity ? secret(told) : null);
}

function clientOptions({ told, options }) {
  Object.assign(options, { host: '127.0.0.1', port: Number(told.port), servername: told.name });
  if (told.psk) {
    options.pskCallback = () => ({ identity: told.identity, psk: secret(told) });
    options.checkServerIdentity = () => undefined; // there is no certificate with a name
  } else if (!told.ca) {
    throw new Error('a client needs a CA to trust');
  }
}

function secret(told) {
  // OpenSSL's callback for the PSKs of TLS 1.2, which Node.js uses, takes those for TLS 1.3 to be for SHA-256.
  if (told.psk_hash !== 'sha256') throw new Error('Node.js has external PSKs for SHA-256 only');
  return Buffer.from(told.psk, 'hex');
}

// ---- one connection -------------------------------------------------------------------------------------------------

// A connection whose events are turned into promises. Whatever ends it rejects all that waits, now or later.
class Talk {
  constructor(socket, job) {
    this.socket = socket;
    this.job = job;
    this.chunks = [];
    this.ended = false;
    this.failure = null;
    this.waiting = null;
    this.session = null;
    socket.on('data', (data) => this.#wake(() => this.chunks.push(data)));
    socket.on('end', () => this.#wake(() => { this.ended = true; }));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection is gone')));
    socket.on('session', (session) => { this.session = session; });
  }

  fail(error) {
    this.#wake(() => { this.failure ??= error; });
  }

  #wake(change) {
    change();
    this.waiting?.();
    this.waiting = null;
  }

  // Until something happens that has not been looked at yet.
  async #something() {
    while (!this.chunks.length && !this.ended) {
      if (this.failure) throw this.failure;
      await new Promise((resolve) => { this.waiting = resolve; });
    }
  }

  // Read until all of `expect` between two offsets has come.
  async compare(from, to) {
    const { expect } = this.job;
    while (from < to) {
      await this.#something();
      if (!this.chunks.length) throw new Error(`the stream has ended at offset ${from}`);
      let got = this.chunks.shift();
      if (got.length > to - from) {
        this.chunks.unshift(got.subarray(to - from));
        got = got.subarray(0, to - from);
      }
      const right = expect.subarray(from, from + got.length);
      if (!got.equals(right)) {
        throw new Error(`the byte at offset ${from + got.findIndex((octet, at) => octet !== right[at])} is wrong`);
      }
      from += got.length;
    }
  }

  // Each write waits for the one before, else Node.js would join them to larger records.
  async write(from, to) {
    for (; from < to; from += this.job.chunk) {
      const part = this.job.send.subarray(from, Math.min(to, from + this.job.chunk));
      await this.#finished((done) => this.socket.write(part, done));
    }
  }

  #finished(begin) {
    return new Promise((resolve, reject) => {
      if (this.failure) reject(this.failure);
      else begin((error) => (error ? reject(this.failure ?? error) : resolve()));
    });
  }

  async exchange(short) {
    const half = this.job.send.length / 2;
    const bounds = short ? [0, Math.min(SAMPLE, 2 * half)] : [0, half, 2 * half];
    for (let part = 1; part < bounds.length; part += 1) {
      const range = [bounds[part - 1], bounds[part]];
      if (this.job.server) await this.compare(...range);
      await this.write(...range);
      if (!this.job.server) await this.compare(...range);
    }
  }

  async hangUp() {
    const first = this.job.told.close === 'peer';
    // Node.js itself answers a close_notify that comes first.
    const bye = async () => {
      if (!this.socket.writableFinished) await this.#finished((done) => this.socket.end(done));
    };
    if (first) await bye();
    await this.#something();
    if (this.chunks.length) throw new Error('data after the end of the conversation');
    if (!first) await bye();
  }

  // Node.js tells the group to clients only, and nobody of HelloRetryRequest or how the other side has closed.
  describe() {
    const { socket, job } = this;
    const version = Object.keys(VERSIONS).find((key) => VERSIONS[key] === socket.getProtocol());
    const answer = { ok: 1, version, suite: socket.getCipher().standardName };
    // To OpenSSL an external PSK is a session that is resumed.
    answer.resumed = Number(socket.isSessionReused() && !job.told.psk);
    const key = job.server ? null : socket.getEphemeralKeyInfo();
    const group = Object.keys(GROUPS).find((name) => GROUPS[name] === key?.name);
    if (group) answer.group = group;
    if (job.told.alpn) answer.alpn = socket.alpnProtocol || '';
    if (job.server) answer.client_cert = Number(socket.authorized && Boolean(socket.getPeerCertificate().raw));
    return answer;
  }
}

// ---- connections ----------------------------------------------------------------------------------------------------

// Each of these gives a function that makes the next connection, handshake included, and one that ends everything.

function dialer(job) {
  const open = [];
  const connect = (session) => new Promise((resolve, reject) => {
    const socket = tls.connect({ ...job.options, session });
    open.push(socket);
    const talk = new Talk(socket, job);
    socket.once('error', (error) => reject(new Error(`handshake: ${error.message}`)));
    socket.once('secureConnect', () => resolve(talk));
  });
  return { connect, end: () => open.forEach((socket) => socket.destroy()) };
}

async function listener(job) {
  const open = [];
  const ready = []; // connections, or errors, that nobody has asked for yet
  let asking = null;
  const deliver = (found) => {
    ready.push(found);
    asking?.();
  };
  const server = tls.createServer(job.options);
  server.on('connection', (socket) => open.push(socket));
  server.on('secureConnection', (socket) => deliver(new Talk(socket, job)));
  server.on('tlsClientError', (error) => deliver(new Error(`handshake: ${error.message}`)));
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  say('listening', { port: server.address().port });
  const connect = async () => {
    while (!ready.length) await new Promise((resolve) => { asking = resolve; });
    const found = ready.shift();
    if (found instanceof Error) throw found;
    return found;
  };
  const end = () => {
    server.close();
    open.forEach((socket) => socket.destroy());
  };
  return { connect, end };
}

async function connection(job, connect, short, session) {
  const talk = await connect(session);
  job.talk = talk;
  if (job.chunk >= 512) talk.socket.setMaxSendFragment(Math.min(job.chunk, 16384));
  await talk.exchange(short);
  const answer = talk.describe();
  await talk.hangUp();
  talk.socket.destroy();
  return { answer, session: talk.session };
}

async function conversation(line) {
  const job = prepare(parse(line));
  const { connect, end } = job.server ? await listener(job) : dialer(job);
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE / 1000} s`)), PATIENCE);
  });
  const work = async () => {
    let session;
    if (job.told.resume === '1') {
      ({ session } = await connection(job, connect, true));
      if (!job.server && !session) throw new Error('the first connection has brought no session');
    }
    return (await connection(job, connect, false, session)).answer;
  };
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    end();
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    try {
      say('done', await conversation(line));
    } catch (error) {
      process.stderr.write(`${error.stack}\n`);
      say('done', { ok: 0, error: error.message });
    }
  }
}

main();
