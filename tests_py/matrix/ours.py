# SPDX-License-Identifier: Apache-2.0
"""Our side of a conversation: the handshake in this process, then a list of steps that can go on in another one.

A step is a small tuple of strings and numbers, so that what is left to do travels with the connection: at ("hop",) the
connection is handed to the other process of the pair, which carries on with the rest, in the middle of a transfer and
with whatever is under way. The peer must not notice. Used by lane.py (this process) and hop.py (the other one).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from s2n_tls import Config, ConnectionClosed, TLSSocket
from s2n_tls.handoff import receive_connection, send_connection

TIMEOUT = 20.0
STILL = b"S"  # the connection comes back, with steps left
DONE = b"D"  # it does not: the length of a report follows, and the report
PAGE = b'<!doctype html><link rel="icon" href="data:,"><title>matrix</title>'
_SIZE = struct.Struct(">I")

Step = Sequence[Any]


class Wrong(Exception):
    """The conversation did not go as it should."""


class Files:
    """What we send and what must come, in memory."""

    def __init__(self, send: Path, expect: Path) -> None:
        self.send = memoryview(send.read_bytes())
        self.expect = memoryview(expect.read_bytes())


@dataclass
class Story:
    """What happened to a connection, over all processes that had it."""

    hops: int = 0
    sent: int = 0  # KeyUpdates
    received: int = 0
    processes: list[int] = field(default_factory=list)

    def leave(self, tls: TLSSocket) -> None:
        """This process is done with the connection."""
        sent, received = tls.buffer.connection.key_updates
        self.sent, self.received = self.sent + sent, self.received + received
        self.processes.append(os.getpid())


class Conversation:
    """A connection that walks through steps. Bytes of HTTP heads that were read too far stay in `ahead`."""

    def __init__(self, tls: TLSSocket, files: Files) -> None:
        self.tls = tls
        self.files = files
        self.ahead = b""
        self.story = Story()

    def walk(self, steps: list[Step]) -> list[Step]:
        """Do the steps up to the first hop; what is left behind it. An empty list: all was done."""
        while steps:
            word, *rest = steps.pop(0)
            if word == "hop":
                self.story.leave(self.tls)
                return steps
            if word.startswith("close"):
                self.story.leave(self.tls)
            getattr(self, f"_{word}")(*rest)
        return steps

    # ---- steps of the plain conversation ---------------------------------------------------------------------------

    def _send(self, start: int, end: int, chunk: int, tiny: int = 0) -> None:
        """The part of our file; its first `tiny` bytes in records of one byte each."""
        data = self.files.send
        for at in range(start, min(start + tiny, end)):
            self.tls.sendall(data[at : at + 1])
        for at in range(min(start + tiny, end), end, chunk):
            self.tls.sendall(data[at : min(at + chunk, end)])

    def _recv(self, start: int, end: int) -> None:
        self._compare(self.files.expect, start, end)

    def _echo(self, start: int, end: int, chunk: int) -> None:
        """Our own file comes back, a chunk at a time so that neither side's buffers fill up."""
        for at in range(start, end, chunk):
            stop = min(at + chunk, end)
            self.tls.sendall(self.files.send[at:stop])
            self._compare(self.files.send, at, stop)

    def _back(self, start: int, end: int) -> None:
        """What an echo owes us."""
        self._compare(self.files.send, start, end)

    def _update(self) -> None:
        self.tls.request_key_update()

    def _compare(self, expected: memoryview, start: int, end: int) -> None:
        at = start
        room = memoryview(bytearray(65536))
        while at < end:
            if self.ahead:
                count = min(len(self.ahead), end - at)
                room[:count], self.ahead = self.ahead[:count], self.ahead[count:]
            else:
                count = self.tls.recv_into(room[: min(len(room), end - at)])
            if not count:
                raise Wrong(f"the peer ended its stream at {at} of {end} bytes")
            if room[:count] != expected[at : at + count]:
                first = next(i for i in range(count) if room[i] != expected[at + i])
                raise Wrong(f"wrong byte at {at + first}")
            at += count

    # ---- the end ---------------------------------------------------------------------------------------------------

    def _close_first(self, answered: bool) -> None:
        """`answered`: the peer owes us its own close_notify, and not only the end of the TCP connection."""
        try:
            if self.tls.version == "TLSv1.3":
                self.tls.shutdown_write()
                self._expect_end()
                self.tls.close()
            else:  # one close_notify ends both directions (RFC 5246 7.2.1): wait for the answer to it
                self.tls.unwrap().close()
        except (ConnectionClosed, ConnectionResetError, BrokenPipeError):
            if answered:
                raise
            self.tls.close()

    def _close_second(self) -> None:
        self._expect_end()
        self.tls.close()

    def _expect_end(self) -> None:
        extra = self.ahead or self.tls.recv(64)
        if extra:
            raise Wrong(f"{len(extra)} bytes after the end: {bytes(extra)!r}")

    # ---- HTTP/1.1, as much as the peers that speak it need --------------------------------------------------------------

    def _put(self, close: bool) -> None:
        """The head of our request."""
        self.tls.sendall(put_head(len(self.files.send), close))

    def _answered(self) -> None:
        """The head of the peer's answer."""
        head = self._head()
        if " 200 " not in head[0] + " " and " 201 " not in head[0] + " ":
            raise Wrong(f"the server answers {head[0]!r}")
        self._length(head, len(self.files.expect))

    def _requested(self) -> None:
        """The head of the peer's request."""
        head = self._head()
        if head[0].startswith("GET "):  # a browser, which wants the page first that will ask for the rest
            self._say(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}")
            self.tls.sendall(PAGE)
            head = self._head()
        if not head[0].startswith("PUT /data "):
            raise Wrong(f"the client asks {head[0]!r}")
        self._length(head, len(self.files.expect))
        if any(line.lower().startswith("expect: 100") for line in head):
            self._say("HTTP/1.1 100 Continue")

    def _answer(self, close: bool) -> None:
        kept = "close" if close else "keep-alive"
        self._say(f"HTTP/1.1 200 OK\r\nContent-Length: {len(self.files.send)}\r\nConnection: {kept}")

    def _say(self, head: str) -> None:
        self.tls.sendall(head.encode() + b"\r\n\r\n")

    def _head(self) -> list[str]:
        while b"\r\n\r\n" not in self.ahead:
            more = self.tls.recv(4096)
            if not more or len(self.ahead) > 65536:
                raise Wrong(f"no HTTP head: {bytes(self.ahead[:200])!r}")
            self.ahead += more
        head, self.ahead = self.ahead.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n")

    @staticmethod
    def _length(head: list[str], wanted: int) -> None:
        lengths = [line.split(":", 1)[1].strip() for line in head if line.lower().startswith("content-length:")]
        if lengths != [str(wanted)]:
            raise Wrong(f"Content-Length is {lengths}, not {wanted}")


