# SPDX-License-Identifier: Apache-2.0
"""A socket that notes how long the TLS records are that go through it, by their headers (RFC 8446, 5.1)."""

from __future__ import annotations

import socket
from typing import Any

APPLICATION_DATA = 23


class Lengths(list[int]):
    """The lengths of records of application data in a stream that comes in pieces. (In TLS 1.3 all encrypted ones.)"""

    def __init__(self) -> None:
        super().__init__()
        self._head = b""
        self._body = 0

    def feed(self, data: memoryview) -> None:
        while data:
            if self._body:
                count = min(self._body, len(data))
                self._body -= count
                data = data[count:]
                continue
            missing = 5 - len(self._head)
            self._head += bytes(data[:missing])
            data = data[missing:]
            if len(self._head) == 5:
                self._body = int.from_bytes(self._head[3:], "big")
                if self._head[0] == APPLICATION_DATA:
                    self.append(self._body)
                self._head = b""


class Tap(socket.socket):
    """Takes a connected socket over."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock.family, sock.type, sock.proto, fileno=sock.detach())
        self.received, self.sent = Lengths(), Lengths()

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        count = super().recv_into(buffer, nbytes, flags)
        self.received.feed(memoryview(buffer)[:count])
        return count

    def send(self, data: Any, flags: int = 0) -> int:
        count = super().send(data, flags)
        self.sent.feed(memoryview(data)[:count])
        return count
