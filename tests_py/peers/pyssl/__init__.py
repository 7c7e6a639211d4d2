# SPDX-License-Identifier: Apache-2.0
"""Python's own ssl module, in the Python that runs the tests, with a program of ours (peer.py).

It is the same libssl as the peer `openssl`; what is of interest is what the module makes of it: its defaults, its
closing, its sessions.
"""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

from peers.base import GROUPS, SUITES12, Job, ProgramPeer, Rule, Table

CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}
# As OpenSSL prefers them: ssl cannot say which of TLS 1.3.
SUITES = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    *SUITES12,
)
SHA384 = ("TLS_AES_256_GCM_SHA384",)

RULES = (
    Rule("ssl has no early data", feature="early_data"),
    Rule("ssl has no function that updates keys", feature="key_update_theirs"),
    Rule("ssl has external PSKs with SHA-256 only", feature="external_psk", suite=SHA384)
    if getattr(ssl, "HAS_PSK", False)
    else Rule("ssl has no external PSKs before Python 3.13", feature="external_psk"),
)
CLIENT_RULES = (
    Rule("ssl can name one group only, so its share is never of another one", feature="hello_retry"),
    *(
        Rule(
            "in TLS 1.2 the groups of a client are the curves of certificates, too, and ssl can name one only",
            version="1.2",
            cert=cert,
            group=[group for group in GROUPS if group != curve],
        )
        for cert, curve in CURVES.items()
    ),
)
SERVER_RULES = tuple(
    Rule(
        "in TLS 1.2 the groups of OpenSSL are the curves of clients' certificates, too, and ssl can name one only",
        version="1.2",
        cert=cert,
        group=[group for group in GROUPS if group not in (curve, "x25519")],
        feature="mutual_auth",
    )
    for cert, curve in CURVES.items()
)
PINS = frozenset({"version", "suite12", "group"})
TELLS = frozenset({"version", "suite", "resumed", "alpn", "closed"})


class PythonSSL(ProgramPeer):
    name = "pyssl"
    title = "Python ssl"
    tables = {
        "client": Table(suites=SUITES, pins=PINS, tells=TELLS, rules=(*RULES, *CLIENT_RULES)),
        "server": Table(suites=SUITES, pins=PINS, tells=TELLS | {"client_cert"}, rules=(*RULES, *SERVER_RULES)),
    }

    def version(self) -> str:
        return f"Python {sys.version.split()[0]}, {ssl.OPENSSL_VERSION}"

    def command(self, job: Job) -> list[str]:
        return [sys.executable, str(Path(__file__).with_name("peer.py"))]


PEER = PythonSSL()
