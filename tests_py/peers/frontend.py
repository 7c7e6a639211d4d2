# SPDX-License-Identifier: Apache-2.0
"""What nginx and HAProxy have in common: a finished server that ends TLS, and behind it a plain backend in a thread.

A server lives for one conversation. Its port is kept free for it by a socket here that is bound to it and never
listens: both servers can share a port (SO_REUSEPORT).
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Optional

from peers.base import SUITES12, SUITES13, TIMEOUT, Answer, Job, PeerError, Session
from peers.pipes import listens

LIMIT = 20.0
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "secp384r1": "secp384r1", "secp521r1": "secp521r1"}


def openssl_suite(name: str) -> str:
    """OpenSSL's name of a suite: before TLS 1.3 they have names of their own."""
    if name in SUITES13:
        return name
    short = name.removeprefix("TLS_").replace("_POLY1305_SHA256", "_POLY1305").replace("_CBC", "")
    return short.replace("AES_", "AES").replace("_WITH_", "_").removeprefix("RSA_").replace("_", "-")


def openssl_groups(job: Job) -> str:
    """The one group. OpenSSL takes a client certificate in TLS 1.2 only if its curve is in the list, too: behind it."""
    others = [name for name in CURVES if job.auth and job.version == "1.2" and name != job.group]
    return ":".join(CURVES[name] for name in (job.group, *others))


SUITE_OF = {openssl_suite(name): name for name in (*SUITES13, *SUITES12)}


class Frontend(Session):
    """A server program of somebody else's for one conversation, and the backend thread behind it."""

    def __init__(self, job: Job) -> None:
        if job.send is None or job.expect is None or job.cert is None or job.key is None:
            raise PeerError("the job lacks files")
        self.job = job
        self.send = job.send.read_bytes()
        self.expect = job.expect.read_bytes()
        self.folder = Path(tempfile.mkdtemp(prefix="frontend-"))
        self.output = self.folder / "output"
        self._deadline = time.monotonic() + LIMIT
        self._error: Optional[BaseException] = None
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._kept = ""
        self._behind = socket.socket(socket.AF_UNIX)
        self._behind.bind(self.backend)
        self._behind.listen()
        self._thread = threading.Thread(target=self._guarded, daemon=True)
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self.port = self._reserved.getsockname()[1]
        try:
            with self.output.open("wb") as output:
                self._process = subprocess.Popen(
                    self.configure(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                )
            self.wait(lambda: listens(self.port), "listen")
        except BaseException:
            self.close()
            raise
        self._thread.start()

    # ---- what the two differ in -----------------------------------------------------------------------------------

    @abstractmethod
    def configure(self) -> list[str]:
        """Write the configuration; the command that listens on 127.0.0.1:`port` with it."""

    @abstractmethod
    def converse(self, connect: Callable[[], socket.socket]) -> None:
        """The backend: the whole conversation, over as many connections from the server program as it takes."""

    @abstractmethod
    def answer(self) -> Answer:
        """What the server program noted of the conversation. Called when the backend has ended."""

    # ---- a session ------------------------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        """The path of the Unix socket that the server program passes everything on to."""
        return str(self.folder / "backend")

    @property
    def left(self) -> float:
        """Seconds that the conversation may still take."""
        return max(self._deadline - time.monotonic(), 0.001)

    def _connect(self) -> socket.socket:
        self._behind.settimeout(self.left)
        try:
            sock = self._behind.accept()[0]
        except TimeoutError:
            raise PeerError("nothing comes through the server") from None
        sock.settimeout(self.left)
        return sock

    def _guarded(self) -> None:
        try:
            self.converse(self._connect)
        except BaseException as error:
            self._error = error

    def wait(self, happened: Callable[[], object], what: str) -> None:
        """Wait for what the server program does."""
        while not happened():
            if self._process is not None and self._process.poll() is not None:
                raise PeerError(f"the server has ended with {self._process.returncode}: {self.readable()[-1000:]}")
            if time.monotonic() > self._deadline:
                raise PeerError(f"the server does not {what}")
            time.sleep(0.003)

    def said(self, pattern: str, times: int) -> list[str]:
        """What a regular expression finds in the server program's output, as soon as it is so many times."""
        wanted = re.compile(pattern, re.M)
        found: list[str] = []

        def search() -> bool:
            found[:] = wanted.findall(self.output.read_text(errors="replace"))
            return len(found) >= times

        self.wait(search, f"say {pattern!r} {times} times")
        return found

    def finish(self, timeout: float = TIMEOUT) -> Answer:
        self._deadline = min(self._deadline, time.monotonic() + timeout)
        self.wait(lambda: not self._thread.is_alive(), "come to an end")
        if self._error is not None:
            raise PeerError(f"{type(self._error).__name__}: {self._error}") from self._error
        return self.answer()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._reserved.close()
        if self._thread.is_alive():
            with socket.socket(socket.AF_UNIX) as nobody:  # wakes a backend that waits for a connection
                nobody.connect(self.backend)
            self._thread.join(5)
        self._behind.close()
        if self.folder.exists():
            self._kept = self.readable()
            shutil.rmtree(self.folder, ignore_errors=True)

    def readable(self) -> str:
        """The part of the server program's output that is worth keeping."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def log(self) -> str:
        return self._kept or self.readable()


def first_difference(got: bytes, wanted: bytes, offset: int = 0) -> None:
    """Complain unless both are equal."""
    if got != wanted:
        common = min(len(got), len(wanted))
        wrong = next((at for at in range(common) if got[at] != wanted[at]), common)
        raise PeerError(f"wrong byte at {offset + wrong}" if wrong < common else f"{len(got)} bytes, not {len(wanted)}")
