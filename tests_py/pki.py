# SPDX-License-Identifier: Apache-2.0
"""Certificates for the tests, made with the openssl program where and when they are needed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEYS = {
    "rsa2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
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

    def __init__(self, folder: Path, days: int = 2) -> None:
        self.folder = folder
        self.days = days
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
            str(days),
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
            str(self.days),
            "-extfile",
            f"{label}.ext",
            "-out",
            f"{label}.pem",
            cwd=here,
        )
        return Leaf(here / f"{label}.pem", here / f"{label}.key")
