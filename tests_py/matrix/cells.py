# SPDX-License-Identifier: Apache-2.0
"""The cells of the interop matrix, and what TLS itself has no place for.

A cell is one conversation: a peer, our role, and one value of every axis. What a peer cannot do stands in its tables
(peers/), what our policies cannot express in plan.py; here is only what no implementation could do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Optional

from peers.base import CERTS, FEATURES, GROUPS, SUITES12, SUITES13

ROLES = ("client", "server")
SUITES = {"1.3": SUITES13, "1.2": SUITES12}

# What ours has no answer to, whoever the peer is; the page lists it beside the matrix.
NOT_OURS = {
    "TLS 1.1, TLS 1.0, SSLv3": "this library does not negotiate them; it restores serialized connections of theirs",
    "finite-field Diffie-Hellman suites": "not implemented: ./dev abi status",
    "RC4 and 3DES suites": "never negotiated, whatever libcrypto has (RFC 7465; 64-bit blocks: CVE-2016-2183)",
    "post-quantum groups": "libcrypto 3.0 has no ML-KEM",
    "external PSKs and early data in TLS 1.2": "the library has them for TLS 1.3 only",
}

ONLY_13 = {
    "hello_retry": "TLS 1.2 has no HelloRetryRequest",
    "external_psk": "external PSKs are a matter of TLS 1.3 here",
    "early_data": "TLS 1.2 has no early data",
    "key_update_ours": "TLS 1.2 has no KeyUpdate",
    "key_update_theirs": "TLS 1.2 has no KeyUpdate",
}
NO_CERT = "none"  # the certificate of a handshake by PSK
NO_GROUP = "-"  # the group of plain RSA key exchange


@dataclass(frozen=True)
class Cell:
    """One conversation. `role` is ours."""

    peer: str
    role: str
    version: str
    suite: str
    group: str
    cert: str
    feature: str

    @property
    def id(self) -> str:
        return "/".join(asdict(self).values())

    @property
    def peer_role(self) -> str:
        return "server" if self.role == "client" else "client"

    @property
    def sha384(self) -> bool:
        return self.suite.endswith("SHA384")


def cell_of(name: str) -> Cell:
    return Cell(*name.split("/"))


def every_cell(peer: str) -> Iterator[Cell]:
    """The whole product of the axes for one peer."""
    for role in ROLES:
        for version, suites in SUITES.items():
            for suite in suites:
                groups = (NO_GROUP,) if suite.startswith("TLS_RSA_") else GROUPS
                for group in groups:
                    for feature in FEATURES:
                        for cert in (NO_CERT,) if feature == "external_psk" else CERTS:
                            yield Cell(peer, role, version, suite, group, cert, feature)


def why_not_tls(cell: Cell) -> Optional[str]:
    """Why there is no such conversation in TLS, or None."""
    if cell.version == "1.2":
        if cell.feature in ONLY_13:
            return ONLY_13[cell.feature]
        ecdsa = cell.cert in ("p256", "p384", "p521")
        if ecdsa != ("_ECDSA_" in cell.suite):
            return "the suite signs with another kind of key than the certificate's"
        if cell.suite.startswith("TLS_RSA_") and cell.cert == "rsapss":
            return "an RSA-PSS key cannot decrypt (RFC 8446, 4.2.3)"
    return None
