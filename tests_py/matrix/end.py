# SPDX-License-Identifier: Apache-2.0
"""One end of the version matrix (ENDS.md), on whatever release of the Python package this interpreter has.

Stands alone and uses public names of release 0.9.0 only, so that it runs on every release after it. The connection
reads from its socket itself, record by record: nothing is read ahead that a serialized connection would lose.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote, unquote

from s2n_tls import (
    CertificateKeyPair,
    Config,
    Connection,
    Mode,
    S2NError,
    TicketKey,
    TicketKeys,
    WantRead,
    WantWrite,
)

PATIENCE = 20.0
CHUNK = 16384
RELEASE = version("s2n-tls")
# HandshakeInfo tells ciphers by OpenSSL's names; these are IANA's.
SUITES = {
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x003C: "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x003D: "TLS_RSA_WITH_AES_256_CBC_SHA256",
    0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384",
    0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC023: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    0xC024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xC027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    0xC028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
}

Words = dict[str, str]


class Wrong(Exception):
    """Something is not as the line says, and the library has no part in it."""


class End:
    """At most one connection, and the files that it carries."""

    def __init__(self) -> None:
        self._connection: Optional[Connection] = None
        self._socket: Optional[socket.socket] = None
        self._refused: Optional[Config] = None
        self._files: dict[str, memoryview] = {}

    def run(self, words: Words) -> Words:
        """What the line asks for; the facts of the answer."""
        for name in ("send", "expect"):
            if words.get(name):
                self._files[name] = memoryview(Path(words[name]).read_bytes())
        operation = getattr(self, "op_" + words["op"], None)
        if operation is None:
            raise Wrong(f"unknown operation {words['op']}")
        return operation(words) or {}

    # ---- operations --------------------------------------------------------------------------------------------------

    def op_open(self, words: Words) -> Words:
        self._forget()
        server = words["role"] == "server"
        connection = self._connection = Connection(Mode.SERVER if server else Mode.CLIENT, config_of(words))
        if not server:
            connection.set_server_name(words.get("name", "localhost"))
        if words.get("session"):
            connection.session = bytes.fromhex(words["session"])
        self._connect(words)
        self._patiently(connection.negotiate)
        info = connection.info()
        return {
            "version": info.version.replace("TLSv", ""),
            "suite": SUITES.get(info.cipher_iana, f"0x{info.cipher_iana:04X}"),
            "resumed": str(int(info.resumed)),
            "release": RELEASE,
        }

    def op_send(self, words: Words) -> None:
        data, connection = self._part("send", words), self._live
        while data:
            piece = data[:CHUNK]
            data = data[self._patiently(lambda: connection.send(piece)) :]

    def op_recv(self, words: Words) -> None:
        expected, connection, start = self._part("expect", words), self._live, int(words.get("offset", "0"))
        room = memoryview(bytearray(65536))
        at = 0
        while at < len(expected):
            wanted = room[: len(expected) - at]
            count = self._patiently(lambda: connection.recv_into(wanted))
            if not count:
                raise Wrong(f"the stream ends at offset {start + at}")
            if wanted[:count] != expected[at : at + count]:
                first = next(i for i in range(count) if wanted[i] != expected[at + i])
                raise Wrong(f"wrong byte at offset {start + at + first}")
            at += count

    def op_update(self, _words: Words) -> None:
        self._live.request_key_update()

    def op_serialize(self, _words: Words) -> Words:
        blob = self._live.serialize()
        self._forget()
        return {"blob": blob.hex()}

    def op_restore(self, words: Words) -> Words:
        """The package frees the connection that has refused a blob; what the next attempt uses again is its config."""
        config, self._refused = self._refused or config_of(words), None
        self._forget()
        mode = Mode.SERVER if words["role"] == "server" else Mode.CLIENT
        try:
            self._connection = Connection.deserialize(mode, bytes.fromhex(words["blob"]), config)
        except S2NError:
            self._refused = config
            raise
        self._connect(words)
        return {"release": RELEASE}

    def op_session(self, _words: Words) -> Words:
        return {"session": bytes(self._live.session).hex()}

    def op_close(self, _words: Words) -> None:
        self._patiently(self._live.shutdown)
        self._forget()

    def op_drop(self, _words: Words) -> None:
        self._forget()

    # ---- what they share ---------------------------------------------------------------------------------------------

    @property
    def _live(self) -> Connection:
        if self._connection is None:
            raise Wrong("there is no connection")
        return self._connection

    def _connect(self, words: Words) -> None:
        self._socket = socket.create_connection(("127.0.0.1", int(words["port"])), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._live.set_fd(self._socket.fileno())

    def _patiently(self, call: Callable[[], Any]) -> Any:
        """Repeat the call until it is not blocked."""
        assert self._socket is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return call()
            except WantRead:
                ready = select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))[0]
            except WantWrite:
                ready = select.select([], [self._socket], [], max(0.0, deadline - time.monotonic()))[1]
            if not ready:
                raise Wrong(f"nothing happens for {PATIENCE:.0f} s")

    def _part(self, name: str, words: Words) -> memoryview:
        start, size = int(words.get("offset", "0")), int(words.get("bytes", "0"))
        data = self._files[name][start : start + size]
        if len(data) != size:
            raise Wrong("offset and bytes are not in the file")
        return data

    def _forget(self) -> None:
        """Free the connection, then its socket; nothing is sent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def config_of(words: Words) -> Config:
    """The config that a line describes."""
    if words.get("format", "1") != "1":
        raise Wrong(f"the package has no name for serialization version {words['format']}")
    options: dict[str, Any] = {}
    if words.get("policy"):
        options["policy"] = words["policy"]
    if words["role"] == "server" and words.get("cert"):
        pair = CertificateKeyPair(Path(words["cert"]).read_bytes(), Path(words["key"]).read_bytes())
        options["certificates"] = [pair]
    if words["role"] == "client" and words.get("ca"):
        options["trust"] = Path(words["ca"]).read_bytes()
    if words.get("tickets") == "1":
        options["session_tickets"] = True
        if words.get("ticket_key") and words["role"] == "server":
            name, secret = bytes.fromhex(words["ticket_name"]), bytes.fromhex(words["ticket_key"])
            # Introduced a moment ago: it is the same key in a process that looks at its clock a little earlier.
            key = TicketKey(name, secret, int(time.time()) - 60)
            options["ticket_keys"] = TicketKeys([key], automatic=False)
    return Config(serializable=True, max_blinding_delay=0, **options)


def words_of(line: str) -> Words:
    return {key: unquote(value) for key, _, value in (word.partition("=") for word in line.split())}


def answer_to(end: End, line: str) -> Words:
    try:
        return {"ok": "1", **end.run(words_of(line))}
    except S2NError as error:
        return {"ok": "0", "error": error.name, "detail": str(error)}
    except Exception as error:
        return {"ok": "0", "detail": f"{type(error).__name__}: {error}"}


def main() -> None:
    end = End()
    for line in sys.stdin:
        answer = answer_to(end, line)
        print("done", *(f"{key}={quote(value, safe='/:,+')}" for key, value in answer.items()), flush=True)


if __name__ == "__main__":
    main()
