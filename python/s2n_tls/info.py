# SPDX-License-Identifier: Apache-2.0
"""HandshakeInfo: what a handshake agreed upon, read once and then immutable."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, fields
from typing import Any, Callable, Optional

from ._call import check, ffi, lib, text
from .cert import Certificate, peer_chain, unverified_client_chain

VERSIONS = {20: "SSLv2", 30: "SSLv3", 31: "TLSv1", 32: "TLSv1.1", 33: "TLSv1.2", 34: "TLSv1.3"}


@dataclass(frozen=True)
class HandshakeInfo:
    """The facts of a finished handshake. What is not known is None or empty.

    `psk_identity` is that of the external key which was used; a session that was resumed has none.

    A connection that was restored knows its version and suite; the rest is lost in format V1, but travels
    along when a whole connection is handed over (`TLSBuffer.detach`, `handoff`).
    """

    version: str
    cipher: str
    cipher_iana: int
    server_side: bool
    group: Optional[str] = None
    signature_scheme: Optional[str] = None
    alpn: Optional[str] = None
    server_name: Optional[str] = None
    client_version: Optional[str] = None
    server_version: Optional[str] = None
    handshake_type: str = ""
    session_id: bytes = b""
    client_cert_used: bool = False
    resumed: bool = False
    psk_identity: bytes = b""
    peer_chain: tuple[Certificate, ...] = ()
    client_chain_unverified: tuple[Certificate, ...] = ()

    @property
    def peer_certificate(self) -> Optional[Certificate]:
        """The peer's own certificate, if it was validated."""
        return self.peer_chain[0] if self.peer_chain else None

    def to_json(self) -> bytes:
        """The facts as JSON, to travel with a connection."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _CHAINS}
        for name in _BYTES:
            values[name] = getattr(self, name).hex()
        for name in _CHAINS:
            values[name] = [base64.b64encode(cert.der).decode("ascii") for cert in getattr(self, name)]
        return json.dumps(values, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> HandshakeInfo:
        """The inverse of to_json(). Facts that this version does not know are left out."""
        known = {f.name for f in fields(cls)}
        values = {name: value for name, value in json.loads(data).items() if name in known}
        for name in _BYTES:
            values[name] = bytes.fromhex(values.get(name, ""))
        for name in _CHAINS:
            values[name] = tuple(Certificate(base64.b64decode(der)) for der in values.get(name, ()))
        return cls(**values)


_BYTES = ("session_id", "psk_identity")
_CHAINS = ("peer_chain", "client_chain_unverified")


def _name(conn: Any, getter: Callable[[Any, Any], int]) -> Optional[str]:
    out = ffi.new("const char **")
    found = text(out[0]) if getter(conn, out) == 0 else ""
    return None if found in ("", "NONE", "none") else found


def _session_id(conn: Any) -> bytes:
    size = max(0, lib.s2n_connection_get_session_id_length(conn))
    out = ffi.new("uint8_t[]", max(1, size))
    return (
        bytes(ffi.buffer(out, size))
        if size and lib.s2n_connection_get_session_id(conn, out, size) > 0
        else b""
    )


def _psk_identity(conn: Any) -> bytes:
    size = ffi.new("uint16_t *")
    if lib.s2n_connection_get_negotiated_psk_identity_length(conn, size) != 0 or not size[0]:
        return b""
    out = ffi.new("uint8_t[]", size[0])
    return (
        bytes(ffi.buffer(out))
        if lib.s2n_connection_get_negotiated_psk_identity(conn, out, size[0]) == 0
        else b""
    )


def read_info(conn: Any, server_side: bool) -> HandshakeInfo:
    """Ask a connection whose handshake is complete. The caller has it for itself."""
    first, second = ffi.new("uint8_t *"), ffi.new("uint8_t *")
    check(lib.s2n_connection_get_cipher_iana_value(conn, first, second))
    resumed = lib.s2n_connection_is_session_resumed(conn) == 1
    return HandshakeInfo(
        version=VERSIONS.get(lib.s2n_connection_get_actual_protocol_version(conn), "unknown"),
        cipher=text(lib.s2n_connection_get_cipher(conn)),
        cipher_iana=first[0] << 8 | second[0],
        server_side=server_side,
        group=_name(conn, lib.s2n_connection_get_key_exchange_group),
        signature_scheme=_name(conn, lib.s2n_connection_get_signature_scheme),
        alpn=text(lib.s2n_get_application_protocol(conn)) or None,
        server_name=text(lib.s2n_get_server_name(conn)) or None,
        client_version=VERSIONS.get(lib.s2n_connection_get_client_protocol_version(conn)),
        server_version=VERSIONS.get(lib.s2n_connection_get_server_protocol_version(conn)),
        handshake_type=text(lib.s2n_connection_get_handshake_type_name(conn)),
        session_id=_session_id(conn),
        client_cert_used=lib.s2n_connection_client_cert_used(conn) == 1,
        resumed=resumed,
        psk_identity=b"" if resumed else _psk_identity(conn),
        peer_chain=peer_chain(conn) or (),
        client_chain_unverified=(unverified_client_chain(conn) or ()) if server_side else (),
    )
