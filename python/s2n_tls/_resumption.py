# SPDX-License-Identifier: Apache-2.0
"""The part of Connection that is about sessions, pre-shared keys and early data."""

from __future__ import annotations

import logging
import weakref
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Callable, Optional, Union, cast

from ._call import PENDING, UsageError, callbacks, check, error_type, fail, ffi, lib
from ._enums import EarlyDataStatus, ErrorType, Mode, PSKMode
from ._handle import Borrowed, Exclusive, Handle, Within
from .clienthello import ClientHello, read_client_hello
from .earlydata import NO_GUARD, OfferedEarlyData
from .psk import Psk, ranged, sized
from .session import WEEK

if TYPE_CHECKING:
    from .config import Config
    from .connection import Connection

Buffer = Union[bytes, bytearray, memoryview]

_log = logging.getLogger(__name__)


class Resumption(Handle):
    """Base of Connection, which makes what is declared here."""

    mode: Mode
    _config: Optional[Config]
    _reading: Exclusive
    _both: Exclusive
    _within: Within  # both directions, callbacks pass
    _within_reading: Within
    _facts: Within  # both directions, callbacks of recv() pass, too
    _blocked: Any
    _complete: bool

    def _init_resumption(self) -> None:
        self._psk_mode: Optional[PSKMode] = None
        self._external = False
        self._wants_early_data = False
        self._early_data_context = b""
        self._keying_material_lifetime = WEEK
        self._waker: Optional[Callable[[], None]] = None
        self._lookup: Optional[tuple[bytes, Future[Optional[bytes]]]] = None

    def _only_server(self) -> None:
        """The library takes a server's settings from a client, too, and never looks at them."""
        if self.mode != Mode.SERVER:
            raise UsageError("this is a setting of servers", name="S2N_ERR_CLIENT_MODE")

    def _retire(self, why: str) -> None:
        super()._retire(why)
        lookup, self._lookup = self._lookup, None
        if lookup is not None:
            lookup[1].cancel()

    # ---- sessions ------------------------------------------------------------------------------------------

    @property
    def session(self) -> bytes:
        """A client's session as bytes that a later connection can start with; empty if there is none (yet).

        TLS 1.2: after the handshake. TLS 1.3: once a ticket was received, that is after some recv(); each new
        one replaces it. Secret, as long as the server accepts it.

        Setting it, before the handshake, asks the server to resume; it may decline, which is a full handshake.
        Raises UsageError for what is no session (S2N_ERR_INVALID_SERIALIZED_SESSION_STATE), too old
        (S2N_ERR_INVALID_SESSION_TICKET) or not for a connection with external keys (S2N_ERR_PSK_MODE),
        InternalError if it was cut short (S2N_ERR_STUFFER_OUT_OF_DATA), and ProtocolError if its suite is not known
        (S2N_ERR_CIPHER_NOT_SUPPORTED). The connection is then as it was.
        """
        with self._within_reading as conn:
            size = max(0, lib.s2n_connection_get_session_length(conn))
            out = ffi.new("uint8_t[]", max(1, size))
            size = check(lib.s2n_connection_get_session(conn, out, size)) if size else 0
            data = bytes(ffi.buffer(out, size))
            ffi.memmove(out, bytes(len(out)), len(out))
            return data

    @session.setter
    def session(self, session: Buffer) -> None:
        with self._both as conn, callbacks(), ffi.from_buffer("uint8_t[]", session) as source:
            check(lib.s2n_connection_set_session(conn, source, len(source)))

    @property
    def session_resumed(self) -> bool:
        """Whether an earlier session was resumed. Not so with an external key, or after deserialize()."""
        with self._facts as conn:
            return bool(lib.s2n_connection_is_session_resumed(conn) == 1)

    @property
    def session_ticket_lifetime_hint(self) -> Optional[int]:
        """For how many seconds the server means to accept the last ticket it sent; None without a ticket."""
        with self._within_reading as conn:
            hint = int(lib.s2n_connection_get_session_ticket_lifetime_hint(conn))
            return hint if hint >= 0 else None

    @property
    def tickets_sent(self) -> int:
        """How many tickets this server has sent. UsageError (S2N_ERR_CLIENT_MODE) on a client."""
        out = ffi.new("uint16_t *")
        with self._within as conn:
            check(lib.s2n_connection_get_tickets_sent(conn, out))
        return int(out[0])

    def add_tickets(self, count: int) -> None:
        """Send that many more tickets (server, TLS 1.3; 0 to 255): at the end of the handshake, or with the next
        data. UsageError (S2N_ERR_KEYING_MATERIAL_EXPIRED) if the resumed session's time is over, or on a client
        (S2N_ERR_CLIENT_MODE)."""
        value = ranged("count", count, 255)
        with self._both as conn, callbacks():
            self._only_server()
            check(lib.s2n_connection_add_new_tickets_to_send(conn, value))

    @property
    def keying_material_lifetime(self) -> int:
        """For how many seconds, counted from the first full handshake, sessions may be resumed over and over (server,
        TLS 1.3; default 604800). 0 sends no tickets. Set it before the handshake. Setting it on a client raises
        UsageError (S2N_ERR_CLIENT_MODE)."""
        return self._keying_material_lifetime

    @keying_material_lifetime.setter
    def keying_material_lifetime(self, seconds: int) -> None:
        value = ranged("keying_material_lifetime", seconds, 0xFFFFFFFF)
        with self._both as conn:
            self._only_server()
            check(lib.s2n_connection_set_server_keying_material_lifetime(conn, value))
        self._keying_material_lifetime = value

    # ---- pre-shared keys -----------------------------------------------------------------------------------

    def append_psk(self, psk: Psk) -> None:
        """Add an external key, less preferred than those before it. Before the handshake, or in psk_selection.

        The connection copies it. UsageError if its identity is here (S2N_ERR_DUPLICATE_PSK_IDENTITIES), beside a
        session (S2N_ERR_PSK_MODE), or when a client's list gets too long (S2N_ERR_OFFERED_PSKS_TOO_LONG); on a server
        also for a key with early data while no config with on_early_data is set.
        """
        with self._within as conn, Borrowed(psk) as pointer:
            if psk.max_early_data and self.mode == Mode.SERVER:
                self._need_guard()
            check(lib.s2n_connection_append_psk(conn, pointer))
        self._external = True
        self._wants_early_data = self._wants_early_data or psk.max_early_data > 0

    @property
    def psk_mode(self) -> PSKMode:
        """Which keys the connection uses: those appended, else what was set here, else what the config says.

        Setting it raises UsageError (S2N_ERR_PSK_MODE) if keys of the other kind are here.
        """
        if self._external:
            return PSKMode.EXTERNAL
        if self._psk_mode is not None:
            return self._psk_mode
        return self._config.psk_mode if self._config is not None else PSKMode.RESUMPTION

    @psk_mode.setter
    def psk_mode(self, mode: PSKMode) -> None:
        value = PSKMode(mode)
        with self._within as conn:
            check(lib.s2n_connection_set_psk_mode(conn, int(value)))
        self._psk_mode = value

    @property
    def negotiated_psk_identity(self) -> Optional[bytes]:
        """The identity of the key that the handshake uses (of a resumed session: the ticket); None without one.

        A server knows it from on_early_data on.
        """
        size = ffi.new("uint16_t *")
        with self._facts as conn:
            check(lib.s2n_connection_get_negotiated_psk_identity_length(conn, size))
            if not size[0]:
                return None
            out = ffi.new("uint8_t[]", size[0])
            check(lib.s2n_connection_get_negotiated_psk_identity(conn, out, size[0]))
            return bytes(ffi.buffer(out))

    @property
    def client_hello(self) -> Optional[ClientHello]:
        """What the client sent first, on a server that has received it; else None."""
        with self._facts as conn:
            return read_client_hello(conn)

    # ---- early data ----------------------------------------------------------------------------------------

    @property
    def max_early_data(self) -> int:
        """How many bytes of early data this connection can have. On a client its first key or ticket says so.

        Setting it (server, 0 to 4294967295) overrides the config: for sessions, and for the tickets sent here.
        UsageError on a client (S2N_ERR_CLIENT_MODE), and above 0 while no config with on_early_data is set.
        """
        out = ffi.new("uint32_t *")
        with self._facts as conn:
            check(lib.s2n_connection_get_max_early_data_size(conn, out))
        return int(out[0])

    @max_early_data.setter
    def max_early_data(self, size: int) -> None:
        value = ranged("max_early_data", size, 0xFFFFFFFF)
        with self._both as conn:
            self._only_server()
            if value:
                self._need_guard()
            check(lib.s2n_connection_set_server_max_early_data_size(conn, value))
        self._wants_early_data = self._wants_early_data or value > 0

    @property
    def early_data_context(self) -> bytes:
        """Up to 65535 bytes that a server puts, sealed, into the tickets it sends here; on_early_data sees them as
        offered.context when one is used for early data. Keep it short: from some 65000 bytes on, the ticket does not
        fit into a ClientHello, and then not into its message, which ends the connection. Setting it on a client raises
        UsageError (S2N_ERR_CLIENT_MODE)."""
        return self._early_data_context

    @early_data_context.setter
    def early_data_context(self, context: Buffer) -> None:
        data = sized("early_data_context", context, 0, 65535)
        with self._both as conn:
            self._only_server()
            check(lib.s2n_connection_set_server_early_data_context(conn, data, len(data)))
        self._early_data_context = data

    @property
    def early_data_status(self) -> EarlyDataStatus:
        """OK while undecided or under way, END when all was transferred, REJECTED, or NOT_REQUESTED."""
        out = ffi.new("s2n_early_data_status_t *")
        with self._facts as conn:
            check(lib.s2n_connection_get_early_data_status(conn, out))
        return EarlyDataStatus(out[0])

    @property
    def remaining_early_data(self) -> int:
        """How many bytes of early data can still be sent or received; 0 when that is over."""
        out = ffi.new("uint32_t *")
        with self._facts as conn:
            check(lib.s2n_connection_get_remaining_early_data_size(conn, out))
        return int(out[0])

    def send_early_data(self, data: Buffer) -> int:
        """Send early data (client, before negotiate()); returns how many bytes were sent.

        Less than given means: as much as is allowed, or as the transport takes now. 0 means that no more can be
        sent: send the rest after the handshake. Raises WantWrite, or WantRead if all is sent as far as possible
        and the server has not answered: go on with negotiate(). See early_data_status for what became of it.
        UsageError (S2N_ERR_SERVER_MODE) on a server.
        """
        sent = ffi.new("ssize_t *")
        blocked = self._blocked + 1
        with self._both as conn, callbacks(), ffi.from_buffer("uint8_t[]", data) as source:
            result = lib.s2n_send_early_data(conn, source, len(source), sent, blocked)
            if result != 0 and (sent[0] <= 0 or error_type() != ErrorType.BLOCKED):
                fail(conn, blocked[0])
        return int(sent[0])

    def recv_early_data_into(self, buffer: Union[bytearray, memoryview]) -> int:
        """Receive early data (server, before negotiate()) into the caller's memory; 0 when there is no more.

        Raises WantRead, WantWrite or WantApplication as negotiate() does. A server that has begun repeats it
        until it returns 0, and then calls negotiate(). UsageError (S2N_ERR_CLIENT_MODE) on a client.
        """
        received = ffi.new("ssize_t *")
        with self._both as conn, callbacks():
            with ffi.from_buffer("uint8_t[]", buffer, require_writable=True) as target:
                result = lib.s2n_recv_early_data(conn, target, len(target), received, self._blocked)
                if result != 0 and (received[0] <= 0 or error_type() != ErrorType.BLOCKED):
                    fail(conn, self._blocked[0])
        return int(received[0])

    def recv_early_data(self, size: int) -> bytes:
        """As recv_early_data_into: up to `size` bytes; empty when there is no more."""
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[: self.recv_early_data_into(buffer)])

    @property
    def _may_have_early_data(self) -> bool:
        """Whether this server has to ask for early data before it negotiates."""
        config = self._config
        return (
            self._wants_early_data
            or config is not None
            and (config.max_early_data > 0 or config.psk_selection is not None)
        )

    def _need_guard(self) -> None:
        """Nothing may be accepted that nobody has asked about: a default that took replays would be found too late."""
        if self._config is None:
            raise UsageError(NO_GUARD + "; in a config, which comes first")
        self._config._need_guard()

    def _early_data_offered(self, pointer: Any) -> None:
        """The library's question, from inside a handshake call."""
        decide = self._config.on_early_data if self._config is not None else None
        own = cast("Connection", self)
        offered = OfferedEarlyData(own, pointer)
        verdict = False if decide is None else decide(own, offered)
        if verdict is True:
            offered.accept()
        elif verdict is False:
            offered.reject()
        elif verdict is not None:
            raise UsageError(f"on_early_data returns True, False or None, not {verdict!r}")

    def wake(self) -> None:
        """Tell TLSSocket or aio that an answer is there which a callback had put off. From any thread.

        offered.accept() and reject() do so, and a RedisSessionCache that has an executor.
        """
        waker = self._waker
        if waker is not None:
            waker()

    def _look_up(self, begin: Callable[[bytes], Optional[Future[Optional[bytes]]]], key: bytes) -> Any:
        """A session cache's answer that another thread gets, from inside a handshake call: PENDING until it is there.

        Only this connection holds the lookup: what comes after its end goes nowhere.
        """
        if self._lookup is None or self._lookup[0] != key:
            future = begin(key)
            if future is None:
                return None
            self._lookup = (key, future)
            future.add_done_callback(_Wake(self))
        future = self._lookup[1]
        if not future.done():
            return PENDING
        self._lookup = None
        try:
            return future.result()
        except CancelledError:
            _log.warning("session cache: the executor was shut down: a full handshake")
            return None


class _Wake:
    """What a lookup does at its end. It must not keep a connection that nobody else wants any more."""

    def __init__(self, connection: Resumption) -> None:
        self._connection = weakref.ref(connection)

    def __call__(self, _future: object) -> None:
        connection = self._connection()
        if connection is not None:
            connection.wake()
