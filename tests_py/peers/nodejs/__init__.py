# SPDX-License-Identifier: Apache-2.0
"""Node.js' tls module, through `peer.js`. Node.js brings its own OpenSSL."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peers.base import ECDHE_ECDSA, ECDHE_RSA, RSA_KX, SUITES13, Job, ProgramPeer, Rule, Table

PROGRAM = Path(__file__).parent / "peer.js"

_TELLS = {
    "client": frozenset({"version", "suite", "group", "resumed", "alpn"}),
    "server": frozenset({"version", "suite", "resumed", "alpn", "client_cert"}),
}
_RULES = (
    Rule(
        "Node.js sets PSKs through OpenSSL's callback for TLS 1.2, which takes them to be for SHA-256",
        feature="external_psk",
        suite="TLS_AES_256_GCM_SHA384",
    ),
    Rule("Node.js has no way to send or to accept early data", feature="early_data"),
    Rule("Node.js cannot begin a key update", feature="key_update_theirs"),
)


class Node(ProgramPeer):
    name = "node"
    title = "Node.js tls"
    programs = {"node": "nodejs"}
    tables = {
        role: Table(suites=SUITES13 + ECDHE_RSA + ECDHE_ECDSA + RSA_KX, tells=tells, rules=_RULES)
        for role, tells in _TELLS.items()
    }

    def command(self, job: Job) -> list[str]:
        return ["node", str(PROGRAM)]

    def version(self) -> str:
        expression = "`${process.version} (OpenSSL ${process.versions.openssl})`"
        return subprocess.run(["node", "-p", expression], capture_output=True, text=True, timeout=60).stdout.strip()


PEER = Node()
