# SPDX-License-Identifier: Apache-2.0
"""Sessions that can be resumed: the client's tickets, and the keys that a server seals tickets with.

A session is opaque bytes: `connection.session` gives and takes them, and `config.on_session_ticket` brings
them as soon as they arrive. They hold secrets of the connection; whoever has them can resume it.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Optional, Union

from ._call import S2NError, UsageError, check, ffi, lib
from .psk import ranged, sized

if TYPE_CHECKING:
    from ._settings import SessionSettings
    from .connection import Connection

__all__ = ["SessionTicket", "TicketKey", "TicketKeys"]

_log = logging.getLogger(__name__)

# The library's own limit: keys of one config.
_KEYS_MAX = 48
# Defaults of the library, in seconds, and the longest that any ticket is accepted (RFC 8446 4.6.1).
ENCRYPT_LIFETIME = 7200
DECRYPT_LIFETIME = 46800
SESSION_LIFETIME = 54000
WEEK = 604800


@dataclass(frozen=True)
class SessionTicket:
    """A session as it arrived at a client: what `connection.session` of a later connection takes.

    `data` holds secrets: keep it as safe as a private key. `lifetime` is how many seconds (0 to 604800) the
    server means to accept it. Use a ticket once, so that nobody can tell two connections to be from one client.
    """

    data: bytes = field(repr=False)
    lifetime: int


OnSessionTicket = Callable[["Connection", SessionTicket], None]


def read_ticket(ticket: Any) -> SessionTicket:
    """What a C ticket says; it is valid during its callback only."""
    size, lifetime = ffi.new("size_t *"), ffi.new("uint32_t *")
    check(lib.s2n_session_ticket_get_data_len(ticket, size))
    data = ffi.new("uint8_t[]", max(1, size[0]))
    check(lib.s2n_session_ticket_get_data(ticket, size[0], data))
    check(lib.s2n_session_ticket_get_lifetime(ticket, lifetime))
    return SessionTicket(bytes(ffi.buffer(data, size[0])), int(lifetime[0]))


@dataclass(frozen=True)
class TicketKey:
    """A key that seals tickets and cached sessions.

    `name` (1 to 16 bytes) stands in every ticket, readable. `secret` is any number of random bytes, 32 say; who
    knows it can read and forge tickets. `introduced` is when it begins to encrypt, in seconds since 1970; it may
    lie in the future.
    """

    name: bytes
    secret: bytes = field(repr=False)
    introduced: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", sized("name", self.name, 1, 16))
        object.__setattr__(self, "secret", sized("secret", self.secret, 1, 0xFFFFFFFF))
        object.__setattr__(self, "introduced", ranged("introduced", self.introduced, 0xFFFFFFFF, 1))

    @classmethod
    def generate(cls, introduced: Optional[int] = None) -> TicketKey:
        """A fresh random key, introduced now or then."""
        return cls(os.urandom(16), os.urandom(32), int(time.time()) if introduced is None else introduced)


class TicketKeys:
    """A ring of ticket keys, for any number of configs (`config.ticket_keys = ring`) and for a fleet of servers.

    Each key encrypts for `encrypt_lifetime` seconds after its introduction, and after that decrypts for
    `decrypt_lifetime` seconds more. A new key is due when half of the newest one's encrypting time has passed;
    without one in time, a server stops issuing tickets. With `automatic`, every new server connection looks
    whether one is due. In a fleet, one place calls rotate() and gives export() to the others, who merge() it;
    they all set `automatic=False`. Processes that fork after making a ring are a fleet, too. `delay` seconds
    lie between making a key and using it, so that it is everywhere by then.

    UsageError if the lifetimes would need more than the 48 keys that a config can hold.
    """

    def __init__(
        self,
        keys: Iterable[TicketKey] = (),
        *,
        encrypt_lifetime: int = ENCRYPT_LIFETIME,
        decrypt_lifetime: int = DECRYPT_LIFETIME,
        automatic: bool = True,
        delay: int = 0,
    ) -> None:
        self.encrypt_lifetime = ranged("encrypt_lifetime", encrypt_lifetime, 0xFFFFFFFF, 2)
        self.decrypt_lifetime = ranged("decrypt_lifetime", decrypt_lifetime, 0xFFFFFFFF)
        self.automatic = automatic
        self.delay = ranged("delay", delay, encrypt_lifetime // 2)
        if 2 * (encrypt_lifetime + decrypt_lifetime) > (_KEYS_MAX - 2) * encrypt_lifetime:
            raise UsageError("these lifetimes need too many keys: encrypt longer, or decrypt for less long")
        self._keys: list[TicketKey] = []  # by introduction, newest last
        self._configs: weakref.WeakSet[SessionSettings] = weakref.WeakSet()
        self._lock = threading.RLock()
        for key in keys:
            self.add(key)

    def __repr__(self) -> str:
        return f"<s2n_tls.TicketKeys of {len(self)} keys>"

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[TicketKey]:
        with self._lock:
            return iter(tuple(self._keys))

    @property
    def newest(self) -> Optional[TicketKey]:
        """The key that was, or will be, introduced last."""
        with self._lock:
            return self._keys[-1] if self._keys else None

    def add(self, key: TicketKey) -> bool:
        """Take a key into the ring and into all its configs; False if it is there already.

        UsageError if another key has its name or secret, or a config has 48 keys.
        """
        with self._lock:
            if key in self._keys:
                return False
            if any(key.name == other.name or key.secret == other.secret for other in self._keys):
                raise UsageError("another key of the ring has this name or this secret")
            for config in tuple(self._configs):
                self._give(config, key)
            self._keys.append(key)
            self._keys.sort(key=lambda one: one.introduced)
            return True

    def rotate(self, now: Optional[float] = None) -> Optional[TicketKey]:
        """Drop keys whose time is over and add a fresh random one if that is due; the new key, if any.

        `now` is the time in seconds since 1970, by default the clock's. The first key of a ring has no delay.
        """
        moment = time.time() if now is None else now
        with self._lock:
            self._forget(moment)
            newest = self.newest
            if newest is not None and moment < newest.introduced + self.encrypt_lifetime / 2:
                return None
            key = TicketKey.generate(int(moment) + (self.delay if newest is not None else 0))
            self.add(key)
            return key

    def export(self) -> bytes:
        """All keys as JSON text, for merge() in another process. Secret: send it over a secure channel only."""
        return json.dumps(
            [
                {"name": key.name.hex(), "secret": key.secret.hex(), "introduced": key.introduced}
                for key in self
            ]
        ).encode("ascii")

    def merge(self, exported: Union[bytes, str]) -> int:
        """Take over the keys of an export(), except those that are here or over, and drop one's own that are over;
        how many were new. UsageError if it is no export."""
        try:
            keys = [
                TicketKey(bytes.fromhex(k["name"]), bytes.fromhex(k["secret"]), int(k["introduced"]))
                for k in json.loads(exported)
            ]
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(f"this is not an export of ticket keys: {error}") from None
        now = time.time()
        with self._lock:
            self._forget(now)
            return sum(self.add(key) for key in keys if not self._is_over(key, now))

    def _is_over(self, key: TicketKey, now: float) -> bool:
        return key.introduced + self.encrypt_lifetime + self.decrypt_lifetime <= now

    def _forget(self, now: float) -> None:
        self._keys = [key for key in self._keys if not self._is_over(key, now)]

    def _join(self, config: SessionSettings) -> None:
        """Hand all keys to a config, now and when there are new ones."""
        with self._lock:
            for key in self._keys:
                self._give(config, key)
            self._configs.add(config)

    def _part(self, config: SessionSettings) -> None:
        with self._lock:
            self._configs.discard(config)

    def _give(self, config: SessionSettings, key: TicketKey) -> None:
        if config.closed:
            self._configs.discard(config)
        elif config._seals:
            config.add_ticket_key(key)

    def _look(self) -> None:
        """Rotate, if that is done automatically. A new connection must not fail because of it."""
        if self.automatic:
            try:
                self.rotate()
            except S2NError as error:
                _log.error("ticket keys: no new key could be added: %s", error)