def put_head(size: int, close: bool = False) -> bytes:
    """The head of our HTTP request."""
    kept = "close" if close else "keep-alive"
    return f"PUT /data HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\nConnection: {kept}\r\n\r\n".encode()


# ---- which steps -----------------------------------------------------------------------------------------------------


def steps_of(
    app: str,
    role: str,
    size: int,
    *,
    chunk: int = 4096,
    tiny: int = 0,
    early: int = 0,
    update: bool = False,
    close_first: bool = True,
    answered: bool = True,
) -> list[Step]:
    """The steps of a whole conversation; `early` bytes of the client's file are through. The hops are where the peer is
    in the middle of writing, so that records are under way."""
    half, quarter = size // 2, size // 4
    close: Step = ("close_first", answered) if close_first else ("close_second",)
    ask: list[Step] = [("update",)] if update else []
    if app == "echo":
        there, back = ("send", half, half + chunk, chunk), ("back", half, half + chunk)
        rest: Step = ("echo", half + chunk, size, chunk)
        return [*ask, ("echo", 0, half, chunk), there, ("hop",), back, *ask, rest, close]
    if app == "http" and role == "client":
        put: list[Step] = [] if early else [("put", not close_first)]  # the head goes with the early data
        up: list[Step] = [*put, *ask, ("send", early, half, chunk, tiny), ("hop",)]
        down: list[Step] = [("answered",), ("recv", 0, half), ("hop",), ("recv", half, size), close]
        return [*up, *ask, ("send", half, size, chunk, tiny), *down]
    if app == "http":
        up = [("requested",), ("recv", 0, half), ("hop",), ("recv", half, size), ("answer", close_first), *ask]
        return [*up, ("send", 0, half, chunk, tiny), ("hop",), *ask, ("send", half, size, chunk, tiny), close]
    if role == "client":
        first: list[Step] = [*ask, ("send", early, half, chunk, tiny), ("recv", 0, quarter), ("hop",)]
        return [*first, ("recv", quarter, half), *ask, ("send", half, size, chunk, tiny), ("recv", half, size), close]
    first = [("recv", early, half), *ask, ("send", 0, half, chunk, tiny), ("recv", half, half + quarter), ("hop",)]
    return [*first, ("recv", half + quarter, size), *ask, ("send", half, size, chunk, tiny), close]


