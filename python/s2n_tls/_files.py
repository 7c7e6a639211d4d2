# SPDX-License-Identifier: Apache-2.0
"""The raw file under TLSSocket.makefile(). It never closes the socket."""

from __future__ import annotations

import io
from typing import Any, Optional, Protocol

from ._call import WouldBlock


class Stream(Protocol):
    """What the file needs of a TLSSocket."""

    def recv_into(self, buffer: Any) -> int: ...

    def send(self, data: Any) -> int: ...

    def fileno(self) -> int: ...


class RawSocketFile(io.RawIOBase):
    """Reads and writes a TLSSocket; None where it would block, as io wants it."""

    def __init__(self, tls: Stream, readable: bool, writable: bool) -> None:
        super().__init__()
        self._tls, self._readable, self._writable = tls, readable, writable

    def readable(self) -> bool:
        return self._readable

    def writable(self) -> bool:
        return self._writable

    def readinto(self, buffer: Any) -> Optional[int]:
        try:
            return self._tls.recv_into(buffer)
        except WouldBlock:
            return None

    def write(self, data: Any) -> Optional[int]:
        try:
            return self._tls.send(data)
        except WouldBlock:
            return None

    def fileno(self) -> int:
        return self._tls.fileno()
