# SPDX-License-Identifier: Apache-2.0
"""Connection: one end of a TLS connection, one method per C function. Everything above is built on it.

Threads: one may send while another receives; the locks here see to it. A call made from the connection's own
callback raises instead of waiting for itself. Its bytes go through a file descriptor (set_fd) or, with
use_memory(), through two queues in C: feed() what arrived, take() what is to be sent.
"""

from __future__ import annotations

import weakref
from typing import Any, Callable, Iterable, NamedTuple, Optional, Union

from ._call import Payload, UsageError, callbacks, check, check_pointer, error_type, fail, ffi, lib, text
from ._enums import Blinding, ErrorType, Mode
from ._handle import Exclusive, Resource, Side, Within
from ._resumption import Buffer as Buffer
from ._resumption import Resumption
from .cert import CertificateKeyPair
from .config import ClientAuth, Config, Protocol
from .info import VERSIONS, HandshakeInfo, read_info
from .policy import SecurityPolicy


class Saved(NamedTuple):
    """A serialized connection and the bytes that were under way: received but not decrypted, encrypted but not sent."""

    blob: bytes
    received: bytes
    unsent: bytes


class Connection(Resumption):
    """One end of a TLS connection. See the module for transports and threads.

    A failure that could be a probe starts a delay (`blinding_delay`) which this class does not sleep through:
    the caller waits before it closes the transport. TLSSocket and aio do so.
    """

    _private = True

    def __init__(self, mode: Mode, config: Optional[Config] = None) -> None:
        self.mode = Mode(mode)
        super().__init__(check_pointer(lib.s2n_connection_new(int(self.mode))), lib.s2n_connection_free)
        read, write = Side(), Side()
        self._reading = Exclusive(self._resource, (read,), (read, write))
        self._writing = Exclusive(self._resource, (write,), (read, write))
        self._both = Exclusive(self._resource, (read, write), (read, write))
        self._within = Within(self._resource, (read, write), (read, write))
        self._within_reading = Within(self._resource, (read,), (read, write))
        self._facts = Within(self._resource, (read, write), (read, write), (read,))
        self._blocked = ffi.new("s2n_blocked_status[2]")  # one for each side
        self._config: Optional[Config] = None
        self._pipe: Any = None
        self._host: Optional[Payload] = None
        self._info: Optional[HandshakeInfo] = None
        self._complete = False
        self._init_resumption()
        self._self = Payload(weakref.ref(self))  # callbacks without a payload of their own come this way
        try:
            self._set(lib.s2n_connection_set_ctx, self._self.pointer)
            self.set_blinding(Blinding(lib.S2N_SELF_SERVICE_BLINDING))
            if config is not None:
                self.set_config(config)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open" if self._complete else "handshaking"
        return f"<s2n_tls.Connection {self.mode.name.lower()} {state} at {id(self):#x}>"

    def _set(self, function: Callable[..., int], *args: Any) -> None:
        with self._both as conn:
            check(function(conn, *args))

    # ---- before the handshake ------------------------------------------------------------------------------

    def set_config(self, config: Config) -> None:
        """Use these settings; freezes them."""
        server = self.mode == Mode.SERVER
        with self._both as conn, callbacks():
            if server and self._wants_early_data:
                config._need_guard()
            config._attach(self._resource, server, lambda pointer: lib.s2n_connection_set_config(conn, pointer))
            self._config = config

    def set_fd(self, fd: int) -> None:
        """Let the library read from and write to a descriptor, which it never closes."""
        self._set(lib.s2n_connection_set_fd, fd)

    def set_read_fd(self, fd: int) -> None:
        """As set_fd, one direction."""
        self._set(lib.s2n_connection_set_read_fd, fd)

    def set_write_fd(self, fd: int) -> None:
        """As set_fd, one direction."""
        self._set(lib.s2n_connection_set_write_fd, fd)

    def use_memory(self) -> None:
        """Send and receive through memory: feed() and take()."""
        with self._both as conn:
            if self._pipe is not None:
                raise UsageError("the connection uses memory already")
            pipe = ffi.cast("struct s2n_tls_pipe *", lib.s2n_tls_pipe_new())
            if not pipe:
                raise MemoryError("s2n_tls: no memory for the transport")
            owner = Resource(pipe, lib.s2n_tls_pipe_free)
            self._resource.keeps(owner)
            owner.doom()  # from here on it lives as long as the connection
            check(lib.s2n_tls_pipe_attach(pipe, conn))
            self._pipe = pipe

    def set_server_name(self, name: str) -> None:
        """The host a client wants to talk to: sent in the handshake and expected in the certificate."""
        self._set(lib.s2n_set_server_name, name.encode("idna" if not name.isascii() else "ascii"))

    def set_policy(self, policy: Union[str, SecurityPolicy]) -> None:
        """Another policy than the config's."""
        self._set(lib.s2n_connection_set_cipher_preferences, str(policy).encode("utf-8"))

    def set_alpn(self, protocols: Iterable[Protocol]) -> None:
        """Other application protocols than the config's."""
        with self._both as conn:
            check(lib.s2n_connection_set_protocol_preferences(conn, ffi.NULL, 0))
            for protocol in protocols:
                name = protocol.encode("utf-8") if isinstance(protocol, str) else bytes(protocol)
                if not 1 <= len(name) <= 255:
                    raise UsageError("an ALPN name has 1 to 255 bytes")
                check(lib.s2n_connection_append_protocol_preference(conn, name, len(name)))

    def set_client_auth(self, client_auth: ClientAuth) -> None:
        """Another answer to client certificates than the config's."""
        self._set(lib.s2n_connection_set_client_auth_type, int(ClientAuth(client_auth)))

    def set_verify_host(self, function: Callable[[str], bool]) -> None:
        """Decide about the peer's names, instead of the config's function."""
        if not callable(function):
            raise UsageError("verify_host must be callable")
        payload = Payload(function)
        with self._both as conn:
            check(lib.s2n_connection_set_verify_host_callback(conn, lib.s2n_tls_verify_host, payload.pointer))
            self._host = payload

    def set_blinding(self, mode: Blinding) -> None:
        """Who sleeps after a failure. With BUILT_IN the failing call itself does, for up to 30 s, deaf to Ctrl-C."""
        self._set(lib.s2n_connection_set_blinding, int(Blinding(mode)))

    # ---- record sizes, any time ----------------------------------------------------------------------------

    def prefer_throughput(self) -> None:
        """Send the longest records (16384 bytes)."""
        self._set(lib.s2n_connection_prefer_throughput)

    def prefer_low_latency(self) -> None:
        """Send records that fit one packet (1435 bytes)."""
        self._set(lib.s2n_connection_prefer_low_latency)

    def set_dynamic_record_threshold(self, size: int, seconds: int) -> None:
        """Start with short records; longer ones after `size` bytes, short again after `seconds` of silence."""
        self._set(lib.s2n_connection_set_dynamic_record_threshold, size, seconds)

    def set_dynamic_buffers(self, enabled: bool) -> None:
        """Give buffers back whenever they are empty."""
        self._set(lib.s2n_connection_set_dynamic_buffers, enabled)

    def release_buffers(self) -> None:
        """Give empty buffers back now."""
        self._set(lib.s2n_connection_release_buffers)

    def free_handshake(self) -> None:
        """Give back what only the handshake needed."""
        self._set(lib.s2n_connection_free_handshake)

    # ---- handshake and data --------------------------------------------------------------------------------

    def negotiate(self) -> None:
        """Do the handshake, or go on with it. Raises WantRead or WantWrite until it is complete."""
        with self._both as conn, callbacks():
            if lib.s2n_negotiate(conn, self._blocked) != 0:
                fail(conn, self._blocked[0])
            self._finish()

    def _finish(self) -> None:
        self._complete = True
        if self._pipe is not None:
            lib.s2n_tls_pipe_whole_records(self._pipe)

    @property
    def handshake_complete(self) -> bool:
        """Whether negotiate() has succeeded, here or before the connection was saved."""
        return self._complete

    def send(self, data: Buffer) -> int:
        """Encrypt and send; returns how many bytes were accepted, which may be fewer than given."""
        with self._writing as conn, callbacks(), ffi.from_buffer("uint8_t[]", data) as source:
            blocked = self._blocked + 1
            sent = lib.s2n_send(conn, source, len(source), blocked)
            if sent < 0:
                fail(conn, blocked[0])
            return int(sent)

    def recv_into(self, buffer: Union[bytearray, memoryview]) -> int:
        """Decrypt into the caller's memory; returns the number of bytes, 0 at the end of the stream."""
        received = self._receive(buffer)
        if received < 0:
            fail(None, self._blocked[0])
        return received

    def _receive(self, buffer: Union[bytearray, memoryview]) -> int:
        # As recv_into, but -1 for "blocked": an exception for each record would cost more than the record.
        with self._reading as conn, callbacks():
            with ffi.from_buffer("uint8_t[]", buffer, require_writable=True) as target:
                received = lib.s2n_recv(conn, target, len(target), self._blocked)
                if received < 0 and error_type() != ErrorType.BLOCKED:
                    fail(conn, self._blocked[0])
                return int(received)

    def recv(self, size: int) -> bytes:
        """Up to `size` decrypted bytes; empty at the end of the stream."""
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[: self.recv_into(buffer)])

    def peek(self) -> int:
        """How many decrypted bytes wait."""
        with self._reading as conn:
            return int(lib.s2n_peek(conn))

    def request_key_update(self) -> None:
        """Change the sending keys before the next bytes are sent (TLS 1.3)."""
        with self._writing as conn:
            check(lib.s2n_connection_request_key_update(conn, lib.S2N_KEY_UPDATE_NOT_REQUESTED))

    def shutdown_send(self) -> None:
        """Say that nothing more will be sent (close_notify, or the alert that belongs to a failure)."""
        with self._writing as conn:
            blocked = self._blocked + 1
            if lib.s2n_shutdown_send(conn, blocked) != 0:
                fail(conn, blocked[0])

    def shutdown(self) -> None:
        """As shutdown_send, then wait for the peer's close_notify; data that still arrives is lost."""
        with self._both as conn, callbacks():
            if lib.s2n_shutdown(conn, self._blocked) != 0:
                fail(conn, self._blocked[0])

    # ---- facts ---------------------------------------------------------------------------------------------

    def info(self) -> HandshakeInfo:
        """What the handshake agreed upon; read from the library once. UsageError until it is complete."""
        if self._info is None:
            with self._facts as conn:
                if not self._complete:
                    raise UsageError("the handshake is not complete")
                self._info = read_info(conn, self.mode == Mode.SERVER)
        return self._info

    @property
    def server_name(self) -> Optional[str]:
        """The host that the client wants to talk to, as far as it is known; callbacks can ask, too."""
        with self._facts as conn:
            return text(lib.s2n_get_server_name(conn)) or None

    @property
    def blinding_delay(self) -> float:
        """Seconds still to wait before the transport may be closed; 0 without a failure."""
        with self._both as conn:
            return float(lib.s2n_connection_get_delay(conn)) / 1e9

    @property
    def alert(self) -> Optional[int]:
        """The alert that the peer sent, if any."""
        with self._both as conn:
            received = int(lib.s2n_connection_get_alert(conn))
            return received if received >= 0 else None

    @property
    def last_message(self) -> str:
        """The handshake message that is being waited for or worked on."""
        with self._both as conn:
            return text(lib.s2n_connection_get_last_message_name(conn))

    @property
    def version(self) -> str:
        """The protocol version, as far as it is known."""
        with self._facts as conn:
            return VERSIONS.get(lib.s2n_connection_get_actual_protocol_version(conn), "")

    @property
    def wire_bytes(self) -> tuple[int, int]:
        """Bytes received and sent, records and all."""
        with self._both as conn:
            return int(lib.s2n_connection_get_wire_bytes_in(conn)), int(
                lib.s2n_connection_get_wire_bytes_out(conn)
            )

    @property
    def key_updates(self) -> tuple[int, int]:
        """KeyUpdate messages sent and received (TLS 1.3), each at most 255; counted anew after deserialize()."""
        sent, received = ffi.new("uint8_t *"), ffi.new("uint8_t *")
        with self._both as conn:
            check(lib.s2n_connection_get_key_update_counts(conn, sent, received))
        return int(sent[0]), int(received[0])

    @property
    def selected_certificate(self) -> Optional[CertificateKeyPair]:
        """Which of the config's certificates was presented."""
        with self._both as conn:
            chosen = lib.s2n_connection_get_selected_cert(conn)
            pairs = self._config._pairs if chosen and self._config is not None else []
            return next((pair for pair in pairs if pair._resource.is_at(chosen)), None)

    # ---- leaving and coming back ---------------------------------------------------------------------------

    def serialize(self) -> bytes:
        """The connection as bytes (format V1); it cannot be used here any more.

        The bytes hold the keys: encrypt and authenticate them wherever they go. Refused while bytes are under way;
        TLSBuffer.detach() takes those along.
        """
        return self._save(False).blob

    def _save(self, with_pipe: bool) -> Saved:
        with self._both as conn:
            if not with_pipe and self._pipe is not None:
                if lib.s2n_tls_pipe_unread(self._pipe) or lib.s2n_tls_pipe_waiting(self._pipe):
                    raise UsageError(
                        "bytes wait in memory: take() them and receive them first, or use detach()"
                    )
            size = ffi.new("uint32_t *")
            check(lib.s2n_connection_serialization_length(conn, size))
            out = ffi.new("uint8_t[]", size[0])
            check(lib.s2n_connection_serialize(conn, out, size[0]))
            blob = bytes(ffi.buffer(out))
            ffi.memmove(out, bytes(len(blob)), len(blob))
            received = self._take_unread() if self._pipe is not None else b""
            unsent = self._take(-1) if self._pipe is not None else b""
        self._retire("the connection was serialized")
        return Saved(blob, received, unsent)

    @classmethod
    def deserialize(cls, mode: Mode, blob: Buffer, config: Optional[Config] = None) -> Connection:
        """A connection from serialize(). It needs a transport and may have a config."""
        conn = cls(mode, config)
        try:
            with conn._both as pointer, ffi.from_buffer("uint8_t[]", blob) as source:
                check(lib.s2n_connection_deserialize(pointer, source, len(source)))
            conn._complete = True
        except BaseException:
            conn.close()
            raise
        return conn

    # ---- the memory transport ------------------------------------------------------------------------------

    def _memory(self) -> Any:
        if self._pipe is None:
            raise UsageError("the connection does not use memory: call use_memory() first")
        return self._pipe

    def feed(self, data: Buffer) -> None:
        """Bytes that came from the peer."""
        with self._reading, ffi.from_buffer("uint8_t[]", data) as source:
            if lib.s2n_tls_pipe_feed(self._memory(), source, len(source)) != 0:
                raise UsageError("no bytes can follow the end of the stream")

    def feed_eof(self) -> None:
        """The peer's stream has ended."""
        with self._reading:
            lib.s2n_tls_pipe_feed_eof(self._memory())

    def take(self, limit: int = -1) -> bytes:
        """Bytes for the peer, at most `limit` of them; all without a limit."""
        with self._writing:
            return self._take(limit)

    def _take(self, limit: int) -> bytes:
        size = ffi.new("size_t *")
        data = lib.s2n_tls_pipe_peek(self._memory(), size)
        count = size[0] if limit < 0 else min(limit, size[0])
        out = bytes(ffi.buffer(data, count))
        lib.s2n_tls_pipe_drop(self._pipe, count)
        return out

    def _take_unread(self) -> bytes:
        size = lib.s2n_tls_pipe_unread(self._pipe)
        out = bytearray(size)
        with ffi.from_buffer("uint8_t[]", out) as target:
            lib.s2n_tls_pipe_take_unread(self._pipe, target, size)
        return bytes(out)

    @property
    def incoming(self) -> int:
        """Bytes fed and not decrypted yet."""
        with self._reading:
            return int(lib.s2n_tls_pipe_unread(self._memory()))

    @property
    def ready(self) -> int:
        """Bytes of the next record, if all of it was fed and none of it was decrypted; else 0."""
        with self._reading:
            return int(lib.s2n_tls_pipe_ready(self._memory()))

    @property
    def outgoing(self) -> int:
        """Bytes encrypted and not taken yet."""
        with self._writing:
            return int(lib.s2n_tls_pipe_waiting(self._memory()))
