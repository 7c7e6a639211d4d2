# SPDX-License-Identifier: Apache-2.0
"""A rolling upgrade, simulated: a fleet of processes behind one listener, clients that never stop, and new releases.

The fleet is one listening socket and a few workers (fleet_worker.py), each of a release of its own. To upgrade a worker
another one is started, takes all its connections over in the middle of what they do, and only then the old one ends.
Clients are Python's own ssl; each sends numbered blocks, checks what comes back, and reports the moment that anything is
wrong. docs/guide/serialization.md says in which order to roll; here is what happens when one does, and when one does not.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from matrix.world import World

TIMEOUT = 20.0
WORKER = Path(__file__).resolve().parent / "fleet_worker.py"


@dataclass(frozen=True)
class Version:
    """A release as the fleet sees it: a Python that has it, the formats that it reads, the one that it writes. `release`
    is what its workers must say they are; as it is, this library may be any."""

    name: str
    python: str
    reads: tuple[int, ...] = (1,)
    writes: int = 1
    release: str = ""


class Worker:
    """The supervisor's side of a worker."""

    def __init__(self, version: Version, key: bytes, world: World, policy: str) -> None:
        self.version = version
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(TIMEOUT)
        cert, private = world.leaf("server", "p256")
        reads = ",".join(map(str, version.reads))
        command = [version.python, str(WORKER), str(there.fileno()), key.hex(), reads, str(version.writes)]
        self._process = subprocess.Popen([*command, policy, str(cert), str(private)], pass_fds=[there.fileno()])
        there.close()

    def say(self, op: str, sock: Optional[socket.socket] = None, **words: object) -> None:
        message = json.dumps({"op": op, **words}).encode()
        socket.send_fds(self.control, [message], [sock.fileno()] if sock is not None else [])

    def expect(self, word: str) -> object:
        """What it says of this; clients that it could not shake hands with come first."""
        while word not in (said := self.hear()):
            if "no_handshake" not in said:
                raise RuntimeError(f"the worker of {self.version.name} says {said}")
        return said[word]

    def hear(self) -> dict[str, object]:
        data = self.control.recv(4096)
        if not data:
            raise RuntimeError(f"the worker of {self.version.name} has ended with {self._process.wait()}")
        return dict(json.loads(data))

    def check(self) -> None:
        """Whether it is of the release that it should be."""
        self.say("name")
        found = self.hear().get("release")
        if self.version.release and found != self.version.release:
            raise RuntimeError(f"a worker is of release {found}, not {self.version.release}")

    def close(self) -> None:
        self.control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Fleet:
    """One listener, and workers that can be replaced one by one."""

    def __init__(self, world: World, versions: Sequence[Version], policy: str = "default_tls13") -> None:
        self._world, self._policy = world, policy
        self._key = os.urandom(32)
        self.workers = [self._worker(version) for version in versions]
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _worker(self, version: Version) -> Worker:
        return Worker(version, self._key, self._world, self._policy)

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            with sock, self._lock:
                self.workers[next(self._turn) % len(self.workers)].say("accept", sock)

    def upgrade(self, slot: int, version: Version) -> tuple[int, list[str]]:
        """Replace one worker; how many connections it gave, and with what errors the new one refused any."""
        with self._lock:  # nobody is sent to a worker that is about to go
            old, new = self.workers[slot], self._worker(version)
            here, there = socket.socketpair()
            with here, there:
                new.say("receive", there)
                old.say("give", here)
            given = int(str(old.expect("given")))
            refused = []
            while not (said := new.hear()).get("taken_all"):
                refused.append(str(said["refused"]))
            self.workers[slot] = new
        old.close()
        return given, refused

    def write(self, format: int) -> None:
        """All workers write this format from now on."""
        for worker in self.workers:
            worker.say("write", format=format)
            worker.hear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for worker in self.workers:
            worker.close()


@dataclass
class Client:
    """A client that streams until it is told to stop. `blocks` counts what came back right; `failure` says what did not."""

    port: int
    ca: Path
    version: ssl.TLSVersion
    blocks: int = 0
    failure: str = ""
    connected: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: Optional[threading.Thread] = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.minimum_version = context.maximum_version = self.version
            with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as sock:
                with context.wrap_socket(sock, server_hostname="localhost") as tls:
                    self.connected.set()
                    while not self._stop.is_set():
                        self._exchange(tls)
        except (OSError, ValueError) as error:
            self.failure = f"{type(error).__name__}: {error}"
            self.connected.set()

    def _exchange(self, tls: ssl.SSLSocket) -> None:
        block = b"%08d " % self.blocks * 2000
        tls.sendall(block)
        back = b""
        while len(back) < len(block):
            more = tls.recv(65536)
            if not more:
                raise ValueError("the server has closed")
            back += more
        if back != block:
            raise ValueError(f"block {self.blocks} came back wrong")
        self.blocks += 1

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT)
            if self._thread.is_alive():
                self.failure = self.failure or "still waiting for the server"


