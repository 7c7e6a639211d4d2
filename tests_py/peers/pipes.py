# SPDX-License-Identifier: Apache-2.0
"""What adapters around finished programs share: programs behind pipes, and PROTOCOL.md's conversation through them.

A client program of this kind sends what it reads from its standard input and prints what it receives; the thread of a
`PipedSession` is then the application that PROTOCOL.md describes. Everything has one deadline, the conversation's.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import socket
import subprocess
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Optional, TypeVar

from peers.base import TIMEOUT, Answer, Job, PeerError, Session

LIMIT = 20.0  # seconds for one conversation, as PROTOCOL.md says
PREFACE = 16  # bytes each way in the first connection of a resumption
_PIPE_SIZE = 1 << 20
_Found = TypeVar("_Found")
_LISTENING = "0A"  # in /proc/net/tcp


class Deadline:
    """A point in time; what is waited for has to happen before."""

    def __init__(self, seconds: float = LIMIT) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        return self.left == 0.0


# ---- a program -------------------------------------------------------------------------------------------------------


class PipedProgram:
    """A running program with three pipes. A thread each collects standard output and error; neither can fill up.

    With packets, each `write` of at most 4096 bytes is what one read of the program returns, however late it reads:
    this is how the size of records is decided from outside. With sockets, its standard input is one: there are
    programs that understand the end of a socket, but not that of a pipe.
    """

    def __init__(
        self,
        command: Sequence[object],
        *,
        deadline: Deadline,
        env: Optional[Mapping[str, str]] = None,
        cwd: Optional[Path] = None,
        packets: bool = False,
        sockets: bool = False,
    ) -> None:
        self.command = [str(word) for word in command]
        self.deadline = deadline
        reading, self._input = _socket_pair(packets) if sockets else _pipe(packets)
        try:
            self._process = subprocess.Popen(
                self.command, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd, bufsize=0
            )
        except OSError as reason:
            os.close(self._input)
            raise PeerError(f"cannot start {self.command[0]}: {reason}") from None
        finally:
            os.close(reading)
        self._changed = threading.Condition()
        self._out = bytearray()
        self._err = bytearray()
        self._taken = 0
        self._open = 2
        self._readers = [
            threading.Thread(target=self._collect, args=ends, daemon=True)
            for ends in ((self._process.stdout, self._out), (self._process.stderr, self._err))
        ]
        for reader in self._readers:
            reader.start()

    def _collect(self, pipe: IO[bytes], into: bytearray) -> None:
        while chunk := pipe.read(65536):
            with self._changed:
                into += chunk
                self._changed.notify_all()
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _until(self, happened: Callable[[], Optional[_Found]], what: str) -> _Found:
        """Wait for something that can only happen when output arrives or ends."""
        with self._changed:
            while True:
                ended = self._open == 0
                found = happened()
                if found:
                    return found
                if ended:
                    raise PeerError(f"the program has ended without {what}: {self.last_words}")
                if self.deadline.over:
                    raise PeerError(f"no {what} in time: {self.last_words}")
                self._changed.wait(self.deadline.left)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def out(self) -> bytes:
        """All standard output so far."""
        with self._changed:
            return bytes(self._out)

    @property
    def err(self) -> str:
        """All standard error so far."""
        with self._changed:
            return self._err.decode(errors="replace")

    @property
    def last_words(self) -> str:
        """The end of its error output, as one line."""
        return " / ".join(line for line in self.err[-2000:].splitlines()[-6:] if line.strip()) or "no word"

    def write(self, data: bytes) -> None:
        """Write all of it to the standard input."""
        left = memoryview(data)
        poller = select.poll()
        poller.register(self._input, select.POLLOUT)
        while left:
            if self.deadline.over:
                raise PeerError(f"the program does not read its input: {self.last_words}")
            poller.poll(min(self.deadline.left, 1.0) * 1000)
            try:
                left = left[os.write(self._input, left) :]
            except BlockingIOError:
                continue
            except OSError:
                raise PeerError(f"the program does not read its input any more: {self.last_words}") from None

    def end_input_for_now(self) -> None:
        """Let the program read an end of file, although there is more to come; for packets through sockets."""
        with socket.socket(fileno=os.dup(self._input)) as sock:
            sock.send(b"")

    def end_input(self) -> None:
        """Close its standard input."""
        descriptor, self._input = self._input, -1
        if descriptor >= 0:
            os.close(descriptor)

    def read(self, most: int) -> bytes:
        """Standard output that has not been read yet, at least a byte of it; nothing at its end."""
        with self._changed:
            while self._taken == len(self._out):
                if self._open == 0 or not self._readers[0].is_alive():
                    return b""
                if self.deadline.over:
                    raise PeerError(f"nothing more on standard output after {self._taken} bytes: {self.last_words}")
                self._changed.wait(min(self.deadline.left, 0.1))
            piece = bytes(self._out[self._taken : self._taken + most])
            self._taken += len(piece)
            return piece

    def wait_for(self, pattern: str, *, where: str = "err") -> re.Match[str]:
        """The first match of a regular expression (^ and $ are those of lines) in standard error or output."""
        wanted = re.compile(pattern, re.M)
        output = self._err if where == "err" else self._out
        return self._until(lambda: wanted.search(output.decode(errors="replace")), f"{pattern!r}")

    def wait(self) -> int:
        """Wait for its end and all of its output; the exit code."""
        try:
            code = self._process.wait(self.deadline.left)
        except subprocess.TimeoutExpired:
            raise PeerError(f"the program does not end: {self.last_words}") from None
        for reader in self._readers:
            reader.join(max(self.deadline.left, 1.0))
        return code

    def kill(self) -> None:
        """End it; may be called more than once."""
        self._process.kill()
        self._process.wait()
        self.end_input()
        for reader, pipe in zip(self._readers, (self._process.stdout, self._process.stderr)):
            reader.join(5)
            if pipe is not None and not reader.is_alive():  # a child of the program's may hold the other end still
                pipe.close()


def _pipe(packets: bool) -> tuple[int, int]:
    reading, writing = os.pipe2(os.O_CLOEXEC)
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK | (os.O_DIRECT if packets else 0))
    return reading, writing


def _socket_pair(packets: bool) -> tuple[int, int]:
    reading, writing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET if packets else socket.SOCK_STREAM)
    writing.setblocking(False)
    return reading.detach(), writing.detach()


# ---- the conversation ------------------------------------------------------------------------------------------------


def halves(path: Optional[Path]) -> tuple[bytes, bytes]:
    """The two halves of a stream's file."""
    if path is None:
        raise PeerError("the job names no file")
    data = path.read_bytes()
    return data[: len(data) // 2], data[len(data) // 2 :]


def write_in_chunks(program: PipedProgram, data: bytes, chunk: int) -> None:
    for offset in range(0, len(data), chunk):
        program.write(data[offset : offset + chunk])


def expect(program: PipedProgram, wanted: bytes, offset: int = 0) -> None:
    """Read as many bytes and compare them; offset is where they stand in the whole stream."""
    position = 0
    while position < len(wanted):
        piece = program.read(len(wanted) - position)
        if not piece:
            raise PeerError(f"the stream ends at {offset + position}: {program.last_words}")
        compare(piece, wanted[position : position + len(piece)], offset + position)
        position += len(piece)


def compare(got: bytes, wanted: bytes, offset: int) -> None:
    if got != wanted:
        wrong = next(i for i, (a, b) in enumerate(zip(got, wanted)) if a != b)
        raise PeerError(f"wrong byte at {offset + wrong}: {got[wrong]:#04x} is not {wanted[wrong]:#04x}")


def duplex(
    program: PipedProgram,
    job: Job,
    *,
    already: int = 0,
    before_half: Callable[[], None] = lambda: None,
) -> None:
    """The client's conversation of PROTOCOL.md: halves alternately, each one complete before the next.

    The first `already` bytes have gone as early data. `before_half` is called before each half is written.
    """
    offset = 0
    for number, (mine, theirs) in enumerate(zip(halves(job.send), halves(job.expect))):
        before_half()
        write_in_chunks(program, mine[already:] if number == 0 else mine, job.chunk)
        expect(program, theirs, offset)
        offset += len(theirs)


def preface(program: PipedProgram, job: Job) -> None:
    """What the first connection of a resumption carries."""
    program.write(halves(job.send)[0][:PREFACE])
    expect(program, halves(job.expect)[0][:PREFACE])


def no_more(program: PipedProgram) -> None:
    """Read to the end of the standard output, where there must be nothing."""
    surplus = program.read(64)
    if surplus:
        raise PeerError(f"more than expected arrives: {surplus!r}")


# ---- sessions --------------------------------------------------------------------------------------------------------


class PipedSession(Session):
    """One conversation: a thread does `converse` while our side has the other end of the connection.

    A subclass's constructor prepares (a server: until it listens) and calls `begin` last.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.deadline = Deadline()
        self.programs: list[PipedProgram] = []
        self.notes: list[str] = []
        self._answer: Optional[Answer] = None
        self._error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @abstractmethod
    def converse(self) -> Answer:
        """All that the peer's side does; what it says of it in the end. Raises PeerError."""

    def run(
        self,
        command: Sequence[object],
        *,
        env: Optional[Mapping[str, str]] = None,
        cwd: Optional[Path] = None,
        packets: bool = False,
        sockets: bool = False,
    ) -> PipedProgram:
        """Start a program that ends with the session at the latest."""
        program = PipedProgram(command, deadline=self.deadline, env=env, cwd=cwd, packets=packets, sockets=sockets)
        self.programs.append(program)
        return program

    def listen(self, command: Callable[[int], Sequence[object]], **options: object) -> PipedProgram:
        """Start a server program whose command is made for a port; it listens there when this returns."""
        for attempt in range(3):
            port = free_port()
            program = self.run(command(port), **options)  # type: ignore[arg-type]
            while program.alive and not self.deadline.over:
                if listens(port):
                    self.port = port
                    return program
                time.sleep(0.005)
        raise PeerError(f"the server does not listen: {program.last_words}")

    def begin(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer = self.converse()
        except BaseException as reason:  # handed to whoever asks for the answer
            self._error = reason
            for program in self.programs:
                program.kill()

    def finish(self, timeout: float = TIMEOUT) -> Answer:
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise PeerError(f"the peer has not finished after {timeout:.0f} s")
        if self._error is not None:
            raise PeerError(str(self._error)) from self._error
        assert self._answer is not None
        return self._answer

    def close(self) -> None:
        for program in self.programs:
            program.kill()
        if self._thread.ident is not None:
            self._thread.join(5)

    @property
    def log(self) -> str:
        said = [f"$ {' '.join(program.command)}\n{program.err}" for program in self.programs]
        return "\n".join([*said, *self.notes]).strip()


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def listens(port: int) -> bool:
    """Whether a program listens there; without a connection, which the program would take for the conversation."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                return True
    return False