# ---- two processes ---------------------------------------------------------------------------------------------------


class Moved:
    """How conversations go to the other process and come back: one Unix socket, one key."""

    def __init__(self, unix: socket.socket, key: bytes, files: Mapping[str, Files]) -> None:
        self.unix = unix
        self._key = key
        self._files = files
        # Enough for a connection that has its handshake behind it.
        self._config = Config(serializable=True, max_blinding_delay=0)

    def give(self, conversation: Conversation, role: str, steps: list[Step]) -> None:
        conversation.story.hops += 1
        bag = {"role": role, "steps": steps, "ahead": conversation.ahead.hex(), "story": asdict(conversation.story)}
        send_connection(self.unix, conversation.tls, self._key, json.dumps(bag).encode())

    def take(self) -> tuple[Conversation, str, list[Step]]:
        received = receive_connection(self.unix, self._key, self._config)
        received.tls.settimeout(TIMEOUT)
        bag = json.loads(received.app_data)
        conversation = Conversation(received.tls, self._files[bag["role"]])
        conversation.ahead = bytes.fromhex(bag["ahead"])
        conversation.story = Story(**bag["story"])
        return conversation, bag["role"], bag["steps"]


class Pair:
    """This process and another one. `carry` takes a conversation through all its steps, in both."""

    def __init__(self, client: Path, server: Path) -> None:
        key = os.urandom(32)
        here, there = socket.socketpair(socket.AF_UNIX)
        command = [sys.executable, "-m", "matrix.hop", str(there.fileno()), key.hex(), str(client), str(server)]
        self._process = subprocess.Popen(command, pass_fds=[there.fileno()])
        there.close()
        here.settimeout(2 * TIMEOUT)
        self._moved = Moved(here, key, files_of(client, server))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def carry(self, conversation: Conversation, role: str, steps: list[Step]) -> Story:
        """All steps; what became of the connection. Raises what went wrong, here or there."""
        unix = self._moved.unix
        while steps := conversation.walk(steps):
            self._moved.give(conversation, role, steps)
            kind = unix.recv(1)
            if kind == DONE:
                (size,) = _SIZE.unpack(unix.recv(_SIZE.size, socket.MSG_WAITALL))
                report = json.loads(unix.recv(size, socket.MSG_WAITALL))
                if report["error"]:
                    raise Wrong(f"after the hop: {report['error']}")
                return Story(**report["story"])
            if kind != STILL:
                raise Wrong(f"the other process has ended with {self._process.wait(5)}")
            conversation, role, steps = self._moved.take()
        return conversation.story

    def close(self) -> None:
        self._moved.unix.close()
        self._process.kill()
        self._process.wait()


def files_of(client: Path, server: Path) -> dict[str, Files]:
    """By our role."""
    return {"client": Files(client, server), "server": Files(server, client)}


def serve(moved: Moved) -> None:
    """The other process: carry on with what comes, until there is nothing to come."""
    while True:
        try:
            conversation, role, steps = moved.take()
        except EOFError:
            return
        wrong = ""
        try:
            steps = conversation.walk(steps)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
            conversation.tls.close()
        if steps and not wrong:
            moved.unix.sendall(STILL)
            moved.give(conversation, role, steps)
        else:
            report = json.dumps({"error": wrong, "story": asdict(conversation.story)}).encode()
            moved.unix.sendall(DONE + _SIZE.pack(len(report)) + report)
