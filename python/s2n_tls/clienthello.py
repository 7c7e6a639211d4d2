# SPDX-License-Identifier: Apache-2.0
"""ClientHello: the client's first message, as a server sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from ._call import check, ffi, lib

_RANDOM = 32


@dataclass(frozen=True)
class ClientHello:
    """The latest ClientHello of a connection; after a retry, the second one.

    `random` are the client's 32 bytes, new for each connection. `session_id` has up to 32 bytes.
    `raw_message` is the message without its four byte header, with zeros where the random was; it is empty once
    free_handshake() has been called.
    """

    random: bytes
    session_id: bytes
    raw_message: bytes = field(repr=False)


def read_client_hello(conn: Any) -> Optional[ClientHello]:
    """A copy of what the server has received so far, if it has received one. Clients have none."""
    hello = lib.s2n_connection_get_client_hello(conn)
    if not hello:
        return None
    random, session_id, size = ffi.new("uint8_t[]", _RANDOM), ffi.new("uint8_t[]", 32), ffi.new("uint32_t *")
    check(lib.s2n_client_hello_get_random(hello, random, _RANDOM))
    check(lib.s2n_client_hello_get_session_id(hello, session_id, size, 32))
    length = check(lib.s2n_client_hello_get_raw_message_length(hello))
    raw = ffi.new("uint8_t[]", max(1, length))
    copied = check(lib.s2n_client_hello_get_raw_message(hello, raw, length)) if length else 0
    return ClientHello(
        bytes(ffi.buffer(random)), bytes(ffi.buffer(session_id, size[0])), bytes(ffi.buffer(raw, copied))
    )
