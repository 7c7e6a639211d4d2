# SPDX-License-Identifier: Apache-2.0
"""What an adapter is: tables of what a peer can do, and how one conversation with it is started and ended.

Most adapters drive a small program of ours (`ProgramPeer`, PROTOCOL.md); those for finished programs start one per
conversation and are sessions of their own. Nothing here knows our library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import ClassVar, Optional, Union
from urllib.parse import quote, unquote

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("S2N_PEER_CACHE", ROOT / "build" / "peers"))
TIMEOUT = 25.0

ECDHE_RSA = tuple(
    f"TLS_ECDHE_RSA_WITH_{rest}"
    for rest in (
        "AES_128_GCM_SHA256",
        "AES_256_GCM_SHA384",
        "CHACHA20_POLY1305_SHA256",
        "AES_128_CBC_SHA",
        "AES_256_CBC_SHA",
        "AES_128_CBC_SHA256",
        "AES_256_CBC_SHA384",
    )
)
ECDHE_ECDSA = tuple(name.replace("_RSA_", "_ECDSA_") for name in ECDHE_RSA)
RSA_KX = tuple(
    f"TLS_RSA_WITH_{rest}"
    for rest in (
        "AES_128_GCM_SHA256",
        "AES_256_GCM_SHA384",
        "AES_128_CBC_SHA",
        "AES_256_CBC_SHA",
        "AES_128_CBC_SHA256",
        "AES_256_CBC_SHA256",
    )
)
SUITES13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
SUITES12 = ECDHE_RSA + ECDHE_ECDSA + RSA_KX
GROUPS = ("x25519", "secp256r1", "secp384r1", "secp521r1")
CERTS = ("rsa2048", "rsa3072", "rsapss", "p256", "p384", "p521")
FEATURES = (
    "plain",
    "mutual_auth",
    "hello_retry",
    "resumption",
    "external_psk",
    "early_data",
    "key_update_ours",
    "key_update_theirs",
    "alpn",
    "large_records",
    "tiny_records",
    "close_ours",
    "close_theirs",
)


class PeerError(Exception):
    """The peer says that it failed, or does not say anything."""


# ---- tables ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """What a peer cannot do: a cell whose fields are all among those given here is impossible, for this reason."""

    why: str
    version: Union[str, Sequence[str]] = ()
    suite: Union[str, Sequence[str]] = ()
    group: Union[str, Sequence[str]] = ()
    cert: Union[str, Sequence[str]] = ()
    feature: Union[str, Sequence[str]] = ()

    def forbids(self, cell: object) -> bool:
        for name in ("version", "suite", "group", "cert", "feature"):
            wanted = getattr(self, name)
            if wanted and getattr(cell, name) not in ((wanted,) if isinstance(wanted, str) else wanted):
                return False
        return True


@dataclass(frozen=True)
class Table:
    """What a peer can do in one of its roles.

    suites and groups stand in the order in which the peer prefers them when it cannot be told to use a single one;
    `pins` names what it can be told: "version", "suite12", "suite13", "group". `app` is how data is exchanged:
    "duplex" (each side sends its own, see PROTOCOL.md), "echo" (a server that returns what it gets) or "http".
    """

    versions: Sequence[str] = ("1.2", "1.3")
    suites: Sequence[str] = SUITES13 + SUITES12
    groups: Sequence[str] = GROUPS
    certs: Sequence[str] = CERTS
    pins: frozenset[str] = frozenset({"version", "suite12", "suite13", "group"})
    shares: int = 1  # client, TLS 1.3: for how many of its groups, from the first, it sends key shares
    follows_client: bool = False  # server: takes the client's first suite and group rather than its own
    leaves: bool = False  # client: has to end every connection itself, since it does not answer a close_notify
    tells: frozenset[str] = frozenset()  # facts (PROTOCOL.md) that its answer must have; the others it may leave out
    answers_close: bool = True  # answers a close_notify with its own; else it just ends the TCP connection
    comes_back: bool = False  # client: breaks off when asked for a certificate, looks for one, and connects again
    needs_curve: bool = False  # server, TLS 1.2: has to list its certificate's curve, and takes the client's first group
    app: str = "duplex"
    rules: Sequence[Rule] = ()


# ---- one conversation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """One conversation, as the peer is told of it: the keys of PROTOCOL.md."""

    role: str
    version: str
    suite: str
    group: str = ""
    bait: str = ""
    also: str = ""
    port: int = 0
    cert: Optional[Path] = None
    key: Optional[Path] = None
    ca: Optional[Path] = None
    name: str = "localhost"
    auth: bool = False
    alpn: Sequence[str] = ()
    resume: bool = False
    early: int = 0
    psk: bytes = b""
    identity: str = ""
    psk_hash: str = ""
    key_update: bool = False
    chunk: int = 16384
    close: str = "us"
    send: Optional[Path] = None
    expect: Optional[Path] = None

    def line(self) -> str:
        words = []
        for key in fields(self):
            value = getattr(self, key.name)
            if value is None or value is False or value in ("", b"", 0, ()):
                continue
            if value is True:
                value = 1
            elif isinstance(value, bytes):
                value = value.hex()
            elif isinstance(value, (tuple, list)):
                value = ",".join(value)
            words.append(f"{key.name}={quote(str(value), safe='/:,+')}")
        return " ".join(words)


Answer = Mapping[str, str]


def parse(line: str) -> tuple[str, dict[str, str]]:
    """A program's line: its first word, and the others as a dictionary."""
    first, *rest = line.split(" ")
    return first, {key: unquote(value) for key, _, value in (word.partition("=") for word in rest if word)}


