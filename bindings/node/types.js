// SPDX-License-Identifier: Apache-2.0
// Writes index.d.ts, the package's types, from what SWIG reads and writes. Run by the build.
// usage: node types.js methods.i s2n_node_wrap.c index.d.ts
'use strict';

const fs = require('node:fs');
const [methodsFile, wrapperFile, output] = process.argv.slice(2);

const TAKES = {
  script_int: 'number | bigint',
  bool: 'boolean',
  'struct script_in': 'Bytes | null',
  'struct script_chars': 'string | null',
  'struct script_callback': '(name: string) => boolean',
};
const GIVES = {
  void: 'void',
  script_int: 'number',
  bool: 'boolean',
  'struct script_out': 'Buffer | null',
  'struct script_text': 'string | null',
};
// Results that are never null.
const ALWAYS = new Set(['take', 'serialize', 'get_der', 'get_cipher']);
const RESERVED = new Set(['function', 'default', 'new', 'delete', 'in', 'with', 'var', 'this', 'class']);
const CLASSES = { connection: 'Connection', config: 'Config', cert: 'CertChain', psk: 'Psk' };

function known(map, type, line) {
  const handle = /^struct script_(\w+) \*$/.exec(type);
  const name = handle ? CLASSES[handle[1]] : map[type];
  if (!name) throw new Error(`no type for ${type}: ${line}`);
  return handle && map === GIVES ? `${name} | null` : name;
}

function parameters(text, line) {
  if (text === '' || text === 'void') return '';
  return text
    .split(', ')
    .map((one) => {
      const [, type, name] = /^(.*?[ *])(\w+)$/.exec(one);
      return `${RESERVED.has(name) ? `${name}_` : name}: ${known(TAKES, type.trim(), line)}`;
    })
    .join(', ');
}

function declaration(line) {
  const [, type, name, list] = /^(.*?[ *])(\w+)\((.*)\);$/.exec(line);
  const gives = known(GIVES, type.trim(), line);
  return `${name}(${parameters(list, line)}): ${ALWAYS.has(name) ? gives.replace(' | null', '') : gives};`;
}

function body() {
  const out = [];
  let comment = '';
  let inClass = false;
  let renamed = '';
  for (const raw of fs.readFileSync(methodsFile, 'utf8').split('\n')) {
    const line = raw.trim();
    const pad = inClass ? '  ' : '';
    const emit = (text) => {
      if (comment) out.push(`${pad}/** ${comment} */`);
      out.push(pad + text);
      comment = '';
    };
    let match;
    if ((match = /^\/\* (.*) \*\/$/.exec(line))) {
      comment = match[1].replace(/\bnil\b/g, 'null');
    } else if ((match = /^%rename\((\w+)\) \w+;$/.exec(line))) {
      renamed = match[1];
    } else if (line.startsWith('%extend')) {
      comment = '';
      emit(`export class ${renamed} {`);
      inClass = true;
    } else if ((match = /^script_\w+\((.*)\) \{$/.exec(line))) {
      emit(`constructor(${parameters(match[1], line)});`);
    } else if (inClass && raw === '}') {
      out.push('}', '');
      inClass = false;
    } else if (inClass && /\);$/.test(line) && !line.startsWith('return') && !line.startsWith('script_drop')) {
      emit(declaration(line));
    } else if (!inClass && renamed && /\);$/.test(line)) {
      emit(`export function ${declaration(line.replace(/\bscript_\w+\(/, `${renamed}(`))}`);
    }
  }
  return out.join('\n');
}

function constants() {
  const wrapper = fs.readFileSync(wrapperFile, 'utf8');
  const names = [...wrapper.matchAll(/AddStaticVariable\(exports_obj, "(\w+)"/g)].map((match) => match[1]);
  return names.sort().map((name) => `export const ${name}: number;`).join('\n');
}

fs.writeFileSync(
  output,
  `// Made by types.js; do not edit.
/// <reference types="node" />

/** Whatever has bytes. A string has none. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** What a failed call throws. \`name\` is that of docs/errors.md, or begins with S2N_SCRIPT_. */
export class S2NError extends Error {
  readonly type: 'IO' | 'CLOSED' | 'BLOCKED' | 'ALERT' | 'PROTO' | 'INTERNAL' | 'USAGE';
  /** The library's error number, 0 for S2N_SCRIPT_ errors. */
  readonly code: number;
  readonly alert: number | null;
  readonly errno: number;
  readonly source: string;
}
export class IoError extends S2NError {}
export class ClosedError extends S2NError {}
export class BlockedError extends S2NError {}
export class AlertError extends S2NError {}
export class ProtoError extends S2NError {}
export class InternalError extends S2NError {}
export class UsageError extends S2NError {}

${body()}
/** For tests: how many objects of the library are alive. */
export function live_objects(): number;

${constants()}
`,
);
