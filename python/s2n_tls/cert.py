# SPDX-License-Identifier: Apache-2.0
"""Certificates: our own chain with its key, and the chain that a peer presented."""

from __future__ import annotations

import base64
import hashlib
import os
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from ._call import UsageError, check, check_pointer, ffi, lib
from ._handle import Borrowed, Handle

PEM = Union[str, bytes]


def as_bytes(pem: PEM) -> bytes:
    """PEM text as bytes."""
    return pem.encode("ascii") if isinstance(pem, str) else bytes(pem)


class _Chain(Handle):
    """An empty s2n_cert_chain_and_key, to be filled."""

    def __init__(self) -> None:
        super().__init__(check_pointer(lib.s2n_cert_chain_and_key_new()), lib.s2n_cert_chain_and_key_free)


class CertificateKeyPair(_Chain):
    """A certificate chain, leaf first, and the private key of the leaf, both PEM."""

    def __init__(self, chain_pem: PEM, key_pem: PEM) -> None:
        super().__init__()
        chain, key = as_bytes(chain_pem), as_bytes(key_pem)
        try:
            with Borrowed(self) as own:
                check(lib.s2n_cert_chain_and_key_load_pem_bytes(own, chain, len(chain), key, len(key)))
        except BaseException:
            self.close()
            raise

    @classmethod
    def from_files(
        cls, chain_path: Union[str, os.PathLike[str]], key_path: Union[str, os.PathLike[str]]
    ) -> CertificateKeyPair:
        """Read both PEM files."""
        return cls(Path(chain_path).read_bytes(), Path(key_path).read_bytes())

    def chain(self) -> tuple[Certificate, ...]:
        """The certificates of the chain, leaf first."""
        return read_chain(self)


@dataclass(frozen=True)
class Certificate:
    """One X.509 certificate. Equal to another one with the same bytes."""

    der: bytes
    _owner: Optional[tuple[Handle, int]] = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<Certificate sha256={hashlib.sha256(self.der).hexdigest()[:16]}...>"

    @property
    def pem(self) -> str:
        """The certificate as PEM text."""
        body = "\n".join(textwrap.wrap(base64.b64encode(self.der).decode("ascii"), 64))
        return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"

    def extension(self, oid: str) -> tuple[bytes, bool]:
        """The DER value of an extension, by dotted number, and whether it is critical."""
        if self._owner is None:
            raise UsageError("this certificate came without the chain object that can be searched")
        handle, index = self._owner
        with Borrowed(handle) as chain:
            cert = _cert_at(chain, index)
            name, size = oid.encode("ascii"), ffi.new("uint32_t *")
            check(lib.s2n_cert_get_x509_extension_value_length(cert, name, size))
            value, critical = ffi.new("uint8_t[]", max(1, size[0])), ffi.new("bool *")
            check(lib.s2n_cert_get_x509_extension_value(cert, name, value, size, critical))
            return bytes(ffi.buffer(value, size[0])), bool(critical[0])


def _cert_at(chain: Any, index: int) -> Any:
    out = ffi.new("struct s2n_cert **")
    check(lib.s2n_cert_chain_get_cert(chain, out, index))
    return out[0]


def read_chain(handle: Handle) -> tuple[Certificate, ...]:
    """All certificates of a chain object, which stays alive with them."""
    count, data, size = ffi.new("uint32_t *"), ffi.new("const uint8_t **"), ffi.new("uint32_t *")
    found = []
    with Borrowed(handle) as chain:
        check(lib.s2n_cert_chain_get_length(chain, count))
        for index in range(count[0]):
            check(lib.s2n_cert_get_der(_cert_at(chain, index), data, size))
            found.append(Certificate(bytes(ffi.buffer(data[0], size[0])), (handle, index)))
    return tuple(found)


def peer_chain(conn: Any) -> Optional[tuple[Certificate, ...]]:
    """The validated chain of a connection's peer, trust anchor last; None if there is no such thing."""
    handle = _Chain()
    with Borrowed(handle) as chain:
        known = lib.s2n_connection_get_peer_cert_chain(conn, chain) == 0
    return read_chain(handle) if known else None


def unverified_client_chain(conn: Any) -> Optional[tuple[Certificate, ...]]:
    """The client's chain as it was sent, checked or not: on the wire each has a three byte length (RFC 8446 4.4.2)."""
    data, size = ffi.new("uint8_t **"), ffi.new("uint32_t *")
    if lib.s2n_connection_get_client_cert_chain(conn, data, size) != 0:
        return None
    rest, found = bytes(ffi.buffer(data[0], size[0])), []
    while len(rest) >= 3:
        end = 3 + int.from_bytes(rest[:3], "big")
        found.append(Certificate(rest[3:end]))
        rest = rest[end:]
    return tuple(found)
