# SPDX-License-Identifier: Apache-2.0
"""The part of Config that is about sessions, pre-shared keys and early data; and how settings are made at all."""

from __future__ import annotations

import threading
from typing import Any, Callable, Optional

from ._call import Payload, UsageError, callbacks, check, ffi, lib
from ._enums import PSKMode
from ._handle import Borrowed, Handle
from .earlydata import NO_GUARD, EarlyDataGuard
from .psk import PskSelection, ranged, select
from .session import (
    DECRYPT_LIFETIME,
    ENCRYPT_LIFETIME,
    SESSION_LIFETIME,
    WEEK,
    OnSessionTicket,
    TicketKey,
    TicketKeys,
    read_ticket,
)
from .sessioncache import SessionCache, lookup

# Of each of a cache's functions: how the library is told of it, and what it calls.
_STORE = (lib.s2n_config_set_cache_store_callback, lib.s2n_tls_cache_store)
_RETRIEVE = (lib.s2n_config_set_cache_retrieve_callback, lib.s2n_tls_cache_retrieve)
_DELETE = (lib.s2n_config_set_cache_delete_callback, lib.s2n_tls_cache_delete)


class Settings(Handle):
    """A C config that can be written until a connection uses it."""

    def __init__(self, pointer: Any, free: Callable[[Any], Any]) -> None:
        super().__init__(pointer, free)
        self._lock = threading.RLock()
        self._frozen = False
        self._payloads: dict[str, Payload] = {}

    def _set(self, function: Callable[..., int], *args: Any) -> None:
        # Setters of the library take no lock, and cffi lets other threads run meanwhile.
        with self._lock:
            if self._frozen and not self._closed:
                raise UsageError("a connection uses this config already: make a new one")
            with Borrowed(self) as pointer:
                check(function(pointer, *args))

    def _callback(self, name: str, function: Optional[Callable[..., Any]], setter: Any, entry: Any) -> None:
        if function is None or not callable(function):
            raise UsageError(f"{name} must be callable")
        payload = Payload(function)
        with self._lock:
            self._set(setter, entry, payload.pointer)
            self._payloads[name] = payload

    def _no_callback(self, name: str, setter: Any) -> None:
        with self._lock:
            self._set(setter, ffi.NULL, ffi.NULL)
            self._payloads.pop(name, None)


