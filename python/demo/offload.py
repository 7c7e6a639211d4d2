# SPDX-License-Identifier: Apache-2.0
"""TLS offload by serialization: an application server that has no certificate, no key and no TLS
configuration.

    client  <->  app-server  <->  key-store

The application server passes the bytes of each handshake on without looking at them. When the handshake is
complete the key store seals the connection and sends it back; from then on the application server talks to
the client by itself. Between the two: type (1 byte: N new client, B bytes of the handshake, S sealed
connection), length (4 bytes), value; one answer for every B.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from s2n_tls import CertificateKeyPair, Config, TLSBuffer, TLSSocket, WantRead
from s2n_tls.handoff import KEY_SIZE, MAX_SEALED, seal, unseal

from clients import make_certificate
from workers import Worker, inherited, start_download, tell

MESSAGE = struct.Struct(">cI")


def send_message(channel: socket.socket, kind: bytes, value: bytes = b"") -> None:
    channel.sendall(MESSAGE.pack(kind, len(value)) + value)


def receive_message(channel: socket.socket) -> tuple[bytes, bytes]:
    """The next message; EOFError when the other side has gone."""
    kind, size = MESSAGE.unpack(_exactly(channel, MESSAGE.size))
    if size > MAX_SEALED:
        raise ValueError("a message is too long")
    return kind, _exactly(channel, size)


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = channel.recv(size - len(data))
        if not part:
            raise EOFError("the channel has closed")
        data += part
    return data


# ---- the key store -----------------------------------------------------------------------------------------


def key_store(channel: socket.socket, config: Config, key: bytes) -> None:
    """Do handshakes for the application server, one client at a time."""
    seen, made = 0, 0
    buffer = TLSBuffer(config, server_side=True)
    while True:
        try:
            kind, value = receive_message(channel)
        except EOFError:
            return
        if kind == b"N":
            buffer.close()
            buffer = TLSBuffer(config, server_side=True)
            continue
        seen += len(value)
        buffer.feed(value)
        try:
            buffer.handshake()
        except WantRead:
            send_message(channel, b"B", buffer.take())
            continue
        made += 1
        tell("fact", f"has certificate and key; made {made} handshakes from {seen} bytes; never saw the file")
        send_message(channel, b"S", seal(buffer.detach(), key))


# ---- the application server --------------------------------------------------------------------------------


def handshake_elsewhere(client: socket.socket, channel: socket.socket, key: bytes) -> TLSSocket:
    """Relay bytes until the connection comes back ready."""
    send_message(channel, b"N")
    while True:
        data = client.recv(16384)
        if not data:
            raise ConnectionError("the client left during the handshake")
        send_message(channel, b"B", data)
        kind, value = receive_message(channel)
        if kind == b"S":
            state, _ = unseal(value, key)
            return TLSSocket.attach(client, state)
        client.sendall(value)


def app_server(listener: socket.socket, channel: socket.socket, worker: Worker) -> None:
    """Serve the file to one client after another, until standard input closes."""
    total = os.fstat(worker.file).st_size
    tell("fact", "has no certificate, no private key, no TLS configuration")
    waiting = selectors.DefaultSelector()
    for source in (listener, sys.stdin.buffer):
        waiting.register(source, selectors.EVENT_READ)
    while listener in [key.fileobj for key, _events in waiting.select()]:
        client, _address = listener.accept()
        client.settimeout(20)
        tls = handshake_elsewhere(client, channel, worker.key)
        worker.serve_part(tls, start_download(tls, total, 0))


def start_offload(crew: Any, folder: Path, file: Path, listener: socket.socket) -> None:
    """Start both processes. Only one of them is told where the certificate is."""
    _ca, cert, private = make_certificate(folder)
    key = os.urandom(KEY_SIZE)
    app_end, store_end = socket.socketpair()
    command = [sys.executable, str(Path(__file__).resolve())]
    numbers = [str(listener.fileno()), str(app_end.fileno()), str(store_end.fileno())]
    crew.start("app-server", [*command, "app", numbers[0], numbers[1], str(file)], key, listener, app_end)
    crew.start("key-store", [*command, "store", numbers[2], str(cert), str(private)], key, store_end)
    for sock in (app_end, store_end, listener):
        sock.close()


def main(kind: str, *args: str) -> None:
    key = sys.stdin.buffer.read(KEY_SIZE)
    if kind == "store":
        channel, cert, private = args
        config = Config(certificates=[CertificateKeyPair.from_files(cert, private)], serializable=True)
        key_store(inherited(channel), config, key)
    else:
        number, channel, path = args
        app_server(inherited(number), inherited(channel), Worker(path, key, None))


if __name__ == "__main__":
    main(*sys.argv[1:])
