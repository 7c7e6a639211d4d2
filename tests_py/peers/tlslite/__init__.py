# SPDX-License-Identifier: Apache-2.0
"""tlslite-ng: TLS written in Python by other people than everybody else's, through the program in peer.py."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peers.base import GROUPS, Job, PeerError, ProgramPeer, Rule, Table, peers_python

PROGRAM = Path(__file__).with_name("peer.py")
CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}

TELLS = frozenset({"version", "suite", "group", "resumed", "alpn", "closed"})
NO_EARLY_DATA = Rule("tlslite-ng has no early data", feature="early_data")
# RFC 8422 (5.1.1) lets the list of groups speak for certificates too, and tlslite-ng insists on it.
OTHER_CURVE = tuple(
    Rule(
        "a TLS 1.2 server that takes a single group takes client certificates on no other curve",
        version="1.2",
        cert=cert,
        group=[group for group in GROUPS if group != curve],
        feature="mutual_auth",
    )
    for cert, curve in CURVES.items()
)


class Tlslite(ProgramPeer):
    """The library does no ciphers in C itself; M2Crypto lends it OpenSSL's."""

    name = "tlslite"
    title = "tlslite-ng"
    programs = {"swig": "swig"}  # M2Crypto has no wheels for Linux
    pypi = ("tlslite-ng", "cryptography", "gmpy2", "M2Crypto")
    tables = {
        "client": Table(tells=TELLS | {"hrr"}, rules=(NO_EARLY_DATA,)),
        "server": Table(tells=TELLS - {"group"} | {"client_cert"}, rules=(NO_EARLY_DATA, *OTHER_CURVE)),
    }

    def version(self) -> str:
        code = "from importlib.metadata import version; print(version('tlslite-ng'))"
        done = subprocess.run([peers_python(), "-I", "-c", code], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise PeerError(done.stderr.strip())
        return done.stdout.strip()

    def command(self, job: Job) -> list[str]:
        return [str(peers_python()), "-I", str(PROGRAM)]


PEER = Tlslite()
