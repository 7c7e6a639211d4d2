# SPDX-License-Identifier: Apache-2.0
"""Hand a live TLS connection to another process: its socket and its sealed state, over a Unix socket.

    process A                                         process B
    send_connection(unix_sock, tls, key)              tls = receive_connection(unix_sock, key, config).tls

Frame, integers big-endian: version (1 byte, 1), role (1 byte, 0 server, 1 client), length of what follows the
nonce (4 bytes), nonce (12 random bytes), then AES-256-GCM of the payload with its 16 byte tag. Associated
data is "s2n-tls handoff" and the six bytes before the nonce. The descriptor travels with the frame
(SCM_RIGHTS). The payload is a list of fields, each: number (1 byte), length (4 bytes), value; see FIELDS.
Unknown fields are refused. The key has 32 bytes, known to both sides, and is used for at most 2^32 frames.

Needs the package `cryptography` (extra [handoff]). A program in C that speaks this: python/demo/hop.c.
"""

from __future__ import annotations

import array
import os
import socket
import struct
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from ._call import UsageError
from .buffer import ConnectionState
from .config import Config
from .info import HandshakeInfo
from .socket import TLSSocket

VERSION = 1
KEY_SIZE = 32
MAX_SEALED = 4 * 1024 * 1024
MAX_BLOB = 65536

_HEADER = struct.Struct(">BBI")
_FIELD = struct.Struct(">BI")
_NONCE = 12
_TAG = 16
_LABEL = b"s2n-tls handoff"

# Number and greatest length of each field of the payload.
FIELDS = {
    "blob": (1, MAX_BLOB),
    "plaintext": (2, 65536),
    "received": (3, 1024 * 1024),
    "unsent": (4, 1024 * 1024),
    "info": (5, 256 * 1024),
    "app_data": (6, 1024 * 1024),
}
_NAMES = {number: name for name, (number, _limit) in FIELDS.items()}

Sealed = Union[bytes, bytearray, memoryview]


class HandoffError(UsageError):
    """The frame is not genuine, not complete, or not for us."""


@dataclass(frozen=True)
class Received:
    """What receive_connection() got: the connection, and what the sender's program said about it."""

    tls: TLSSocket
    app_data: bytes = field(default=b"", repr=False)


def _cipher(key: Sealed) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as exc:
        raise ImportError(
            "s2n_tls.handoff needs the package cryptography: pip install s2n-tls[handoff]"
        ) from exc
    if len(key) != KEY_SIZE:
        raise UsageError(f"the key has {KEY_SIZE} bytes")
    return AESGCM(bytes(key))


def seal(state: ConnectionState, key: Sealed, app_data: bytes = b"") -> bytes:
    """A state as one sealed frame, for any channel."""
    values = {
        "blob": state.blob,
        "plaintext": state.plaintext,
        "received": state.received,
        "unsent": state.unsent,
        "info": state.info.to_json() if state.info is not None else b"",
        "app_data": app_data,
    }
    payload = b""
    for name, value in values.items():
        number, limit = FIELDS[name]
        if len(value) > limit:
            raise UsageError(f"{name} has {len(value)} bytes, at most {limit} can be handed over")
        if value:
            payload += _FIELD.pack(number, len(value)) + value
    header = _HEADER.pack(VERSION, 0 if state.server_side else 1, len(payload) + _TAG)
    nonce = os.urandom(_NONCE)
    return header + nonce + bytes(_cipher(key).encrypt(nonce, payload, _LABEL + header))


def unseal(frame: Sealed, key: Sealed) -> tuple[ConnectionState, bytes]:
    """The inverse of seal(): the state and the program's own bytes. Raises HandoffError."""
    frame = bytes(frame)
    server_side, size = _read_header(frame[: _HEADER.size])
    start = _HEADER.size + _NONCE
    if len(frame) != start + size:
        raise HandoffError("the frame has the wrong length")
    from cryptography.exceptions import InvalidTag

    try:
        payload = _cipher(key).decrypt(
            frame[_HEADER.size : start], frame[start:], _LABEL + frame[: _HEADER.size]
        )
    except InvalidTag:
        raise HandoffError("the frame is not genuine: wrong key, or changed on its way") from None
    values = _read_fields(payload)
    if not values["blob"]:
        raise HandoffError("the frame has no connection in it")
    try:
        info = HandshakeInfo.from_json(values["info"]) if values["info"] else None
    except (ValueError, TypeError, AttributeError) as error:
        raise HandoffError(f"the facts of the handshake cannot be read: {error}") from None
    state = ConnectionState(
        server_side, values["blob"], values["plaintext"], values["received"], values["unsent"], info
    )
    return state, values["app_data"]


