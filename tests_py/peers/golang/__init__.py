# SPDX-License-Identifier: Apache-2.0
"""Go's crypto/tls, through `main.go`, which is built with the machine's Go and its standard library only."""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path

from peers.base import (
    CACHE,
    ECDHE_ECDSA,
    ECDHE_RSA,
    RSA_KX,
    SUITES13,
    Build,
    Job,
    PeerError,
    ProgramPeer,
    Rule,
    Table,
)

HERE = Path(__file__).parent


# TLS 1.3 suites cannot be chosen. A client offers all, those with AES first where the processor has AES instructions. A
# server on such a processor takes AES or ChaCha20 by what it sees first in the client's list, of any version; on another
# it has one order. So the server is told to do without the instructions: its choice can be foretold, and be ChaCha20.
_WITHOUT_AES = ("env", "GODEBUG=cpu.aes=off")
_SUITES13 = {"client": SUITES13, "server": (SUITES13[2], *SUITES13[:2])}
_SUITES12 = tuple(
    suite
    for suite in ECDHE_RSA + ECDHE_ECDSA + RSA_KX
    if not suite.endswith(("AES_256_CBC_SHA384", "AES_256_CBC_SHA256"))
)
_TELLS = frozenset({"version", "suite", "group", "resumed", "alpn", "hrr", "closed"})
_RULES = (
    Rule("crypto/x509 does not know RSA-PSS keys (id-RSASSA-PSS) in certificates", cert="rsapss"),
    Rule("crypto/tls has no external PSKs", feature="external_psk"),
    Rule("crypto/tls has early data for QUIC only", feature="early_data"),
    Rule("crypto/tls cannot begin a key update", feature="key_update_theirs"),
)


class Go(ProgramPeer):
    name = "go"
    title = "Go crypto/tls"
    programs = {"go": "golang-go"}
    tables = {
        role: Table(
            suites=_SUITES13[role] + _SUITES12,
            pins=frozenset({"version", "suite12", "group"}),
            tells=_TELLS | ({"client_cert"} if role == "server" else set()),
            rules=_RULES,
        )
        for role in _SUITES13
    }

    @cached_property
    def _build(self) -> Build:
        toolchain = subprocess.run(["go", "version"], capture_output=True, text=True, timeout=60)
        if toolchain.returncode != 0:
            raise PeerError(toolchain.stderr)
        return Build(self.name, [HERE / "main.go", HERE / "go.mod"], [toolchain.stdout])

    def build(self) -> None:
        env = {
            **os.environ,
            "GOENV": "off",
            "GOCACHE": str(CACHE / "gocache"),
            "GOPROXY": "off",  # there is nothing to download, and nothing is
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-mod=readonly",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
        }
        self._build.run(["go", "build", "-C", str(HERE), "-trimpath", "-o", "{out}/peer", "."], env=env)

    def command(self, job: Job) -> list[str]:
        program = str(self._build.folder / "peer")
        return [*_WITHOUT_AES, program] if job.role == "server" else [program]

    def version(self) -> str:
        self.build()
        program = self._build.folder / "peer"
        return subprocess.run([program, "version"], capture_output=True, text=True, timeout=60).stdout.strip()


PEER = Go()
