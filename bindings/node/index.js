// SPDX-License-Identifier: Apache-2.0
// The package: what SWIG made, and the classes of its errors.
'use strict';

function load() {
  try {
    return require('./s2n_tls.node');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return require('./build/Release/s2n_tls.node');
  }
}

/** What a failed call throws; see README.md for the fields. */
class S2NError extends Error {}
class IoError extends S2NError {}
class ClosedError extends S2NError {}
class BlockedError extends S2NError {}
class AlertError extends S2NError {}
class ProtoError extends S2NError {}
class InternalError extends S2NError {}
class UsageError extends S2NError {}

const native = load();

// Once, even if this file is read again: what was thrown and what is looked for must be of one class.
if (!native.errors) {
  native.errors = { S2NError, IoError, ClosedError, BlockedError, AlertError, ProtoError, InternalError, UsageError };
  native.set_error_classes({
    __proto__: null,
    IO: IoError.prototype,
    CLOSED: ClosedError.prototype,
    BLOCKED: BlockedError.prototype,
    ALERT: AlertError.prototype,
    PROTO: ProtoError.prototype,
    INTERNAL: InternalError.prototype,
    USAGE: UsageError.prototype,
  });
}

const { errors, set_error_classes: _, ...api } = native;
module.exports = { ...api, ...errors };
