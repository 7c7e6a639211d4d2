# SPDX-License-Identifier: Apache-2.0
"""The round trip: a connection handshaken in one language is serialized, continued in another one, and comes back. Its
peer, Python's ssl module on OpenSSL, sees one unbroken stream. All ordered pairs of languages, Python's own package
among them; TLS 1.3 and 1.2; client and server. The workers: bindings/tests/PROTOCOL.md.

A language that is not built is a failure, not a skip: `./dev test` builds them all.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest

HERE = Path(__file__).resolve().parent
BINDINGS = HERE.parents[1] / "bindings"
BUILT = Path(os.environ.get("S2N_BINDINGS_DIR", HERE.parents[1] / "build/release/bindings")).resolve()

LANGUAGES = {
    name: [word.format(built=BUILT, bindings=BINDINGS) for word in entry["worker"]]
    for name, entry in json.loads((BINDINGS / "tests/languages.json").read_text(encoding="utf-8")).items()
}
LANGUAGES["python"] = [sys.executable, str(HERE / "python_worker.py")]
ONLY = os.environ.get("S2N_BINDINGS_ONLY", "").split()  # for work on one language
NAMES = [name for name in sorted(LANGUAGES) if not ONLY or name in [*ONLY, "python"]]

VERSIONS = {"1.2": (ssl.TLSVersion.TLSv1_2, 33), "1.3": (ssl.TLSVersion.TLSv1_3, 34)}
CASES = [(version, role) for version in VERSIONS for role in ("client", "server")]
ALL_BYTES = bytes(range(256)) * 3
LONG = bytes((i * 7 + i // 251) & 255 for i in range(40_000))
TIMEOUT = 30.0


class Failure(Exception):
    """An answer that begins with "error"."""


class Worker:
    """A process that speaks the protocol."""

    def __init__(self, language: str, sockets: list[socket.socket]) -> None:
        descriptors = [sock.fileno() for sock in sockets]
        self.language = language
        self._process = subprocess.Popen(
            [*LANGUAGES[language], str(descriptors[0])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=descriptors,
            text=True,
        )

    def ask(self, *words: object) -> str:
        """One command; the value of its answer."""
        assert self._process.stdin and self._process.stdout
        watch = threading.Timer(TIMEOUT, self._process.kill)
        watch.start()
        try:
            self._process.stdin.write(" ".join(map(str, words)) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        assert line, f"the {self.language} worker died at {words[0]}, status {self._process.wait(TIMEOUT)}"
        kind, _, value = line.strip().partition(" ")
        if kind == "error":
            raise Failure(f"{self.language} {words[0]}: {value}")
        assert kind == "ok", line
        return value

    def send(self, data: bytes) -> None:
        assert self.ask("SEND", data.hex() or "-") == ""

    def receive(self, size: int) -> bytes:
        return from_hex(self.ask("RECV", size))

    def end(self) -> int:
        try:
            self.ask("QUIT")
            return self._process.wait(TIMEOUT)
        finally:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()


def from_hex(text: str) -> bytes:
    return b"" if text == "-" else bytes.fromhex(text)


class Peer:
    """OpenSSL at the other end. Remembers all that it has received."""

    def __init__(self, sock: socket.socket, pki, version: str, server_side: bool) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = VERSIONS[version][0]
        if server_side:
            context.load_cert_chain(pki.server().cert_path, pki.server().key_path)
        else:
            context.load_verify_locations(pki.ca_path)
        sock.settimeout(TIMEOUT)
        self._problem: Optional[BaseException] = None
        self._tls = context.wrap_socket(
            sock,
            server_side=server_side,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=False,
            server_hostname=None if server_side else "localhost",
        )
        self.received = b""
        self._thread = threading.Thread(target=self._shake, daemon=True)
        self._thread.start()

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except BaseException as problem:  # raised again where somebody waits for it
            self._problem = problem

    def connected(self) -> None:
        self._thread.join(TIMEOUT)
        assert not self._thread.is_alive()
        if self._problem:
            raise self._problem

    def send(self, data: bytes) -> None:
        self._tls.sendall(data)

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._tls.recv(size - len(data))
            if not more:
                break
            data += more
        self.received += data
        return data

    def at_end(self) -> bool:
        """Whether the stream ended as TLS says it should: an end without close_notify raises."""
        return self._tls.recv(1) == b""

    def close(self) -> None:
        self._tls.close()


class Room:
    """One worker per language, all of which have inherited the same sockets; a fresh pair of sockets for each case."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}
        pairs = [socket.socketpair() for _ in range(len(NAMES) ** 2 * len(CASES) + len(NAMES))]
        self._sockets = [ours for ours, _ in pairs]
        self._fresh = pairs

    def sockets(self) -> tuple[socket.socket, socket.socket]:
        return self._fresh.pop()

    def worker(self, language: str, sock: socket.socket) -> Worker:
        worker = self._workers.get(language)
        if worker is None:
            worker = self._workers[language] = Worker(language, [s for s in self._sockets if s.fileno() >= 0])
        try:
            worker.ask("SOCKET", sock.fileno())
        except AssertionError:
            del self._workers[language]
            raise
        return worker

    def close(self) -> None:
        try:
            for worker in self._workers.values():
                assert worker.end() == 0, worker.language
        finally:
            for ours, theirs in self._fresh:
                theirs.close()
            for ours in self._sockets:
                ours.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.close()


