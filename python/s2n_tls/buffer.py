# SPDX-License-Identifier: Apache-2.0
"""TLSBuffer: TLS without I/O. Bytes from the peer go in, bytes for the peer come out, data is read and
written.

The only class that pumps records; TLSSocket and aio put it between a socket and a program. It also knows how
to leave a process with everything that is under way: detach() and attach().
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterable, Optional, Union

from ._call import UsageError, WantRead, ffi, lib
from ._enums import EarlyDataStatus, Mode
from .config import Config
from .connection import Buffer, Connection
from .info import HandshakeInfo
from .psk import Psk

# How much space is offered to a read from the network: a few records.
CHUNK = 65536


@dataclass(frozen=True)
class ConnectionState:
    """A whole connection at rest, to be continued elsewhere. Holds keys: seal it before it leaves the
    process.

    `blob` is the library's format V1. `plaintext` was decrypted and not read; `received` came from the
    network and was not decrypted; `unsent` was encrypted and not sent. `info` is what the handshake agreed
    upon, if known.
    """

    server_side: bool
    blob: bytes = field(repr=False)
    plaintext: bytes = field(default=b"", repr=False)
    received: bytes = field(default=b"", repr=False)
    unsent: bytes = field(default=b"", repr=False)
    info: Optional[HandshakeInfo] = None


class TLSBuffer:
    """One end of a TLS connection, in memory.

    Wire side: feed(), feed_eof(), take(). Program side: handshake(), read(), read_into(), write(),
    shutdown(). A call that needs more bytes from the peer raises WantRead. After every call there may be
    something to take().

    `session` is one that an earlier connection left (connection.session), to be resumed by a client; None or
    empty for a full handshake, and what it raises see there. `psks` are external keys, most wanted first; a client
    that has some and no config trusts no certificate.
    `early_data` is sent by a client before the handshake is done, as far as the session or the first key
    allows; anyone who captures it can send it again. What the server did not take is early_data_left
    afterwards. A server finds what it accepted in `early_data`.
    """

    def __init__(
        self,
        config: Optional[Config] = None,
        *,
        server_side: bool = False,
        server_name: Optional[str] = None,
        connection: Optional[Connection] = None,
        session: Optional[Buffer] = None,
        psks: Iterable[Psk] = (),
        early_data: Buffer = b"",
    ) -> None:
        keys = tuple(psks)
        if connection is None:
            if config is None and keys and not server_side:
                config = Config()  # the library's default would take any certificate of the system's authorities
            connection = Connection(Mode.SERVER if server_side else Mode.CLIENT, config)
        self.connection = connection
        self._plaintext = bytearray()
        self._carried: Optional[HandshakeInfo] = None
        self._early_out = bytes(memoryview(early_data))  # of a client
        self._early_sent = 0
        self._early_in = bytearray()  # of a server
        self._early_open = True  # more early data may be sent or received
        try:
            connection.use_memory()
            if connection.handshake_complete:
                connection._finish()
            if server_name is not None:
                connection.set_server_name(server_name)
            if early_data and connection.mode != Mode.CLIENT:
                raise UsageError("only a client sends early data")
            for psk in keys:
                connection.append_psk(psk)
            if session is not None and len(session):
                connection.session = session
        except BaseException:
            connection.close()
            raise

    @classmethod
    def deserialize(
        cls, blob: Buffer, config: Optional[Config] = None, *, server_side: bool = True
    ) -> TLSBuffer:
        """Continue a connection from its format V1 bytes."""
        mode = Mode.SERVER if server_side else Mode.CLIENT
        return cls(connection=Connection.deserialize(mode, blob, config))

    @classmethod
    def attach(cls, state: ConnectionState, config: Optional[Config] = None) -> TLSBuffer:
        """Continue a connection that detach() gave up, here or in another process."""
        buffer = cls.deserialize(state.blob, config, server_side=state.server_side)
        buffer._plaintext += state.plaintext
        buffer._carried = state.info
        buffer.feed(state.received)
        with buffer.connection._writing, ffi.from_buffer("uint8_t[]", state.unsent) as unsent:
            if lib.s2n_tls_pipe_push(buffer.connection._memory(), unsent, len(unsent)) != 0:
                raise MemoryError("s2n_tls: no memory for bytes that were not sent")
        return buffer

    # ---- the wire ------------------------------------------------------------------------------------------

    def feed(self, data: Buffer) -> None:
        """Bytes that came from the peer."""
        self.connection.feed(data)

    def feed_eof(self) -> None:
        """The peer's stream has ended. Without a close_notify before it, reading raises ConnectionClosed."""
        self.connection.feed_eof()

    def take(self, limit: int = -1) -> bytes:
        """Bytes for the peer, at most `limit`; all of them without a limit."""
        return self.connection.take(limit)

    @property
    def incoming(self) -> int:
        """Bytes fed and not decrypted yet."""
        return self.connection.incoming

    @property
    def ready(self) -> int:
        """Bytes of the next record, if all of it was fed and none of it was decrypted; else 0."""
        return self.connection.ready

    @property
    def outgoing(self) -> int:
        """Bytes for the peer that wait to be taken."""
        return self.connection.outgoing

    def fill_from(self, recv_into: Callable[[memoryview], int], size: int = CHUNK) -> int:
        """Let `recv_into` write straight into the incoming queue; returns its result. It must not block.

        The view is valid during the call only.
        """
        conn = self.connection
        with conn._reading:
            view = self._reserve(size)
            count = 0
            try:
                count = recv_into(view)
            finally:
                view.release()
                lib.s2n_tls_pipe_commit(conn._pipe, count or 0)
        return count

    def _reserve(self, size: int) -> memoryview:
        room = ffi.new("size_t *")
        space = lib.s2n_tls_pipe_reserve(self.connection._memory(), size, room)
        if not space:
            raise UsageError("no bytes can follow the end of the stream")
        return memoryview(ffi.buffer(space, room[0]))

    def drain_to(self, send: Callable[[memoryview], int]) -> int:
        """Let `send` take bytes straight from the outgoing queue; returns its result. It must not block."""
        conn = self.connection
        size = ffi.new("size_t *")
        with conn._writing:
            data = lib.s2n_tls_pipe_peek(conn._memory(), size)
            if not size[0]:
                return 0
            view = memoryview(ffi.buffer(data, size[0])).toreadonly()
            try:
                count = send(view)
            finally:
                view.release()
            if lib.s2n_tls_pipe_drop(conn._pipe, count) != 0:
                raise UsageError("send() took more bytes than there are")
        return count

    # ---- the program ---------------------------------------------------------------------------------------

    def handshake(self) -> None:
        """Do the handshake, or go on with it. Raises WantRead until it is complete.

        Raises WantApplication while an answer is missing that a callback has put off.
        """
        if self._early_open and not self.handshake_complete:
            self._transfer_early_data()
        self.connection.negotiate()

    def _transfer_early_data(self) -> None:
        if self.connection.mode == Mode.SERVER:
            if self.connection._may_have_early_data:
                self._receive_early_data()
        elif self._early_out:
            self._send_early_data()
        self._early_open = False

    def _send_early_data(self) -> None:
        with memoryview(self._early_out) as data:
            while self._early_sent < len(data):
                try:
                    with data[self._early_sent :] as rest:
                        sent = self.connection.send_early_data(rest)
                except WantRead:
                    return  # nothing more goes out before the server answers
                if sent == 0:
                    return
                self._early_sent += sent

    def _receive_early_data(self) -> None:
        chunk = bytearray(CHUNK)
        while count := self.connection.recv_early_data_into(chunk):
            self._early_in += chunk[:count]

    def read_into(self, buffer: Union[bytearray, memoryview]) -> int:
        """Decrypted bytes into the caller's memory; returns their number, 0 at the end of the stream."""
        count = self._read_into(buffer)
        if count < 0:
            raise WantRead("more bytes are needed from the peer", name="S2N_ERR_IO_BLOCKED")
        return count

    def _read_into(self, buffer: Union[bytearray, memoryview]) -> int:
        # -1 instead of WantRead, for the adapters.
        if self._plaintext:
            return self._read_plaintext(buffer)
        return self.connection._receive(buffer)

    def _read_plaintext(self, buffer: Union[bytearray, memoryview]) -> int:
        with memoryview(buffer).cast("B") as target:
            count = min(len(target), len(self._plaintext))
            target[:count] = self._plaintext[:count]
        del self._plaintext[:count]
        return count

    def read(self, size: int = CHUNK) -> bytes:
        """Up to `size` decrypted bytes; empty at the end of the stream."""
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[: self.read_into(buffer)])

    def write(self, data: Buffer) -> int:
        """Encrypt all of it; take() the result."""
        return self.connection.send(data)

    @property
    def early_data(self) -> bytes:
        """What this server has received as early data so far; complete with the handshake. Not part of what read()
        returns, and not carried along by detach()."""
        return bytes(self._early_in)

    @property
    def early_data_status(self) -> EarlyDataStatus:
        """What became of early data: END when the server took it, REJECTED, or NOT_REQUESTED; OK until then."""
        return self.connection.early_data_status

    @property
    def early_data_left(self) -> bytes:
        """Of the early data of this client, what the server has not taken: all if it refused, else what was beyond
        the limit. Final when the handshake is complete; says nothing after one that failed. Not carried along by
        detach(): retry_early_data() before it."""
        status = self.early_data_status
        taken = status in (EarlyDataStatus.OK, EarlyDataStatus.END)
        return self._early_out[self._early_sent :] if taken else self._early_out

    def retry_early_data(self) -> int:
        """Write early_data_left as normal data; how many bytes that were. Once, after the handshake.

        Not done by itself, because only the program can tell whether the data still fits: another application
        protocol may have been agreed upon.
        """
        if not self.handshake_complete:
            raise UsageError("the handshake is not complete")
        data, self._early_out, self._early_sent = self.early_data_left, b"", 0
        return self.write(data) if data else 0

    def shutdown(self) -> None:
        """Say that nothing more will be written. The peer's answer is the end of what can be read."""
        self.connection.shutdown_send()

    @property
    def pending(self) -> int:
        """Decrypted bytes that wait to be read."""
        return len(self._plaintext) + self.connection.peek()

    @property
    def handshake_complete(self) -> bool:
        """Whether data can be read and written."""
        return self.connection.handshake_complete

    def info(self) -> HandshakeInfo:
        """What the handshake agreed upon."""
        return self._carried or self.connection.info()

    # ---- leaving -------------------------------------------------------------------------------------------

    def serialize(self) -> bytes:
        """The connection in format V1, when nothing is under way; detach() when something may be."""
        if self._plaintext:
            raise UsageError("decrypted bytes wait to be read: read them first, or use detach()")
        return self.connection.serialize()

    def detach(self) -> ConnectionState:
        """The connection with all that is under way. It cannot be used here any more.

        Possible at any moment between two calls once the handshake is complete, until one side has closed. If
        it fails, the connection is as it was.
        """
        info = self.info()
        while waiting := self.connection.peek():
            self._plaintext += self.connection.recv(waiting)
        self.connection.negotiate()  # a KeyUpdate that the peer has asked for: format V1 does not remember it
        saved = self.connection._save(True)
        plaintext, self._plaintext = bytes(self._plaintext), bytearray()
        return ConnectionState(info.server_side, saved.blob, plaintext, saved.received, saved.unsent, info)

    def close(self) -> None:
        """Free the connection and wipe its keys. Nothing is sent."""
        self.connection.close()

    @property
    def closed(self) -> bool:
        """Whether close(), serialize() or detach() ended the use of this object."""
        return self.connection.closed

    def __enter__(self) -> TLSBuffer:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
