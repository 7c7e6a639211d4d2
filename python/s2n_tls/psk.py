# SPDX-License-Identifier: Apache-2.0
"""External pre-shared keys (RFC 8446 4.2.11, TLS 1.3): a secret that both ends got by other means than TLS.

A key belongs to one client and one server. Who shares it among more, or lets one program use it as client and
as server, opens the way for the Selfie attack: a message reflected to its sender then passes as the peer's
(https://eprint.iacr.org/2019/347; RFC 9257 has more advice). Every handshake also does a fresh key exchange, so
a secret that gets out later does not open what was recorded; but who knows it can pretend to be either end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence, Union

from ._call import S2NError, UsageError, check, check_pointer, ffi, lib
from ._enums import PSKHmac, PSKMode
from ._handle import Borrowed, Handle

if TYPE_CHECKING:
    from .connection import Connection

__all__ = ["OfferedPsk", "PSKMode", "Psk", "PskSelection"]

# What can be used with each hash, and the suite that early data has unless another one is named.
_HASHES = {"sha256": (PSKHmac.SHA256, 0x1301), "sha384": (PSKHmac.SHA384, 0x1302)}
_SUITES = {
    "TLS_AES_128_GCM_SHA256": 0x1301,
    "TLS_AES_256_GCM_SHA384": 0x1302,
    "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
}

Bytes = Union[bytes, bytearray, memoryview]


def _free(psk: Any) -> None:
    lib.s2n_psk_free(ffi.new("struct s2n_psk **", psk))


def sized(name: str, value: Bytes, least: int, most: int) -> bytes:
    """The value as bytes, if it has as many as it may."""
    data = bytes(memoryview(value))  # not bytes(value): that makes zeros of a number
    if not least <= len(data) <= most:
        raise UsageError(f"{name} has {least} to {most} bytes, not {len(data)}")
    return data


def ranged(name: str, value: int, most: int, least: int = 0) -> int:
    """The number, if it is in its range."""
    if not least <= int(value) <= most:
        raise UsageError(f"{name} is a number from {least} to {most}, not {value}")
    return int(value)


class Psk(Handle):
    """A pre-shared key with what it may be used for. Add it to any number of connections: append_psk(), `psks=`.

    `identity` (1 to 65535 bytes) names the key and travels unencrypted: nothing confidential belongs in it.
    `secret` (1 to 65535 bytes, not all zero) must be random, at least 16 bytes of it; from a password it can be
    guessed. It is copied into memory of the library, wiped on close(), and cannot be read back. `hash`
    ("sha256" or "sha384") is part of the key: both ends must agree, and only suites with that hash can use it.

    `max_early_data` (bytes, default 0: none) allows early data with this key, which anyone can replay: a server that
    gets such a key must have an on_early_data (see antireplay). It needs the very `cipher_suite` (name or IANA number; by default TLS_AES_128_GCM_SHA256 or
    TLS_AES_256_GCM_SHA384, as the hash says) and the `alpn` that the handshake will agree on (None: no
    protocol). `early_data_context` (up to 65535 bytes) is what the server's on_early_data is shown. Both ends
    must say the same; the context is the server's own business.

    One client and one server per key, never both roles in one program: see the module for Selfie.

    UsageError for sizes, an unknown hash, a suite that is none of TLS 1.3, and S2N_ERR_INVALID_ARGUMENT for a secret
    of zeros or a suite of another hash.
    """

    def __init__(
        self,
        identity: Union[Bytes, str],
        secret: Bytes,
        *,
        hash: str = "sha256",
        max_early_data: int = 0,
        cipher_suite: Union[str, int, None] = None,
        alpn: Union[str, bytes, None] = None,
        early_data_context: Optional[Bytes] = None,
    ) -> None:
        super().__init__(check_pointer(lib.s2n_external_psk_new()), _free)
        try:
            name = identity.encode("utf-8") if isinstance(identity, str) else identity
            self.identity = sized("identity", name, 1, 65535)
            self.hash = hash.lower().replace("-", "")
            if self.hash not in _HASHES:
                raise UsageError(f"the hash is sha256 or sha384, not {hash!r}")
            self.max_early_data = ranged("max_early_data", max_early_data, 0xFFFFFFFF)
            key = sized("secret", secret, 1, 65535)
            with Borrowed(self) as psk:
                check(lib.s2n_psk_set_identity(psk, self.identity, len(self.identity)))
                check(lib.s2n_psk_set_secret(psk, key, len(key)))
                check(lib.s2n_psk_set_hmac(psk, int(_HASHES[self.hash][0])))
                self._configure_early(psk, cipher_suite, alpn, early_data_context)
        except BaseException:
            self.close()
            raise

    def _configure_early(
        self,
        psk: Any,
        suite: Union[str, int, None],
        alpn: Union[str, bytes, None],
        context: Optional[Bytes],
    ) -> None:
        if self.max_early_data or suite is not None:
            number = _HASHES[self.hash][1] if suite is None else _suite(suite)
            check(lib.s2n_psk_configure_early_data(psk, self.max_early_data, number >> 8, number & 255))
        if alpn is not None:
            name = sized("alpn", alpn.encode("utf-8") if isinstance(alpn, str) else alpn, 0, 255)
            check(lib.s2n_psk_set_application_protocol(psk, name, len(name)))
        if context is not None:
            data = sized("early_data_context", context, 0, 65535)
            check(lib.s2n_psk_set_early_data_context(psk, data, len(data)))

    def __repr__(self) -> str:
        return f"<s2n_tls.Psk {self.identity!r} {self.hash}>"


def _suite(suite: Union[str, int]) -> int:
    if isinstance(suite, int) and suite in _SUITES.values():
        return suite
    if not isinstance(suite, str) or suite not in _SUITES:
        raise UsageError(f"the cipher suite is one of {', '.join(_SUITES)}, or its number, not {suite!r}")
    return _SUITES[suite]


@dataclass(frozen=True)
class OfferedPsk:
    """A key that a client offers: its identity and its place in the client's list, most wanted first.

    In resumption mode the identity is a ticket.
    """

    identity: bytes
    index: int


PskSelection = Callable[["Connection", Sequence[OfferedPsk]], Optional[OfferedPsk]]


def select(function: PskSelection, connection: Connection, offers: Any) -> None:
    """Runs a selection callback over the C list: it chooses one of the offers, or none by None."""
    holder = ffi.gc(
        check_pointer(lib.s2n_offered_psk_new()),
        lambda psk: lib.s2n_offered_psk_free(ffi.new("struct s2n_offered_psk **", psk)),
    )
    offered: list[OfferedPsk] = []
    while lib.s2n_offered_psk_list_has_next(offers):
        offered.append(OfferedPsk(_next(offers, holder), len(offered)))
    choice = function(connection, tuple(offered))
    if choice is None:
        check(lib.s2n_offered_psk_list_choose_psk(offers, ffi.NULL))
        return
    if choice not in offered:
        raise UsageError("psk_selection returns one of the offered keys, or None")
    check(lib.s2n_offered_psk_list_reread(offers))
    for _ in range(choice.index + 1):
        _next(offers, holder)
    try:
        check(lib.s2n_offered_psk_list_choose_psk(offers, holder))
    except S2NError as error:
        if connection.psk_mode == PSKMode.EXTERNAL:
            raise UsageError(
                "no key of this identity is here: append_psk() first", name=error.name
            ) from error
        # A ticket that cannot be used (any more) is the client's affair: a full handshake follows.


def _next(offers: Any, holder: Any) -> bytes:
    data, size = ffi.new("uint8_t **"), ffi.new("uint16_t *")
    check(lib.s2n_offered_psk_list_next(offers, holder))
    check(lib.s2n_offered_psk_get_identity(holder, data, size))
    return bytes(ffi.buffer(data[0], size[0]))