def handshake(worker: Worker, theirs: socket.socket, pki, version: str, role: str) -> Peer:
    peer = Peer(theirs, pki, version, server_side=role == "client")
    leaf = pki.server()
    files = (leaf.cert_path, leaf.key_path) if role == "server" else (pki.ca_path, "-")
    worker.ask("HANDSHAKE", role, "default_tls13", *files)
    peer.connected()
    return peer


def exchange(worker: Worker, peer: Peer, to_peer: bytes, to_worker: bytes) -> None:
    worker.send(to_peer)
    assert peer.receive(len(to_peer)) == to_peer
    peer.send(to_worker)
    assert worker.receive(len(to_worker)) == to_worker


@pytest.mark.parametrize("version,role", CASES)
@pytest.mark.parametrize("second", NAMES)
@pytest.mark.parametrize("first", NAMES)
def test_there_and_back(room: Room, pki, first: str, second: str, version: str, role: str) -> None:
    ours, theirs = room.sockets()
    here = room.worker(first, ours)
    # The same language twice is another process too.
    there = Worker(second, [ours]) if first == second else room.worker(second, ours)
    peer = handshake(here, theirs, pki, version, role)
    try:
        exchange(here, peer, b"from " + first.encode(), ALL_BYTES)
        info = here.ask("INFO")
        assert int(info.split()[0]) == VERSIONS[version][1]
        blob = here.ask("SERIALIZE")
        peer.send(b"while nobody has it")

        there.ask("DESERIALIZE", role, blob)
        assert there.ask("SERIALIZE") == blob, "the state is the same, byte for byte"
        there.ask("DESERIALIZE", role, blob)
        assert there.ask("INFO") == info
        assert there.receive(19) == b"while nobody has it"
        exchange(there, peer, ALL_BYTES, LONG)
        exchange(there, peer, LONG, b"\0")
        blob = there.ask("SERIALIZE")

        here.ask("DESERIALIZE", role, blob)
        exchange(here, peer, b"back in " + first.encode(), b"welcome")
        here.ask("SHUTDOWN")
        assert peer.at_end()
        assert peer.received == b"from " + first.encode() + ALL_BYTES + LONG + b"back in " + first.encode()
        here.ask("CLOSE")
    finally:
        peer.close()
        if first == second:
            assert there.end() == 0


@pytest.mark.parametrize("language", NAMES)
def test_mistakes_have_names_and_the_worker_lives(room: Room, pki, language: str) -> None:
    ours, theirs = room.sockets()
    worker = room.worker(language, ours)
    with pytest.raises(Failure, match="S2N_SCRIPT_STATE no connection"):
        worker.ask("SERIALIZE")
    with pytest.raises(Failure, match="S2N_SCRIPT_CLOSED"):
        worker.ask("BAD", "closed")
    with pytest.raises(Failure, match="S2N_ERR_INVALID_SERIALIZED_CONNECTION"):
        worker.ask("BAD", "blob")
    with pytest.raises(Failure, match="S2N_ERR_INVALID_SECURITY_POLICY"):
        worker.ask("HANDSHAKE", "client", "no_such_policy", pki.ca_path, "-")
    peer = handshake(worker, theirs, pki, "1.3", "client")
    exchange(worker, peer, b"still", b"alive")
    peer.close()
