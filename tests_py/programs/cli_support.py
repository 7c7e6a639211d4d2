# SPDX-License-Identifier: Apache-2.0
"""Helpers for the tests of the programs: running them, a small PKI made by the openssl program, a TCP relay."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT = 20.0
TLS13 = "default_tls13"
TLS12 = "ELBSecurityPolicy-TLS-1-2-2017-01"
S_VERSION = {TLS13: "-tls1_3", TLS12: "-tls1_2"}
ROOT = Path(__file__).resolve().parents[2]


def find_program(name: str) -> str:
    """The path of s2nc or s2nd: S2N_BIN_DIR, or where the build (S2N_BUILD_DIR) puts it."""
    given = os.environ.get("S2N_BIN_DIR")
    build = Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build/release"))
    places = [Path(given)] if given else [build / "bin", build]
    for place in places:
        if (place / name).is_file():
            return str(place / name)
    raise FileNotFoundError(f"{name} not found in {places}; build it or set S2N_BIN_DIR")


class Process:
    """A running program whose two output streams are collected by threads."""

    def __init__(self, *argv: str, stdin: int | None = subprocess.PIPE) -> None:
        env = {**os.environ, "S2N_DONT_MLOCK": "1"}
        self.argv = argv
        self.popen = subprocess.Popen(
            argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, bufsize=0
        )
        self.out = bytearray()
        self.err = bytearray()
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._collect, args=(self.popen.stdout, self.out), daemon=True),
            threading.Thread(target=self._collect, args=(self.popen.stderr, self.err), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _collect(self, stream, into: bytearray) -> None:
        while chunk := stream.read(65536):
            with self._changed:
                into += chunk
                self._changed.notify_all()

    def wait_for(self, pattern: str) -> re.Match[bytes]:
        """Waits until stdout matches pattern."""
        return self._wait(self.out, pattern)

    def wait_for_error(self, pattern: str) -> re.Match[bytes]:
        """Waits until stderr matches pattern."""
        return self._wait(self.err, pattern)

    def _wait(self, buffer: bytearray, pattern: str) -> re.Match[bytes]:
        expression = re.compile(pattern.encode(), re.MULTILINE)
        end = time.monotonic() + TIMEOUT
        with self._changed:
            while not (match := expression.search(bytes(buffer))):
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(min(left, 0.2)) and self._gone():
                    match = expression.search(bytes(buffer))
                    break
        assert match, f"{pattern!r} not seen from {self.argv}\nstdout: {self.stdout}\nstderr: {self.stderr}"
        return match

    def _gone(self) -> bool:
        return self.popen.poll() is not None and not any(t.is_alive() for t in self._threads)

    def send(self, data: bytes) -> None:
        """Writes to stdin, in full."""
        view = memoryview(data)
        while view:
            view = view[self.popen.stdin.write(view) :]

    def end_input(self) -> None:
        self.popen.stdin.close()

    def finish(self) -> int:
        """Waits for the end and returns the exit code."""
        code = self.popen.wait(TIMEOUT)
        for thread in self._threads:
            thread.join(TIMEOUT)
        return code

    def kill(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        for thread in self._threads:
            thread.join(TIMEOUT)
        for stream in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if stream is not None:
                stream.close()

    @property
    def stdout(self) -> str:
        return self.out.decode(errors="replace")

    @property
    def stderr(self) -> str:
        return self.err.decode(errors="replace")

    @property
    def port(self) -> str:
        """The port of a server that was started with port 0."""
        return self.wait_for(r"^(?:Listening on|ACCEPT) \S*:(\d+)").group(1).decode()


def run_openssl(*argv: str, cwd: Path) -> None:
    subprocess.run(["openssl", *argv], cwd=cwd, check=True, capture_output=True)


@dataclass
class Pki:
    """Certificates made for one test session; every path is a string, ready for a command line."""

    folder: Path

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def make_ca(self, name: str) -> None:
        run_openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30",
            "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}",
            cwd=self.folder,
        )  # fmt: skip

    def make_leaf(self, name: str, ca: str, dns: str, kind: str) -> None:
        """A leaf certificate for one DNS name; kind is what `openssl req -newkey` takes."""
        options = ["-pkeyopt", "ec_paramgen_curve:prime256v1"] if kind == "ec" else []
        run_openssl(
            "req", "-new", "-newkey", kind, *options, "-nodes",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={dns}",
            cwd=self.folder,
        )  # fmt: skip
        (self.folder / f"{name}.ext").write_text(
            f"subjectAltName=DNS:{dns}\nkeyUsage=digitalSignature,keyEncipherment\n"
            "extendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n"
        )
        run_openssl(
            "x509", "-req", "-sha256", "-days", "30", "-in", f"{name}.csr", "-CA", f"{ca}.crt",
            "-CAkey", f"{ca}.key", "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.crt",
            cwd=self.folder,
        )  # fmt: skip

    def pair(self, name: str) -> list[str]:
        return ["--cert", self.path(f"{name}.crt"), "--key", self.path(f"{name}.key")]


def make_pki(folder: Path) -> Pki:
    assert shutil.which("openssl"), "these tests need the openssl program"
    pki = Pki(folder)
    pki.make_ca("ca")
    pki.make_ca("other-ca")
    pki.make_leaf("rsa", "ca", "localhost", "rsa:2048")
    pki.make_leaf("ec", "ca", "localhost", "ec")
    pki.make_leaf("client", "ca", "somebody", "rsa:2048")
    pki.make_leaf("stranger", "other-ca", "somebody", "rsa:2048")
    pki.make_leaf("elsewhere", "ca", "elsewhere.example", "rsa:2048")
    return pki


@dataclass
class Relay:
    """A TCP relay in front of a server: records the client's bytes, and can cut the connection."""

    target: int
    from_client: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = str(self.listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        client, _ = self.listener.accept()
        server = socket.create_connection(("localhost", self.target))
        self._sockets = [client, server]
        back = threading.Thread(target=self._copy, args=(server, client, None), daemon=True)
        back.start()
        self._copy(client, server, self.from_client)
        back.join()

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket, record: bytearray | None) -> None:
        try:
            while data := source.recv(65536):
                if record is not None:
                    record += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def inject(self, data: bytes) -> None:
        """Sends bytes to the server that the client never sent."""
        self._sockets[1].sendall(data)

    def cut(self) -> None:
        """Ends the stream towards both sides, without any TLS goodbye."""
        for s in self._sockets:
            try:
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def close(self) -> None:
        self.listener.close()
        self._thread.join(TIMEOUT)
        for s in self._sockets:
            s.close()

    def record_lengths(self, content_type: int) -> list[int]:
        """Payload lengths of the client's records of one type."""
        lengths, at = [], 0
        while at + 5 <= len(self.from_client):
            length = int.from_bytes(self.from_client[at + 3 : at + 5], "big")
            if self.from_client[at] == content_type:
                lengths.append(length)
            at += 5 + length
        return lengths