class Session(ABC):
    """One conversation that has been started. A server session listens on `port` already."""

    port = 0

    @abstractmethod
    def finish(self, timeout: float = TIMEOUT) -> Answer:
        """Wait for the peer's end of the conversation; what it says of it. Raises PeerError."""

    @abstractmethod
    def close(self) -> None:
        """End whatever is left of the conversation. May be called at any time, more than once."""

    @property
    def log(self) -> str:
        """What the peer printed."""
        return ""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


# ---- adapters ----------------------------------------------------------------------------------------------------------


class Peer(ABC):
    """An adapter. One object of each class exists, PEER in its module; it holds no conversation's state."""

    name: ClassVar[str]  # as in file names and cell names: lower case, no spaces
    title: ClassVar[str]  # for people
    programs: ClassVar[Mapping[str, str]] = {}  # programs that must be on the PATH -> Debian package
    pypi: ClassVar[Sequence[str]] = ()  # installed into the peers' own Python environment
    tables: ClassVar[Mapping[str, Table]] = {}  # by the PEER's role: "client", "server"

    def missing(self) -> str:
        """Why the peer cannot be had on this machine, or an empty string."""
        lacking = [program for program in self.programs if shutil.which(program) is None]
        return f"not on this machine: {', '.join(lacking)}" if lacking else ""

    def build(self) -> None:
        """Build what the peer needs, unless it is there. Raises PeerError."""

    @abstractmethod
    def version(self) -> str:
        """The version of the peer's library, as it says itself."""

    @abstractmethod
    def start(self, job: Job) -> Session:
        """Start one conversation."""

    def stop(self) -> None:
        """End programs that were kept for the next conversation."""


class ProgramPeer(Peer):
    """A peer that is a program of ours; see PROTOCOL.md. One process is kept per command line and thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    @abstractmethod
    def command(self, job: Job) -> list[str]:
        """The program to run for this job; jobs with equal commands share a process."""

    def environment(self, job: Job) -> dict[str, str]:
        return dict(os.environ)

    def start(self, job: Job) -> Session:
        command = self.command(job)
        program: Optional[Program] = getattr(self._local, "program", None)
        if program is None or program.command != command or not program.alive:
            if program is not None:
                program.kill()
            program = self._local.program = Program(command, self.environment(job))
        return _ProgramSession(program, job)

    def stop(self) -> None:
        program = getattr(self._local, "program", None)
        if program is not None:
            program.kill()
            self._local.program = None


class Program:
    """A running program whose output is collected line by line."""

    def __init__(self, command: Sequence[str], env: Optional[Mapping[str, str]] = None) -> None:
        self.command = list(command)
        self.errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=env
        )
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def heard(self) -> bool:
        """Whether it has said something that nobody has asked for yet, or has ended."""
        with self._changed:
            return bool(self._lines) or self._ended

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise PeerError(f"the program has ended with {self._process.poll()}") from None

    def hear(self, timeout: float) -> str:
        """The next line."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self._lines:
                left = deadline - time.monotonic()
                if self._ended:
                    raise PeerError(f"the program has ended with {self._process.wait()}")
                if left <= 0:
                    raise PeerError(f"the program is silent for {timeout:.0f} s")
                self._changed.wait(left)
            return self._lines.pop(0)

    def mark(self) -> int:
        """Where its error output ends now."""
        return os.fstat(self.errors.fileno()).st_size

    def errors_since(self, mark: int) -> str:
        return os.pread(self.errors.fileno(), 65536, mark).decode(errors="replace")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass


class _ProgramSession(Session):
    def __init__(self, program: Program, job: Job) -> None:
        self._program = program
        self._said: list[str] = []
        self._mark = program.mark()
        self._answered = False
        program.say(job.line())
        if job.role == "server":
            word, values = self._hear(TIMEOUT)
            if word == "listening":
                self.port = int(values["port"])
            else:
                self._answered = word == "done"
                raise PeerError(values.get("error", f"not understood: {self._said[-1]}"))

    def _hear(self, timeout: float) -> tuple[str, dict[str, str]]:
        self._said.append(self._program.hear(timeout))
        return parse(self._said[-1])

    def finish(self, timeout: float = TIMEOUT) -> Answer:
        word, values = self._hear(timeout)
        if word != "done":
            raise PeerError(f"not understood: {self._said[-1]}")
        self._answered = True
        if values.get("ok") != "1":
            raise PeerError(values.get("error", "no reason given"))
        return values

    def close(self) -> None:
        if not self._answered:
            self._program.kill()
            self._answered = True

    @property
    def log(self) -> str:
        return "\n".join([*self._said, self._program.errors_since(self._mark)]).strip()


# ---- building ----------------------------------------------------------------------------------------------------------


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """A short name for the contents of these files and texts."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


@dataclass
class Build:
    """A folder below the cache that is filled once per content of the sources."""

    name: str
    sources: Sequence[Path]
    extra: Sequence[str] = field(default=())

    @property
    def folder(self) -> Path:
        return CACHE / self.name / fingerprint(self.sources, *self.extra)

    def run(self, *commands: Sequence[str], env: Optional[Mapping[str, str]] = None, timeout: float = 1800) -> Path:
        """Run the commands in the folder unless that has been done; the folder. {out} stands for it in their words."""
        folder = self.folder
        if (folder / "done").exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for command in commands:
            words = [word.replace("{out}", str(folder)) for word in command]
            done = subprocess.run(
                words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
            )
            if done.returncode != 0:
                raise PeerError(f"{' '.join(words)}:\n{(done.stdout + done.stderr)[-4000:]}")
        (folder / "done").write_text("")
        return folder


def peers_python() -> Path:
    """The Python of the environment that peers written in Python live in; `pypi` of every adapter is installed there."""
    return CACHE / "venv" / "bin" / "python"
