# SPDX-License-Identifier: Apache-2.0
"""Java's own TLS, JSSE, as client and as server, through Peer.java."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from peers.base import ECDHE_ECDSA, Build, Job, ProgramPeer, Rule, Table

SOURCE = Path(__file__).parent / "Peer.java"

_TELLS = frozenset({"version", "suite", "resumed", "alpn", "closed"})
_RULES = (
    Rule("JSSE has no external PSKs", feature="external_psk"),
    Rule("JSSE has no early data", feature="early_data"),
)
_WITH_SHA1 = tuple(suite for suite in ECDHE_ECDSA if suite.endswith("_CBC_SHA"))
_OTHERS = tuple(suite for suite in ECDHE_ECDSA if suite not in _WITH_SHA1)
_CURVE_FIRST = (
    "in TLS 1.2 a JSSE server needs its certificate's curve among its groups, too, and takes the client's first: our "
    "policy for the suite has that curve before this group"
)
# Which pairs of a certificate's curve and a group these are depends on the policies that matrix/plan.py takes first.
_SERVER_RULES = (
    Rule(_CURVE_FIRST, version="1.2", cert="p256", group=("secp384r1", "secp521r1")),
    Rule(_CURVE_FIRST, version="1.2", cert="p256", group="x25519", suite=_OTHERS),
    Rule(_CURVE_FIRST, version="1.2", cert="p384", group="secp521r1"),
    Rule(
        "in TLS 1.2 a JSSE server takes a certificate on a curve of the client's only, and our policy for the suite "
        "does not have P-521",
        version="1.2",
        cert="p521",
        group=("x25519", "secp256r1", "secp384r1"),
        suite=_WITH_SHA1,
    ),
)
_CLIENT_RULE = Rule(
    "JSSE sends a share for its first group of each kind, and our policies with P-521 take the other curves, too",
    group="secp521r1",
    feature="hello_retry",
)
# Curves first, for a plan's bait is the first of the groups that it can use, and X25519 is no bait for a curve.
_CLIENT = Table(groups=("secp521r1", "secp384r1", "secp256r1", "x25519"), rules=(*_RULES, _CLIENT_RULE), tells=_TELLS)
_SERVER = Table(rules=_RULES + _SERVER_RULES, tells=_TELLS | {"client_cert"})


def _curve(cert: Path) -> str:
    """The curve that a certificate's key is on, or nothing."""
    key = x509.load_pem_x509_certificate(cert.read_bytes()).public_key()
    return key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else ""


class Jsse(ProgramPeer):
    name = "jsse"
    title = "Java JSSE"
    programs = {"java": "default-jre-headless", "javac": "default-jdk-headless"}
    tables = {"client": _CLIENT, "server": _SERVER}

    def build(self) -> None:
        self._classes()

    def _classes(self) -> Path:
        return Build(self.name, [SOURCE]).run(["javac", "-encoding", "UTF-8", "-d", "{out}", str(SOURCE)])

    def version(self) -> str:
        done = subprocess.run(["java", "--version"], capture_output=True, text=True, timeout=60, check=True)
        return done.stdout.splitlines()[0]

    def command(self, job: Job) -> list[str]:
        """Named groups are a system property that the JDK reads once; hence a process for each of them."""
        groups = self._groups(job)
        named = [f"-Djdk.tls.namedGroups={','.join(groups)}"] if groups else []
        return ["java", "-XX:+UseSerialGC", *named, "-cp", str(self._classes()), "Peer"]

    @staticmethod
    def _groups(job: Job) -> list[str]:
        """A client sends a share for its first group of each kind, so a bait is of the same kind as the group. A TLS 1.2
        server's own certificate has to be on one of its groups, too."""
        bait = "x448" if job.bait and job.group == "x25519" else job.bait
        own = _curve(job.cert) if job.role == "server" and job.version == "1.2" and job.cert else ""
        return list(dict.fromkeys(name for name in (bait, job.group, job.also, own) if name))


PEER = Jsse()
