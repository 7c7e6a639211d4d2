# SPDX-License-Identifier: Apache-2.0
"""Java's own TLS, JSSE, as client and as server, through Peer.java."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peers.base import Build, Job, ProgramPeer, Rule, Table

SOURCE = Path(__file__).parent / "Peer.java"

_TELLS = frozenset({"version", "suite", "resumed", "alpn", "closed"})
_RULES = (
    Rule("JSSE has no external PSKs", feature="external_psk"),
    Rule("JSSE has no early data", feature="early_data"),
)
_CLIENT_RULE = Rule(
    "JSSE sends a share for its first group of each kind, and our policies with P-521 take the other curves, too",
    group="secp521r1",
    feature="hello_retry",
)
# Curves first, for a plan's bait is the first of the groups that it can use, and X25519 is no bait for a curve.
_CLIENT = Table(groups=("secp521r1", "secp384r1", "secp256r1", "x25519"), rules=(*_RULES, _CLIENT_RULE), tells=_TELLS)
_SERVER = Table(rules=_RULES, needs_curve=True, tells=_TELLS | {"client_cert"})


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
        """A client sends a share for its first group of each kind, so a bait is of the same kind as the group. A
        TLS 1.2 server's own certificate has to be on one of its groups, too."""
        bait = "x448" if job.bait and job.group == "x25519" else job.bait
        return [name for name in (bait, job.group, job.also) if name]


PEER = Jsse()
