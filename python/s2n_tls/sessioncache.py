# SPDX-License-Identifier: Apache-2.0
"""Caches for sessions of TLS 1.2 and older, resumed by their id (`config.session_cache = cache`).

What is stored is sealed with a ticket key of the config: who reads the cache learns nothing. All servers
that share a cache need the same ticket keys (TicketKeys).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import Any, Callable, Optional, Protocol, Union

from ._call import PENDING, Pending, UsageError

__all__ = ["PENDING", "MemorySessionCache", "RedisSessionCache", "SessionCache"]

_log = logging.getLogger(__name__)


class SessionCache(Protocol):
    """What a config needs of a cache. All of it is called during handshakes, from any thread.

    Keys have 1 to 32 bytes, values 138. What these functions raise surfaces at the call that does the handshake
    (negotiate, do_handshake), so a cache that can do without its store catches errors itself.
    """

    def store(self, key: bytes, value: bytes, ttl: int) -> Any:
        """Keep the value for at most `ttl` seconds."""

    def retrieve(self, key: bytes) -> Union[bytes, Pending, None]:
        """The value; None if there is none.

        PENDING makes the handshake raise WantApplication and ask again later. TLSSocket and aio do that by themselves,
        every 10 ms or when connection.wake() is called.
        """

    def delete(self, key: bytes) -> Any:
        """Forget the value: its connection failed."""


class MemorySessionCache:
    """Sessions in this process, at most `max_entries`; the one unused for longest goes first. For all threads."""

    def __init__(self, max_entries: int = 10000, *, clock: Callable[[], float] = time.monotonic) -> None:
        if max_entries < 1:
            raise UsageError("a cache has room for one entry at least")
        self.max_entries = max_entries
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def store(self, key: bytes, value: bytes, ttl: int) -> None:
        """Keep the value for at most `ttl` seconds, less if the room is needed."""
        with self._lock:
            self._entries[key] = (self._clock() + ttl, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self.max_entries:
                self._entries.popitem(last=False)

    def retrieve(self, key: bytes) -> Optional[bytes]:
        """The value, if it is there and its time is not over."""
        with self._lock:
            expires, value = self._entries.get(key, (0.0, b""))
            if not value:
                return None
            if expires <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return value

    def delete(self, key: bytes) -> None:
        """Forget the value."""
        with self._lock:
            self._entries.pop(key, None)


class RedisSessionCache:
    """Sessions in Redis, for all servers that use the same one.

    `client` is any object with the methods set(name, value, ex=), get(name) and delete(name) of redis.Redis; it
    must be a synchronous one that does not decode responses, and should give up soon (socket_timeout,
    socket_connect_timeout, no retries with pauses), as a handshake waits for it. Entries are called `prefix` +
    session id in hex and live `ttl` seconds, or as long as the library says (21600). If Redis fails, handshakes
    do without: a warning is logged and a full handshake done.
    """

    def __init__(self, client: Any, *, prefix: str = "s2n-tls:session:", ttl: Optional[int] = None) -> None:
        if ttl is not None and ttl < 1:
            raise UsageError("the ttl is a number of seconds, at least 1")
        self._client = client
        self.prefix = prefix
        self.ttl = ttl

    def _name(self, key: bytes) -> str:
        return self.prefix + key.hex()

    def _try(self, what: str, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except Exception as error:  # whatever the client's errors are called
            _log.warning("session cache: %s failed: %r", what, error)
            return None

    def store(self, key: bytes, value: bytes, ttl: int) -> None:
        """Keep the value in Redis."""
        self._try("store", self._client.set, self._name(key), value, ex=self.ttl or ttl)

    def retrieve(self, key: bytes) -> Optional[bytes]:
        """The value; None if it is not there or Redis does not answer."""
        value = self._try("retrieve", self._client.get, self._name(key))
        if value is None or isinstance(value, (bytes, bytearray, memoryview)):
            return None if value is None else bytes(value)
        _log.warning("session cache: get() returned a %s, not bytes", type(value).__name__)
        return None

    def delete(self, key: bytes) -> None:
        """Forget the value."""
        self._try("delete", self._client.delete, self._name(key))
