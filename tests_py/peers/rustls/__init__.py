# SPDX-License-Identifier: Apache-2.0
"""rustls on aws-lc-rs, as client and as server, through src/main.rs."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from peers.base import CACHE, CERTS, GROUPS, RSA_KX, SUITES12, SUITES13, Build, Job, ProgramPeer, Rule, Table

HERE = Path(__file__).parent
# Shared by all Rust peers, so that AWS-LC is built once.
TARGET = CACHE / "cargo-target"

_AEAD = tuple(suite for suite in SUITES12 if "_ECDHE_" in suite and ("_GCM_" in suite or "_CHACHA20_" in suite))
_RULES = (
    Rule("rustls has no external PSKs", feature="external_psk"),
    Rule("rustls has no plain RSA key exchange", suite=RSA_KX),
    Rule("rustls has no suites but those with AEAD", suite=tuple(set(SUITES12) - set(_AEAD) - set(RSA_KX))),
    Rule("rustls on aws-lc-rs exchanges keys on X25519, P-256 and P-384 only", group="secp521r1"),
    Rule("rustls knows RSA keys as rsaEncryption only, not as RSASSA-PSS", cert="rsapss"),
)
_TELLS = frozenset({"version", "suite", "group", "resumed", "alpn", "hrr", "early", "closed"})
_SERVER = Table(
    suites=SUITES13 + _AEAD,
    groups=tuple(group for group in GROUPS if group != "secp521r1"),
    certs=tuple(cert for cert in CERTS if cert != "rsapss"),
    tells=_TELLS | {"client_cert"},
    rules=_RULES,
)
# No policy of ours has pure ML-KEM (no hybrid of it, whose other half rustls would send a share for), hence the bait.
_CLIENT = replace(_SERVER, groups=(*_SERVER.groups, "mlkem1024"), tells=_TELLS)


class Rustls(ProgramPeer):
    name = "rustls"
    title = "rustls (aws-lc-rs)"
    programs = {"cargo": "cargo", "cc": "gcc"}
    tables = {"client": _CLIENT, "server": _SERVER}

    def build(self) -> None:
        self._program()

    def _program(self) -> Path:
        """cargo works on a copy, for it writes a lock file beside the manifest."""
        sources = [HERE / "Cargo.toml", HERE / "src" / "main.rs"]
        folder = Build(self.name, sources).run(
            ["mkdir", "src"],
            ["cp", str(sources[0]), "."],
            ["cp", str(sources[1]), "src"],
            ["cargo", "build", "--release"],
            ["cp", str(TARGET / "release" / "peer-rustls"), "."],
            env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)},
        )
        return folder / "peer-rustls"

    def version(self) -> str:
        """The manifest's, where versions are exact: the library does not tell its own."""
        pins = dict(re.findall(r'^([\w-]+) = \{ version = "=([^"]+)"', (HERE / "Cargo.toml").read_text(), re.M))
        return f"{pins['rustls']} (aws-lc-rs {pins['aws-lc-rs']})"

    def command(self, job: Job) -> list[str]:
        return [str(self._program())]


PEER = Rustls()
