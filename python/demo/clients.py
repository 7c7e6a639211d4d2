# SPDX-License-Identifier: Apache-2.0
"""The clients of the demonstration: openssl s_client and curl as they are, and what can be proved about them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Optional


def make_certificate(folder: Path) -> tuple[Path, Path, Path]:
    """A CA and a certificate for localhost, made with the openssl program: CA, certificate, key."""

    def openssl(*args: str) -> None:
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True, timeout=20)

    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    openssl("genpkey", *curve, "-out", "ca.key")
    openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=demo CA", "-days", "2", "-out", "ca.pem")
    openssl("genpkey", *curve, "-out", "server.key")
    openssl("req", "-new", "-key", "server.key", "-subj", "/CN=localhost", "-out", "server.csr")
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\n")
    openssl(
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "2",
        "-extfile",
        "server.ext",
        "-out",
        "server.pem",
    )
    return folder / "ca.pem", folder / "server.pem", folder / "server.key"


_CLOSE_NOTIFY = re.compile("close.notify")


class Client:
    """One unmodified program that downloads the file; its output is hashed as it arrives."""

    def __init__(
        self, name: str, command: list[str], request: bytes, alerts: Callable[[str], list[str]]
    ) -> None:
        self.name = name
        self.received = 0
        self._hash = hashlib.sha256()
        self._find_alerts = alerts
        self._stderr = b""
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdin is not None
        if request:
            self.process.stdin.write(request)
            self.process.stdin.flush()
        readers = [self._read_body if request else self._read_all, self._read_errors]
        self._threads = [threading.Thread(target=reader, daemon=True) for reader in readers]
        for thread in self._threads:
            thread.start()

    def _read_body(self) -> None:
        stdout = self._stdout()
        while stdout.readline().strip():
            pass  # the HTTP header
        self._read_all()

    def _read_all(self) -> None:
        stdout = self._stdout()
        while data := stdout.read1(65536):
            self._hash.update(data)
            self.received += len(data)

    def _stdout(self) -> Any:
        assert self.process.stdout is not None
        return self.process.stdout

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self._stderr = self.process.stderr.read()

    def finish(self, timeout: float) -> int:
        """Wait for the end; the exit status."""
        for thread in self._threads:
            thread.join(timeout)
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(timeout)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @property
    def stderr(self) -> str:
        return self._stderr.decode("utf-8", "replace")

    def alerts(self) -> list[str]:
        """All alerts the client saw or sent, but for the close_notify at the end."""
        return [a for a in self._find_alerts(self.stderr) if not _CLOSE_NOTIFY.search(a)]

    def clean_end(self) -> bool:
        """Whether the server ended the stream as TLS wants it."""
        return any(_CLOSE_NOTIFY.search(a) for a in self._find_alerts(self.stderr))

    def connects(self) -> Optional[int]:
        """How often the client connected, if it tells."""
        tells = re.findall(r"Connected to|CONNECTED\(", self.stderr)
        return len(tells) or None


def s_client(port: int, ca: Path, folder: Path) -> Client:
    """openssl s_client over TLS 1.3; its protocol trace goes to a file."""
    trace = folder / "s_client.trace"
    command = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{port}",
        "-servername",
        "localhost",
        "-CAfile",
        str(ca),
        "-verify_return_error",
        "-verify_hostname",
        "localhost",
        "-tls1_3",
        "-quiet",
        "-msg",
        "-msgfile",
        str(trace),
    ]

    def alerts(_stderr: str) -> list[str]:
        return [line for line in trace.read_text(errors="replace").splitlines() if "Alert" in line]

    request = b"GET /openssl-s_client HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return Client("openssl-s_client", command, request, alerts)


def curl(port: int, ca: Path) -> Client:
    """curl over TLS 1.2."""
    command = [
        "curl",
        "--silent",
        "--verbose",
        "--no-progress-meter",
        "--noproxy",
        "*",
        "--http1.1",
        "--tlsv1.2",
        "--tls-max",
        "1.2",
        "--cacert",
        str(ca),
        "--retry",
        "0",
        "--resolve",
        f"localhost:{port}:127.0.0.1",
        f"https://localhost:{port}/curl",
    ]

    def alerts(stderr: str) -> list[str]:
        return [line for line in stderr.splitlines() if "alert" in line.lower()]

    return Client("curl", command, b"", alerts)