class Programs:
    """Starts programs and ends whatever a test leaves running."""

    def __init__(self) -> None:
        self.started: list[Process] = []

    def start(self, *argv: str, stdin: int | None = subprocess.PIPE) -> Process:
        process = Process(*argv, stdin=stdin)
        self.started.append(process)
        return process

    def s2nd(self, *options: str) -> Process:
        return self.start(find_program("s2nd"), *options, "localhost", "0")

    def s2nc(self, port: str, *options: str, host: str = "localhost", stdin: int | None = subprocess.PIPE) -> Process:
        return self.start(find_program("s2nc"), *options, host, port, stdin=stdin)

    def s_server(self, pki: Pki, *options: str, cert: str = "rsa") -> Process:
        return self.start(
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", pki.path(f"{cert}.crt"),
            "-key", pki.path(f"{cert}.key"), *options,
        )  # fmt: skip

    def s_client(self, port: str, *options: str) -> Process:
        return self.start("openssl", "s_client", "-connect", f"localhost:{port}", "-servername", "localhost", *options)


def assert_clean(*processes: Process) -> None:
    """Success is exit code 0 and nothing on stderr."""
    for process in processes:
        code = process.finish()
        assert (code, process.stderr) == (0, ""), f"{process.argv}\n{process.stdout}\n{process.stderr}"


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as s:
        return str(s.getsockname()[1])
