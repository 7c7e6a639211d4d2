# SPDX-License-Identifier: Apache-2.0
"""OpenSSL: Debian's libssl, with a program of ours (peer.c, on job.c)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peers.base import Build, Job, ProgramPeer, Table

HERE = Path(__file__).parent
SOURCES = (HERE / "peer.c", HERE / "job.c", HERE / "job.h")
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror")
TELLS = frozenset({"version", "suite", "group", "resumed", "alpn", "hrr", "early", "closed", "updates"})


class OpenSSL(ProgramPeer):
    name = "openssl"
    title = "OpenSSL"
    programs = {"cc": "build-essential"}
    tables = {
        "client": Table(tells=TELLS),
        "server": Table(tells=TELLS | {"client_cert"}),
    }

    def __init__(self) -> None:
        super().__init__()
        self._build = Build("openssl", SOURCES, FLAGS)

    @property
    def _program(self) -> str:
        return str(self._build.folder / "peer")

    def build(self) -> None:
        files = [str(source) for source in SOURCES if source.suffix == ".c"]
        self._build.run(["cc", *FLAGS, *files, "-o", "{out}/peer", "-lssl", "-lcrypto"])

    def version(self) -> str:
        return subprocess.run(
            [self._program, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout.strip()

    def command(self, job: Job) -> list[str]:
        return [self._program]


PEER = OpenSSL()
