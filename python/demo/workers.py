# SPDX-License-Identifier: Apache-2.0
"""The Python processes of the live hand-off demonstration, started by live_handoff.py.

"front" accepts clients, does the handshake, sends the first part of the file and hands the connection on;
"stop" continues connections that others began. Both tell what happens in lines on standard output: "hello
NAME HOPS VERSION CIPHER", "at NAME HOPS OFFSET", "hop NAME HOPS", "done NAME HOPS". The sealing key comes on
standard input.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Optional

from s2n_tls import CertificateKeyPair, Config, TLSSocket, wrap_server
from s2n_tls.handoff import KEY_SIZE, receive_connection, send_connection

CHUNK = 65536
# Encrypted and left unsent at each hop: it travels with the connection and the next process sends it.
LEFT_UNSENT = 10000


def tell(*words: object) -> None:
    print(*words, flush=True)


@dataclass
class Job:
    """What the program itself has to know about a download; hop.c knows the same 40 bytes."""

    name: str
    offset: int
    total: int
    made: int
    wanted: int

    layout = struct.Struct(">16sQQII")

    def pack(self) -> bytes:
        return self.layout.pack(self.name.encode("ascii"), self.offset, self.total, self.made, self.wanted)

    @classmethod
    def unpack(cls, data: bytes) -> Job:
        name, *numbers = cls.layout.unpack(data)
        return cls(name.rstrip(b"\0").decode("ascii"), *numbers)


class Worker:
    """Sends parts of a file over connections that come and go."""

    def __init__(self, path: str, key: bytes, outgoing: Optional[socket.socket]) -> None:
        self.file = os.open(path, os.O_RDONLY)
        self.key = key
        self.outgoing = outgoing
        self.config = Config(serializable=True)

    def serve_part(self, tls: TLSSocket, job: Job) -> None:
        """Send this process' share, then hand the connection on, or finish it."""
        end = job.offset + (job.total - job.offset) // (job.wanted - job.made + 1)
        while job.offset < end:
            self._send(tls, job, min(CHUNK, end - job.offset))
            if job.offset % (1024 * 1024) < CHUNK or job.offset == end:
                tell("at", job.name, job.made, job.offset)
        if job.made == job.wanted:
            tls.close()
            tell("done", job.name, job.made)
            return
        part = os.pread(self.file, min(LEFT_UNSENT, job.total - job.offset), job.offset)
        job.offset += tls.buffer.write(part)
        assert self.outgoing is not None
        tell("hop", job.name, job.made)
        job.made += 1
        send_connection(self.outgoing, tls, self.key, job.pack())

    def _send(self, tls: TLSSocket, job: Job, size: int) -> None:
        part = os.pread(self.file, size, job.offset)
        if not part:
            raise OSError("the file is shorter than it was")
        tls.sendall(part)
        job.offset += len(part)

    def continue_one(self, incoming: socket.socket) -> bool:
        """Wait for a connection and go on with it. False when there will be no more."""
        try:
            received = receive_connection(incoming, self.key, self.config)
        except EOFError:
            return False
        self.serve_part(received.tls, Job.unpack(received.app_data))
        return True


def request_path(tls: TLSSocket) -> str:
    """Read an HTTP request; the name of what it asks for."""
    request = b""
    while b"\r\n\r\n" not in request:
        data = tls.recv(4096)
        if not data or len(request) > 16384:
            raise ConnectionError("no HTTP request")
        request += data
    return request.split(b" ", 2)[1].decode("ascii").strip("/")


def answer_header(total: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\nConnection: close\r\n\r\n".encode("ascii")


def start_download(tls: TLSSocket, total: int, wanted: int) -> Job:
    """The handshake is done: read the request and begin the answer."""
    info = tls.info()
    job = Job(request_path(tls), 0, total, 0, wanted)
    tell("hello", job.name, job.made, info.version, info.cipher)
    tls.sendall(answer_header(total))
    return job


def front(
    listener: socket.socket, incoming: socket.socket, worker: Worker, config: Config, hops: int
) -> None:
    """Accept clients and continue connections, until standard input closes."""
    total = os.fstat(worker.file).st_size
    waiting = selectors.DefaultSelector()
    for source in (listener, incoming, sys.stdin.buffer):
        waiting.register(source, selectors.EVENT_READ)
    while True:
        ready = [key.fileobj for key, _events in waiting.select()]
        if listener in ready:
            sock, _address = listener.accept()
            sock.settimeout(20)
            tls = wrap_server(sock, config)
            worker.serve_part(tls, start_download(tls, total, hops))
        elif incoming in ready:
            worker.continue_one(incoming)
        else:
            return


def inherited(number: str) -> socket.socket:
    return socket.socket(fileno=int(number))


def main(kind: str, *args: str) -> None:
    key = sys.stdin.buffer.read(KEY_SIZE)
    if kind == "stop":
        incoming, outgoing, path = args
        worker = Worker(path, key, inherited(outgoing))
        source = inherited(incoming)
        while worker.continue_one(source):
            pass
    else:
        listener, incoming, outgoing, path, cert, private, hops = args
        worker = Worker(path, key, inherited(outgoing))
        config = Config(certificates=[CertificateKeyPair.from_files(cert, private)], serializable=True)
        front(inherited(listener), inherited(incoming), worker, config, int(hops))


if __name__ == "__main__":
    main(*sys.argv[1:])
