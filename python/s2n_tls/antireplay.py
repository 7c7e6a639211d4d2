# SPDX-License-Identifier: Apache-2.0
"""Guards against replayed early data (RFC 8446 section 8): `config.on_early_data = guard`.

Both accept the first time and refuse every other time; the client then sends its data again after the
handshake, if it wants to. Whatever goes wrong in a guard refuses. What a guard cannot see is early data of
before its time, or sent to servers that do not share it: the notes of each class say what must hold.

What identifies early data: that sent with a ticket, the ticket, as each may be used for early data once. An
external pre-shared key has the same identity for ever, so there it is the identity together with the random
of the ClientHello, which the client's binder protects: it cannot be changed without knowing the key.
"""

from __future__ import annotations

import hashlib
import heapq
import logging
import os
import threading
import time
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Callable, Optional

from ._call import UsageError
from .earlydata import OfferedEarlyData
from .psk import PSKMode
from .session import WEEK

if TYPE_CHECKING:
    from .connection import Connection

__all__ = ["ClientHelloRecorder", "SingleUseTickets"]

_log = logging.getLogger(__name__)

# Seconds between the first and the last moment at which the library finds one and the same hello fresh.
_FRESH = 20
# What set() says when it has set. Being true is not enough: pipelines and coroutines are, and have set nothing.
_SET = (True, b"OK", "OK")


def fingerprint(offered: OfferedEarlyData, with_random: bool) -> bytes:
    """SHA-256 over the identity of the chosen PSK, and over the random of the ClientHello if asked for."""
    digest = hashlib.sha256(len(offered.identity).to_bytes(2, "big") + offered.identity)
    if with_random:
        digest.update(offered.client_hello.random)
    return digest.digest()


class SingleUseTickets:
    """Early data once for each ticket, over all servers that share a Redis (RFC 8446 8.1).

    `client` is any object whose set(name, value, nx=True, ex=ttl) behaves as that of redis.Redis: True (or
    "OK") for the first caller only. Any other answer refuses, such as that of a pipeline or an asyncio client.
    Use one authoritative Redis: a replica that lost the last writes, an eviction policy other than noeviction,
    or a restart without persistence forgets tickets, and with them replays. `ttl` (seconds, default a week)
    must not be shorter than tickets live (`config.ticket_life`). The client should give up soon (timeouts, no
    retries with pauses), as the handshake waits for it; or an `executor` asks it in the background, while the
    handshake is paused (WantApplication, which TLSSocket and aio wait out). Give it threads of its own: none in
    which handshakes wait.

    With external PSKs it is ClientHellos that are remembered (see the module). Nothing limits the age of such a
    hello, so they stay for ever, unless `external_ttl` (seconds) says that no such key is in use for longer.

    If Redis fails, early data is refused and a warning logged.
    """

    def __init__(
        self,
        client: Any,
        *,
        prefix: str = "s2n-tls:early:",
        ttl: int = WEEK,
        external_ttl: Optional[int] = None,
        executor: Optional[Executor] = None,
    ) -> None:
        if ttl < 1 or external_ttl is not None and external_ttl < 1:
            raise UsageError("a ttl is a number of seconds, at least 1")
        self._client = client
        self._executor = executor
        self.prefix = prefix
        self.ttl = ttl
        self.external_ttl = external_ttl

    def __call__(self, connection: Connection, offered: OfferedEarlyData) -> Optional[bool]:
        """True for the first use, False for any other; None when the executor will tell."""
        external = connection.psk_mode == PSKMode.EXTERNAL
        name = self.prefix + fingerprint(offered, external).hex()
        ttl = self.external_ttl if external else self.ttl
        if self._executor is None:
            return self._first_use(name, ttl)
        try:
            self._executor.submit(self._answer, name, ttl, offered)
        except RuntimeError as error:  # shut down
            _log.warning("anti-replay: early data refused: %r", error)
            return False
        return None

    def _first_use(self, name: str, ttl: Optional[int]) -> bool:
        try:
            answer = self._client.set(name, b"1", nx=True, ex=ttl)
            first = answer in _SET
        except Exception as error:  # whatever the client's errors are called
            _log.warning("anti-replay: early data refused, as Redis failed: %r", error)
            return False
        if not first and answer is not None and answer is not False:
            _log.warning("anti-replay: early data refused, as set() returned a %s", type(answer).__name__)
        return first

    def _answer(self, name: str, ttl: Optional[int], offered: OfferedEarlyData) -> None:
        decide = offered.accept if self._first_use(name, ttl) else offered.reject
        try:
            decide()
        except UsageError:
            pass  # the connection is gone: nobody waits for the answer


class ClientHelloRecorder:
    """Early data once for each ClientHello, within this process (RFC 8446 8.2). For all threads and configs.

    A ClientHello is remembered for `window` seconds, 20 at least: the library itself refuses early data with a
    ticket whose age the client tells more than 10 s wrong, so that a captured hello is good for 20 s; the rest
    of the default is for clocks that are set back. With `max_entries` hellos (about 150 bytes each) remembered,
    early data is refused until there is room again.

    It sees this process only: another server that has the same ticket keys lets the flight in. Keep the keys to
    this process, or use SingleUseTickets. Make it in the process that serves: in a child of fork() it refuses.
    After a start with keys from before it, a flight of the last seconds could come again: let `warm_up` be the
    window then, for so many seconds in which everything is refused.

    With an external PSK a ClientHello has no age, so early data is refused, unless `external_window` (seconds)
    says that no such key is in use for longer, nor after a restart; they are remembered for so long.
    """

    def __init__(
        self,
        window: float = 60,
        max_entries: int = 100_000,
        *,
        warm_up: float = 0,
        external_window: Optional[float] = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if min(window, window if external_window is None else external_window) < _FRESH:
            raise UsageError(f"a window is at least {_FRESH} seconds long")
        if max_entries < 1 or warm_up < 0:
            raise UsageError("max_entries is at least 1, and warm_up not negative")
        self.window = window
        self.external_window = external_window
        self.max_entries = max_entries
        self._clock = clock
        self._open = clock() + warm_up
        self._lock = threading.Lock()
        self._seen: set[bytes] = set()
        self._ends: list[tuple[float, bytes]] = []  # a heap
        self._owner = os.getpid()
        self._told = False

    def __len__(self) -> int:
        return len(self._seen)

    def __call__(self, connection: Connection, offered: OfferedEarlyData) -> bool:
        """Whether this ClientHello is new."""
        if os.getpid() != self._owner:  # siblings have the same keys, and none sees what the others accept
            self._tell("in a child process; make the recorder after fork()")
            return False
        window: Optional[float] = self.window
        if connection.psk_mode == PSKMode.EXTERNAL:
            window = self.external_window
        value = fingerprint(offered, True)
        if window is None:
            self._tell("with an external key without an external_window")
            return False
        return self._is_new(value, window)

    def _is_new(self, value: bytes, window: float) -> bool:
        with self._lock:
            now = self._clock()
            while self._ends and self._ends[0][0] <= now:
                self._seen.discard(heapq.heappop(self._ends)[1])
            if now < self._open or value in self._seen or len(self._seen) >= self.max_entries:
                return False
            self._seen.add(value)
            heapq.heappush(self._ends, (now + window, value))
            return True

    def _tell(self, when: str) -> None:
        if not self._told:
            self._told = True
            _log.warning("anti-replay: early data is refused %s", when)
