# SPDX-License-Identifier: Apache-2.0
"""Caches for sessions of TLS 1.2 and older, resumed by their id (`config.session_cache = cache`).

What is stored is sealed with a ticket key of the config: who reads the cache learns nothing. All servers
that share a cache need the same ticket keys (TicketKeys).
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Callable, Optional, Protocol, Union

from ._call import PENDING, Pending, UsageError

if TYPE_CHECKING:
    from .connection import Connection

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
        every 10 ms. The answer is kept by the cache; a connection that has gone meanwhile does not ask again, so it
        must forget by itself. RedisSessionCache with an executor does all that.
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

    An `executor` asks Redis in the background, while the handshake is paused (WantApplication, which TLSSocket and aio
    wait out); in asyncio the loop would stand still otherwise. Give it threads of its own: none in which handshakes
    wait. Entries are then written in the background, too, those of one session in their order.
    """

    def __init__(
        self,
        client: Any,
        *,
        prefix: str = "s2n-tls:session:",
        ttl: Optional[int] = None,
        executor: Optional[Executor] = None,
    ) -> None:
        if ttl is not None and ttl < 1:
            raise UsageError("the ttl is a number of seconds, at least 1")
        self._client = client
        self._executor = executor
        self._lock = threading.Lock()
        self._writes: dict[str, deque[Callable[[], Any]]] = {}  # by entry, what is still to be done
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
        name = self._name(key)
        self._write(name, functools.partial(self._try, "store", self._client.set, name, value, ex=self.ttl or ttl))

    def retrieve(self, key: bytes) -> Optional[bytes]:
        """The value; None if it is not there or Redis does not answer. Waits for it: the executor runs this."""
        value = self._try("retrieve", self._client.get, self._name(key))
        if value is None or isinstance(value, (bytes, bytearray, memoryview)):
            return None if value is None else bytes(value)
        _log.warning("session cache: get() returned a %s, not bytes", type(value).__name__)
        return None

    def delete(self, key: bytes) -> None:
        """Forget the value."""
        name = self._name(key)
        self._write(name, functools.partial(self._try, "delete", self._client.delete, name))

    def _submit(
        self, executor: Executor, what: str, function: Callable[..., Any], *args: Any
    ) -> Optional[Future[Any]]:
        try:
            return executor.submit(function, *args)
        except RuntimeError as error:  # shut down
            _log.warning("session cache: %s failed: %r", what, error)
            return None

    def _write(self, name: str, step: Callable[[], Any]) -> None:
        executor = self._executor
        if executor is None:
            step()
            return
        with self._lock:
            waiting = self._writes.get(name)
            if waiting is not None:
                waiting.append(step)  # whoever is at this entry goes on with it
                return
            self._writes[name] = deque([step])
        future = self._submit(executor, "write", self._write_all, name)
        if future is None:
            self._give_up(name)
        else:
            future.add_done_callback(lambda done: self._give_up(name) if done.cancelled() else None)

    def _write_all(self, name: str) -> None:
        while True:
            with self._lock:
                waiting = self._writes[name]
                if not waiting:
                    del self._writes[name]
                    return
                step = waiting.popleft()
            step()

    def _give_up(self, name: str) -> None:
        with self._lock:
            self._writes.pop(name, None)


def lookup(cache: SessionCache) -> Callable[[Connection, bytes], Union[bytes, Pending, None]]:
    """What the library calls for a lookup: with an executor, the connection waits for what its thread finds."""
    if not isinstance(cache, RedisSessionCache) or cache._executor is None:
        return lambda _connection, key: cache.retrieve(key)
    begin = functools.partial(cache._submit, cache._executor, "retrieve", cache.retrieve)
    return lambda connection, key: connection._look_up(begin, key)
