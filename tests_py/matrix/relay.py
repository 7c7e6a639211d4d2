# SPDX-License-Identifier: Apache-2.0
"""A TCP relay between a peer and whichever process is the other end just now.

The peer has one connection all the time. The end's side may be let go and taken up by another process; `hold` keeps what
the peer sends meanwhile in its socket, so that nothing is lost with the process that goes.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Optional

TIMEOUT = 20.0


class Relay:
    """Between `peer`, a connected socket that it takes over, and the processes that connect to `port`."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(TIMEOUT)
        self.port = self._listener.getsockname()[1]
        self._peer: Optional[socket.socket] = None
        self._end: Optional[socket.socket] = None
        self._held = False
        self._ended = False  # the peer has said all
        self._poke, self._poked = socket.socketpair()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._pump, daemon=True)

    def start(self, peer: socket.socket) -> None:
        peer.settimeout(TIMEOUT)
        self._peer = peer
        self._thread.start()

    def take(self, refused: Callable[[], bool]) -> None:
        """Wait for an end to connect, and go on with it; or until it has refused to."""
        deadline = time.monotonic() + TIMEOUT
        while not select.select([self._listener], [], [], 0.05)[0]:
            if refused():
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the end does not connect")
        end, _address = self._listener.accept()
        end.settimeout(TIMEOUT)
        with self._lock:
            self._end, self._held = end, False
        self._wake()

    def hold(self) -> None:
        """Leave what the peer sends where it is, until the next take()."""
        with self._lock:
            self._held = True
        self._wake()

    def wait_gone(self) -> None:
        """Wait until the end has closed its side, and all that it sent is through."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._end is None, TIMEOUT):
                raise TimeoutError("the end does not let go of its socket")

    def close(self) -> None:
        with self._lock:
            peer, self._peer = self._peer, None
        self._wake()
        if self._thread.is_alive():
            self._thread.join(5)
        for sock in (peer, self._end, self._listener, self._poke, self._poked):
            if sock is not None:
                sock.close()

    def _wake(self) -> None:
        self._poke.send(b"x")

    def _pump(self) -> None:
        while True:
            with self._lock:
                peer, end, held = self._peer, self._end, self._held
            if peer is None:
                return
            sources = [self._poked]
            if end is not None:
                sources.append(end)
                if not held and not self._ended:
                    sources.append(peer)
            ready, _, _ = select.select(sources, [], [])
            if self._poked in ready:
                self._poked.recv(64)
                continue  # something has changed: look again before anything is read
            try:
                if end in ready and not self._move(end, peer):
                    self._let_go(end)
                elif peer in ready and end is not None and not self._move(peer, end):
                    self._ended = True
                    end.shutdown(socket.SHUT_WR)
            except OSError:
                self._let_go(end)

    @staticmethod
    def _move(source: socket.socket, target: socket.socket) -> bool:
        data = source.recv(65536)
        if data:
            target.sendall(data)
        return bool(data)

    def _let_go(self, end: Optional[socket.socket]) -> None:
        """The end has closed. Only a peer that is not held has lost its connection by that."""
        with self._idle:
            if end is not None:
                end.close()
            if not self._held and self._peer is not None:
                try:
                    self._peer.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            self._end = None
            self._idle.notify_all()