@contextlib.contextmanager
def streaming(fleet: Fleet, world: World, count: int) -> Iterator[list[Client]]:
    """Clients that stream, of both protocol versions in turn, all of them connected."""
    kinds = itertools.cycle((ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2))
    clients = [Client(fleet.port, world.ca, kind) for kind, _ in zip(kinds, range(count))]
    for client in clients:
        client.start()
    try:
        for client in clients:
            client.connected.wait(TIMEOUT)
        yield clients
    finally:
        for client in clients:
            client.stop()


def progress(clients: Sequence[Client], blocks: int = 3) -> None:
    """Wait until each client that has not failed has had some more blocks back."""
    deadline = time.monotonic() + TIMEOUT
    for client in clients:
        goal = client.blocks + blocks
        while not client.failure and client.blocks < goal:
            if time.monotonic() > deadline:
                raise TimeoutError(f"a client is stuck at block {client.blocks}")
            time.sleep(0.002)


# ---- the scenarios -----------------------------------------------------------------------------------------------------


Waves = Sequence[tuple[Version, Optional[int]]]


def rolled(world: World, waves: Waves, workers: int = 3, clients: int = 6) -> list[str]:
    """Roll a fleet through these versions, worker after worker; a number behind one is the format that all of them write
    once the wave is through. What went wrong, one line each; an empty list when nobody noticed. New clients must be
    served in the end, whatever happened."""
    (first, _writes), *others = waves
    fleet = Fleet(world, [first] * workers)
    troubles = []
    try:
        with streaming(fleet, world, clients) as crowd:
            progress(crowd)
            for version, writes in others:
                moved = 0
                for slot in range(workers):
                    given, refused = fleet.upgrade(slot, version)
                    moved += given
                    troubles += [f"{version.name} refuses: {error}" for error in refused]
                    progress(crowd)
                if moved != clients:
                    raise RuntimeError(f"{moved} connections went to {version.name}, not {clients}")
                if writes is not None:
                    fleet.write(writes)
            progress(crowd)
        troubles += [f"lost: {client.failure}" for client in crowd if client.failure]
        for worker in fleet.workers:
            worker.check()
        with streaming(fleet, world, workers) as newcomers:
            progress(newcomers)
        troubles += [f"a new client is not served: {client.failure}" for client in newcomers if client.failure]
    finally:
        fleet.close()
    return troubles


def scenarios(released: Sequence[Version], now: Version) -> Iterator[tuple[str, Waves, bool]]:
    """Name, waves, and whether the order is the documented one."""
    future = dataclasses.replace(now, name="next", reads=(1, 2))
    for old in released:
        yield f"{old.name}-now", [(old, None), (now, None)], True
        yield f"{old.name}-now-next", [(old, None), (now, None), (future, 2), (future, None)], True
        yield f"now-{old.name}", [(now, None), (old, None)], True
        yield f"next-{old.name}-writers-first", [(dataclasses.replace(future, writes=2), None), (old, None)], False
    yield "now-next", [(now, None), (future, 2), (future, None)], True
    yield "now-next-now", [(now, None), (future, 2), (future, 1), (now, None)], True
    yield "next-now-writers-first", [(dataclasses.replace(future, writes=2), None), (now, None)], False
    yield "now-next-now-writers-last", [(now, None), (future, 2), (now, None)], False


def judge(troubles: Sequence[str], documented: bool, clients: int = 6) -> str:
    """Why this is not what the documentation says, or nothing."""
    refused = [line for line in troubles if line.endswith(" refuses: S2N_ERR_INVALID_SERIALIZED_CONNECTION")]
    lost = [line for line in troubles if line.startswith("lost: ")]
    if documented:
        return "; ".join(troubles)
    if len(refused) + len(lost) != len(troubles):
        return "; ".join(line for line in troubles if line not in refused + lost)
    if len(lost) != clients or len(refused) != clients:
        return f"{len(refused)} connections refused and {len(lost)} clients lost, not {clients}"
    return ""
