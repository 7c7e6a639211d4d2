# SPDX-License-Identifier: Apache-2.0
"""What all conversations of a run share, on disk: certificates and the two files that are exchanged."""

from __future__ import annotations

import base64
import random
import shutil
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from peers.base import CERTS, ROOT
from pki import PKI

FOLDER = ROOT / "build" / "matrix"
SIZE = 1024 * 1024
DAYS = 30


@dataclass(frozen=True)
class World:
    folder: Path

    @property
    def client(self) -> Path:
        """The client's file."""
        return self.folder / "client.bin"

    @property
    def server(self) -> Path:
        return self.folder / "server.bin"

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def leaf(self, role: str, kind: str) -> tuple[Path, Path]:
        """Certificate chain and key of a client ("client.test") or server ("localhost")."""
        name = "localhost" if role == "server" else "client.test"
        return self.folder / f"{role}-{kind}-{name}.pem", self.folder / f"{role}-{kind}-{name}.key"


    def der(self, role: str, kind: str) -> bytes:
        """The certificate itself."""
        return ssl.PEM_cert_to_DER_cert(self.leaf(role, kind)[0].read_text())


def make(folder: Path = FOLDER / "world") -> World:
    """The world, made unless it is there and will last."""
    world = World(folder)
    if world.server.exists() and time.time() - world.server.stat().st_mtime < (DAYS - 2) * 86400:
        return world
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pki = PKI(folder, DAYS)
    for kind in CERTS:
        pki.server(kind)
        pki.client(kind)
    world.client.write_bytes(_text(1))
    world.server.write_bytes(_text(2))
    return world


def _text(seed: int) -> bytes:
    """Lines of 16 bytes: a peer that is a finished program may only take lines of text (gnutls-serv --echo), or commands
    at the beginning of a line (gnutls-cli)."""
    source = random.Random(seed)
    return b"".join(base64.b64encode(source.randbytes(12))[:15] + b"\n" for _ in range(SIZE // 16))
