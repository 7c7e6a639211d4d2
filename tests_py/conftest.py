# SPDX-License-Identifier: Apache-2.0
"""What all Python tests share: certificates made for this run with the openssl program, a Redis, small helpers."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ.setdefault("S2N_DONT_MLOCK", "1")

KEYS = {
    "rsa2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsapss": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "p521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
}


def openssl(*args: str, cwd: Path) -> str:
    """Run the openssl program; its output."""
    done = subprocess.run(["openssl", *args], cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Leaf:
    """A certificate with its key, as files and as PEM text."""

    cert_path: Path
    key_path: Path

    @property
    def cert(self) -> bytes:
        return self.cert_path.read_bytes()

    @property
    def key(self) -> bytes:
        return self.key_path.read_bytes()


class PKI:
    """One CA; a server certificate for "localhost" and a client certificate for each kind of key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_path = folder / "ca.pem"
        openssl("genpkey", *KEYS["p256"], "-out", "ca.key", cwd=folder)
        openssl(
            "req",
            "-x509",
            "-new",
            "-key",
            "ca.key",
            "-subj",
            "/CN=test CA",
            "-days",
            "2",
            "-out",
            "ca.pem",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            cwd=folder,
        )
        self._leaves: dict[tuple[str, str], Leaf] = {}

    @property
    def ca(self) -> bytes:
        return self.ca_path.read_bytes()

    def server(self, kind: str = "p256", name: str = "localhost") -> Leaf:
        return self._leaf(
            f"server-{kind}-{name}", kind, f"subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth"
        )

    def client(self, kind: str = "p256", name: str = "client.test") -> Leaf:
        return self._leaf(
            f"client-{kind}-{name}", kind, f"subjectAltName=DNS:{name}\nextendedKeyUsage=clientAuth"
        )

    def _leaf(self, label: str, kind: str, extensions: str) -> Leaf:
        leaf = self._leaves.get((label, kind))
        if leaf is None:
            leaf = self._leaves[label, kind] = self._make(label, kind, extensions)
        return leaf

    def _make(self, label: str, kind: str, extensions: str) -> Leaf:
        here = self.folder
        (here / f"{label}.ext").write_text(
            f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\n{extensions}\n"
        )
        openssl("genpkey", *KEYS[kind], "-out", f"{label}.key", cwd=here)
        openssl(
            "req", "-new", "-key", f"{label}.key", "-subj", f"/CN={label}", "-out", f"{label}.csr", cwd=here
        )
        openssl(
            "x509",
            "-req",
            "-in",
            f"{label}.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-days",
            "2",
            "-extfile",
            f"{label}.ext",
            "-out",
            f"{label}.pem",
            cwd=here,
        )
        return Leaf(here / f"{label}.pem", here / f"{label}.key")


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> PKI:
    return PKI(tmp_path_factory.mktemp("pki"))


class RedisServer:
    """A real redis-server on a loopback port of its own, with nothing on disk. It can go away and come back, empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = int(sock.getsockname()[1])
        self._process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "redis-server has ended"
            try:
                if self.command("PING") == b"PONG":
                    return
            except ConnectionRefusedError:
                time.sleep(0.01)
        raise AssertionError("redis-server does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def command(self, *words: "str | bytes") -> "bytes | int | list[bytes] | None":
        """What Redis answers to one command, over a connection of its own and without a client library."""
        parts = [word.encode() if isinstance(word, str) else word for word in words]
        request = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        with socket.create_connection(("127.0.0.1", self.port), 10) as sock, sock.makefile("rb") as answers:
            sock.sendall(request)
            return self._answer(answers)

    def _answer(self, answers):
        line = answers.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else answers.read(int(rest) + 2)[:-2]
        assert kind == b"*", line
        return [self._answer(answers) for _ in range(int(rest))]


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis for one test."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.stop()
