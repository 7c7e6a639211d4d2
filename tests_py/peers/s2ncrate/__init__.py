# SPDX-License-Identifier: Apache-2.0
"""The reference, s2n-tls, as it comes in the crate s2n-tls-sys: client, server, and an end of the version matrix.

The program in src/ takes nothing from the crate but the library that it builds. It has every release of
matrix/releases.toml behind the same source; as a peer it is the newest one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path

from peers.base import (
    CACHE,
    GROUPS,
    SUITES13,
    Build,
    Job,
    ProgramPeer,
    Session,
    Table,
)

HERE = Path(__file__).parent
RELEASES = HERE.parents[1] / "matrix" / "releases.toml"
TARGET = CACHE / "cargo-target"  # shared by all Rust peers, so that AWS-LC is built once

# Releases of aws-lc-rs. 0.2.2, 0.2.11, 0.3.14, 0.3.30 and 0.3.42 decrypt no record of a CBC suite on 1.19.0; 0.2.3 and
# 0.3.36 were seen to on 1.12.6, and from 0.3.37 on they ask for 1.16.1 at least.
CRYPTO = {"before 0.3.37": "1.12.6", "since": "1.19.0"}

# The API names policies only. These two have everything, one version each, so the version can be told.
POLICIES = {"1.3": "test_all_tls13", "1.2": "test_ecdsa_priority"}
# A client's first share is of the policy's first group, X25519 in those; early data needs the right one, for a server
# that asks again must refuse it (RFC 8446, 4.2.10).
EARLY_POLICIES = {"secp256r1": "AWS-CRT-SDK-TLSv1.3-2023", "secp384r1": "20250211"}


@dataclass(frozen=True)
class _Job(Job):
    """A job with the policy that it needs."""

    policy: str = ""


def releases() -> list[str]:
    """The releases of the crate in the version matrix, oldest first. (No Python before 3.11 can read TOML.)"""
    rows = re.findall(r"^\[\[reference\]\]\n(?:(?!\[).*\n)*?version = \"([^\"]+)\"", RELEASES.read_text(), re.M)
    return sorted(rows, key=_order)


def _order(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def program(release: str) -> Path:
    """The program on this release of the crate, built unless it is there. Raises PeerError."""
    sources = sorted([HERE / "Cargo.toml", *(HERE / "src").glob("*.rs")])
    name = release.replace(".", "-")
    crypto = CRYPTO["since" if _order(release) >= [0, 3, 37] else "before 0.3.37"]
    folder = Build("s2ncrate", sources, [release, crypto]).run(
        ["cp", "-r", str(HERE / "src"), str(HERE / "Cargo.toml"), "."],
        ["sed", "-i", f"s/@RELEASE@/{release}/; s/@NAME@/{name}/; s/@CRYPTO@/{crypto}/", "Cargo.toml"],
        ["cargo", "build", "--release"],
        ["cp", str(TARGET / "release" / f"peer-s2n-{name}"), "program"],
        env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)},
    )
    return folder / "program"


def end_command(release: str) -> list[str]:
    """An end of the version matrix (matrix/ENDS.md) on this release."""
    return [str(program(release))]


_ECDSA = tuple(
    f"TLS_ECDHE_ECDSA_WITH_{rest}"
    for rest in (
        "AES_128_CBC_SHA",
        "AES_256_CBC_SHA",
        "AES_128_CBC_SHA256",
        "AES_256_CBC_SHA384",
        "AES_128_GCM_SHA256",
        "AES_256_GCM_SHA384",
        "CHACHA20_POLY1305_SHA256",
    )
)
_RSA = (
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
)
_TELLS = frozenset({"version", "suite", "group", "resumed", "alpn", "hrr", "early", "closed"})
# In the order of those policies.
_TABLE = Table(
    suites=SUITES13 + _ECDSA + _RSA + tuple(suite.replace("_ECDSA_", "_RSA_") for suite in _ECDSA),
    groups=GROUPS,
    pins=frozenset({"version"}),
    tells=_TELLS | {"client_cert"},
)


class S2NCrate(ProgramPeer):
    name = "s2n"
    title = "s2n-tls (reference, crate)"
    programs = {"cargo": "cargo", "cc": "gcc", "cmake": "cmake"}
    tables = {"client": replace(_TABLE, tells=_TELLS), "server": _TABLE}

    def build(self) -> None:
        program(releases()[-1])

    def version(self) -> str:
        """The crate's: the library does not tell its own."""
        return releases()[-1]

    def command(self, job: Job) -> list[str]:
        return [str(program(releases()[-1]))]

    def start(self, job: Job) -> Session:
        known = {field.name: getattr(job, field.name) for field in fields(job)}
        policy = POLICIES[job.version]
        if job.early and job.role == "client":
            policy = EARLY_POLICIES.get(job.group, policy)
        return super().start(_Job(**known, policy=policy))


PEER = S2NCrate()