def _read_header(header: bytes) -> tuple[bool, int]:
    if len(header) < _HEADER.size:
        raise HandoffError("the frame ends early")
    version, role, size = _HEADER.unpack(header)
    if version != VERSION:
        raise HandoffError(f"frames of version {version} are not understood here")
    if role > 1 or not _TAG <= size <= MAX_SEALED:
        raise HandoffError("the header of the frame is not possible")
    return role == 0, size


def _read_fields(payload: bytes) -> dict[str, bytes]:
    values = dict.fromkeys(FIELDS, b"")
    offset = 0
    while offset < len(payload):
        if len(payload) - offset < _FIELD.size:
            raise HandoffError("a field ends early")
        number, size = _FIELD.unpack_from(payload, offset)
        offset += _FIELD.size
        name = _NAMES.get(number, "")
        if not name or values[name] or not 0 < size <= min(FIELDS[name][1], len(payload) - offset):
            raise HandoffError("a field is unknown, repeated or too long")
        values[name] = payload[offset : offset + size]
        offset += size
    return values


def send_connection(unix_sock: socket.socket, tls: TLSSocket, key: Sealed, app_data: bytes = b"") -> None:
    """Give a connection away: it goes on in whatever process receives it, and is gone here.

    Possible at any moment once the handshake is complete. If not one byte could be sent, the connection is
    given back to `tls` and works as before; after a later failure nobody has it.
    """
    _cipher(key)  # before anything is given up
    config = tls.buffer.connection._config
    sock, state = tls.detach()
    with sock:
        try:
            frame = seal(state, key, app_data)
            sent = socket.send_fds(unix_sock, [frame], [sock.fileno()])
        except BaseException:
            tls._take_back(sock.detach(), state, config)
            raise
        unix_sock.sendall(frame[sent:])


def receive_connection(unix_sock: socket.socket, key: Sealed, config: Optional[Config] = None) -> Received:
    """Wait for a connection that send_connection() gives away, and continue it.

    EOFError when the other side has closed; HandoffError when the frame is not genuine. The connection needs
    a config only for what it shall do later: one with `serializable` can be handed on.
    """
    frame, fd = receive_frame(unix_sock)
    sock = None
    try:
        state, app_data = unseal(frame, key)
        sock = socket.socket(fileno=fd)
        fd = -1
        sock.setblocking(True)
        return Received(TLSSocket.attach(sock, state, config), app_data)
    except BaseException:
        if sock is not None:
            sock.close()
        raise
    finally:
        if fd >= 0:
            os.close(fd)


def receive_frame(unix_sock: socket.socket) -> tuple[bytes, int]:
    """One sealed frame and the descriptor that came with it, for a program that passes both on."""
    data, fds = b"", array.array("i")
    try:
        data = _recv_fds(unix_sock, _HEADER.size, fds)
        if not data:
            raise EOFError("the other side has closed")
        data += _recv_exactly(unix_sock, _HEADER.size - len(data), fds)
        _role, size = _read_header(data)
        data += _recv_exactly(unix_sock, _NONCE + size, fds)
        if len(fds) != 1:
            raise HandoffError(f"{len(fds)} descriptors came with the frame instead of one")
        return data, fds.pop()
    finally:
        for fd in fds:
            os.close(fd)


def _recv_fds(unix_sock: socket.socket, size: int, fds: array.array[int]) -> bytes:
    room = socket.CMSG_SPACE(4 * fds.itemsize)
    data, ancillary, flags, _address = unix_sock.recvmsg(size, room, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(value[: len(value) - len(value) % fds.itemsize])
    if flags & socket.MSG_CTRUNC:
        raise HandoffError("more descriptors came with the frame than belong there")
    return data


def _recv_exactly(unix_sock: socket.socket, size: int, fds: array.array[int]) -> bytes:
    parts = []
    while size > 0:
        part = _recv_fds(unix_sock, min(size, 65536), fds)
        if not part:
            raise HandoffError("the frame ends early")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