class SessionSettings(Settings):
    """Sessions, pre-shared keys and early data, as attributes that can be read and, until a connection uses the
    config, written. Only ticket keys can be added at any time."""

    def __init__(self, pointer: Any, free: Callable[[Any], Any]) -> None:
        super().__init__(pointer, free)
        self._session_tickets = False
        self._session_lifetime = SESSION_LIFETIME
        self._key_lifetimes = (ENCRYPT_LIFETIME, DECRYPT_LIFETIME)
        self._ticket_keys: Optional[TicketKeys] = None
        self._keyed = False  # has a key
        self._sealed = False  # has had tickets or the cache on
        self._initial_tickets = 1
        self._forward_secrecy = False
        self._session_cache: Optional[SessionCache] = None
        self._on_session_ticket: Optional[OnSessionTicket] = None
        self._psk_mode = PSKMode.RESUMPTION
        self._psk_selection: Optional[PskSelection] = None
        self._max_early_data = 0
        self._on_early_data: Optional[EarlyDataGuard] = None

    # ---- sessions ------------------------------------------------------------------------------------------

    @property
    def session_tickets(self) -> bool:
        """Issue tickets (server, which also needs ticket keys) or ask for them (client). Default False.

        A server's first connection raises UsageError if there is neither a ring of keys nor a key.
        """
        return self._session_tickets

    @session_tickets.setter
    def session_tickets(self, enabled: bool) -> None:
        sealed = self._seals
        self._set(lib.s2n_config_set_session_tickets_onoff, int(bool(enabled)))
        self._session_tickets = bool(enabled)
        self._refill(sealed)

    @property
    def session_cache(self) -> Optional[SessionCache]:
        """Where a server keeps sessions of TLS 1.2 and older (see sessioncache); None for nowhere, the default.

        Needs ticket keys, as sessions are stored sealed: without, a server's first connection raises UsageError.
        Connections with client authentication are not stored.
        """
        return self._session_cache

    @session_cache.setter
    def session_cache(self, cache: Optional[SessionCache]) -> None:
        sealed = self._seals
        if cache is not None:
            find = getattr(cache, "retrieve", None)
            for name, function, setter, entry in (
                ("store", getattr(cache, "store", None), *_STORE),
                ("retrieve", lookup(cache) if callable(find) else None, *_RETRIEVE),
                ("delete", getattr(cache, "delete", None), *_DELETE),
            ):
                self._callback(f"session_cache.{name}", function, setter, entry)
        self._set(lib.s2n_config_set_session_cache_onoff, int(cache is not None))
        self._session_cache = cache
        self._refill(sealed)

    @property
    def session_lifetime(self) -> int:
        """For how many seconds after it began a session can be resumed (server, default 54000: 15 hours).

        Also the most that is announced for a ticket.
        """
        return self._session_lifetime

    @session_lifetime.setter
    def session_lifetime(self, seconds: int) -> None:
        value = ranged("session_lifetime", seconds, 2**63 // 10**9)
        self._set(lib.s2n_config_set_session_state_lifetime, value)
        self._session_lifetime = value

    @property
    def ticket_key_lifetimes(self) -> tuple[int, int]:
        """For how many seconds a ticket key encrypts (and decrypts), and for how many more it only decrypts.

        Default (7200, 46800): 2 and 13 hours. Set by `ticket_keys`. Counts for keys added already.
        """
        return self._key_lifetimes

    @ticket_key_lifetimes.setter
    def ticket_key_lifetimes(self, lifetimes: tuple[int, int]) -> None:
        encrypt, decrypt = (ranged("a lifetime", seconds, 2**63 // 10**9) for seconds in lifetimes)
        with self._lock:
            self._set(lib.s2n_config_set_ticket_encrypt_decrypt_key_lifetime, encrypt)
            self._set(lib.s2n_config_set_ticket_decrypt_key_lifetime, decrypt)
            self._key_lifetimes = (encrypt, decrypt)

    @property
    def ticket_keys(self) -> Optional[TicketKeys]:
        """The ring that this server's ticket keys come from, now and later. None, the default, for none.

        A ring that rotates automatically gets its first key here, if it has none. One that does not may be empty, for
        keys that come later. The first connection raises UsageError if neither session_tickets nor a session_cache
        would use it.
        """
        return self._ticket_keys

    @ticket_keys.setter
    def ticket_keys(self, ring: Optional[TicketKeys]) -> None:
        if self._ticket_keys is not None and ring is not self._ticket_keys:
            raise UsageError("a config keeps its ring of keys: make a new one")
        if ring is None:
            return
        self.ticket_key_lifetimes = (ring.encrypt_lifetime, ring.decrypt_lifetime)
        ring._look()
        ring._join(self)
        self._ticket_keys = ring

    def add_ticket_key(self, key: TicketKey) -> None:
        """Add one key (server), at any time. For keys that come and go, use `ticket_keys`.

        UsageError without tickets or cache, which would ignore it; at 48 keys (S2N_ERR_TICKET_KEY_LIMIT); for a
        name that another key has (S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH) or the secret
        (S2N_ERR_TICKET_KEY_NOT_UNIQUE).
        """
        if not self._seals:
            raise UsageError("switch session_tickets or a session_cache on first: nothing would use the key")
        with self._lock, Borrowed(self) as pointer, callbacks():
            check(
                lib.s2n_config_add_ticket_crypto_key(
                    pointer, key.name, len(key.name), key.secret, len(key.secret), key.introduced
                )
            )
            self._keyed = True

    @property
    def _seals(self) -> bool:
        """Whether the library has a place for ticket keys."""
        return self._session_tickets or self._session_cache is not None

    def _refill(self, sealed: bool) -> None:
        # The library drops the keys when tickets and cache are off.
        self._keyed = self._keyed and self._seals
        self._sealed = self._sealed or self._seals
        if self._seals and not sealed and self._ticket_keys is not None:
            self._ticket_keys._join(self)

    @property
    def initial_ticket_count(self) -> int:
        """How many tickets a TLS 1.3 server sends right after the handshake, 0 to 255 (default 1).

        Setting it switches session_tickets on.
        """
        return self._initial_tickets

    @initial_ticket_count.setter
    def initial_ticket_count(self, count: int) -> None:
        value = ranged("initial_ticket_count", count, 255)
        self.session_tickets = True
        self._set(lib.s2n_config_set_initial_ticket_count, value)
        self._initial_tickets = value

    @property
    def ticket_forward_secrecy(self) -> bool:
        """Do without tickets below TLS 1.3, where who has the ticket key can decrypt resumed connections. Default
        False."""
        return self._forward_secrecy

    @ticket_forward_secrecy.setter
    def ticket_forward_secrecy(self, required: bool) -> None:
        self._set(lib.s2n_config_require_ticket_forward_secrecy, bool(required))
        self._forward_secrecy = bool(required)

    @property
    def on_session_ticket(self) -> Optional[OnSessionTicket]:
        """Called as function(connection, ticket) when a client receives a SessionTicket.

        In TLS 1.2 that is during the handshake, in TLS 1.3 while data is received, any number of times; keep tickets
        apart by connection.server_name. Needs session_tickets. What it raises surfaces at that call and ends the
        connection.
        """
        return self._on_session_ticket

    @on_session_ticket.setter
    def on_session_ticket(self, function: Optional[OnSessionTicket]) -> None:
        setter = lib.s2n_config_set_session_ticket_cb
        if function is None:
            self._no_callback("on_session_ticket", setter)
        else:
            if not callable(function):
                raise UsageError("on_session_ticket must be callable")
            told = function

            def tell(connection: Any, ticket: Any) -> None:
                told(connection, read_ticket(ticket))

            self._callback("on_session_ticket", tell, setter, lib.s2n_tls_session_ticket)
        self._on_session_ticket = function

    # ---- pre-shared keys -----------------------------------------------------------------------------------

    @property
    def psk_mode(self) -> PSKMode:
        """Which keys connections expect: PSKMode.RESUMPTION (default) those of tickets, PSKMode.EXTERNAL those of
        append_psk(). A connection to which keys are appended knows by itself; one that leaves all to
        psk_selection has to be told."""
        return self._psk_mode

    @psk_mode.setter
    def psk_mode(self, mode: PSKMode) -> None:
        value = PSKMode(mode)
        self._set(lib.s2n_config_set_psk_mode, int(value))
        self._psk_mode = value

    @property
    def psk_selection(self) -> Optional[PskSelection]:
        """Called on a server as function(connection, offered) with the OfferedPsks of a client, most wanted first.

        Returns the one to use, whose Psk is on the connection or is added there by append_psk() now; or None for
        a full handshake, which also follows when it raises. What it raises surfaces at the call that does the
        handshake. Without a function, the first of the connection's own keys that the client offers is used.
        Early data with a key that is added here also needs max_early_data: without, it may be over by then.
        """
        return self._psk_selection

    @psk_selection.setter
    def psk_selection(self, function: Optional[PskSelection]) -> None:
        setter = lib.s2n_config_set_psk_selection_callback
        if function is None:
            self._no_callback("psk_selection", setter)
        else:
            if not callable(function):
                raise UsageError("psk_selection must be callable")
            asked = function

            def choose(connection: Any, offers: Any) -> None:
                select(asked, connection, offers)

            self._callback("psk_selection", choose, setter, lib.s2n_tls_psk_selection)
        self._psk_selection = function

    # ---- early data ----------------------------------------------------------------------------------------

    @property
    def max_early_data(self) -> int:
        """How many bytes of early data a server takes with its tickets, 0 to 4294967295; 0, the default, none.

        Early data can be replayed by anyone who captured it, so the first connection raises UsageError if there is no
        on_early_data; also if there are no session_tickets and no psk_selection, as nothing would come then. An
        external Psk has a limit of its own.
        """
        return self._max_early_data

    @max_early_data.setter
    def max_early_data(self, size: int) -> None:
        value = ranged("max_early_data", size, 0xFFFFFFFF)
        self._set(lib.s2n_config_set_server_max_early_data_size, value)
        self._max_early_data = value

    @property
    def on_early_data(self) -> Optional[EarlyDataGuard]:
        """Called on a server as function(connection, offered) when a client wants to send early data.

        Returns True to accept, False to reject, None to decide later by offered.accept() or offered.reject();
        until then the handshake raises WantApplication. What it raises surfaces at the call that does the
        handshake, and ends the connection. See antireplay for guards; `lambda connection, offered: True` takes all,
        repetitions too. A guard asks `offered` and not the connection, which is in use by the call that asks the
        guard: waiting for another thread that wants something of the connection would never end.
        """
        return self._on_early_data

    @on_early_data.setter
    def on_early_data(self, function: Optional[EarlyDataGuard]) -> None:
        if function is not None and not callable(function):
            raise UsageError("on_early_data must be callable")
        entry = ffi.NULL if function is None else lib.s2n_tls_early_data
        self._set(lib.s2n_config_set_early_data_cb, entry)
        self._on_early_data = function

    def _look_for_mistakes(self, server: bool) -> None:
        """UsageError for settings that would do nothing without a word, or that nobody can want."""
        if self._ticket_keys is not None and not self._sealed:  # who switched it off again meant it
            raise UsageError("ticket_keys without session_tickets or a session_cache: nothing would use them")
        if server and self._seals and self._ticket_keys is None and not self._keyed:
            raise UsageError("a server needs ticket keys for tickets and its cache: set ticket_keys=TicketKeys()")
        if self._max_early_data:
            if not self._session_tickets and self._psk_selection is None:
                raise UsageError("max_early_data without session_tickets: no early data could come")
            self._need_guard()

    def _need_guard(self) -> None:
        if self._on_early_data is None:
            raise UsageError(NO_GUARD)

    @property
    def ticket_life(self) -> int:
        """The longest that a ticket of this server can be used, in seconds, as session_lifetime and the lifetimes of
        the keys say: the least ttl of antireplay.SingleUseTickets."""
        return min(self._session_lifetime, sum(self._key_lifetimes), WEEK)
