# SPDX-License-Identifier: Apache-2.0
"""TLSSocket: TLS over a connected socket. Blocking, with a timeout, or not blocking, like the socket it was
given.

It owns the socket. Waiting happens in Python, between records and with no lock held: one thread may send
while another receives, timeouts cover the whole call, and Ctrl-C works.
"""

from __future__ import annotations

import io
import select
import socket as _socket
import threading
import time
from typing import Any, Iterable, Optional, Union

from ._call import ConnectionClosed, S2NError, UsageError, WantApplication, WantRead, WantWrite, WouldBlock
from ._enums import EarlyDataStatus
from ._files import RawSocketFile
from ._handle import Side
from .buffer import ConnectionState, TLSBuffer
from .config import Config
from .connection import Buffer
from .info import HandshakeInfo
from .psk import Psk

# Data encrypted before it is handed to the socket: enough for four of the longest records.
_SEND_CHUNK = 65536
# How often, in seconds, an answer that a callback has put off is asked for again if nobody says that it is there.
_ASK_AGAIN = 0.01
# What poll() says when the peer has closed. Its half of the stream only: where the system tells that.
_GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class TLSSocket:
    """A TLS connection over a socket. Made by wrap_client(), wrap_server(), create_connection(), attach().

    A blocking socket that fails with an error that could be a probe waits out the blinding delay (10 to 30 s
    unless the config says otherwise) before it raises; after the error, only close() makes sense.

    Without a timeout, a handshake waits for an answer that a callback put off until it comes or the peer goes: give
    the socket a timeout if the answer may fail to come.
    """

    def __init__(self, sock: _socket.socket, buffer: TLSBuffer, *, do_handshake: bool = True) -> None:
        self.buffer = buffer
        self.socket = sock
        self._timeout = sock.gettimeout()
        self._accepted = 0  # bytes of an unfinished send() that are encrypted already
        self._send_lock = Side()
        self._failed = False
        self._answered = threading.Event()
        buffer.connection._waker = self._answered.set
        sock.setblocking(False)
        if do_handshake and self._timeout != 0 and not buffer.handshake_complete:
            try:
                self.do_handshake()
            except BaseException:
                self.close()
                raise

    def __repr__(self) -> str:
        return f"<s2n_tls.TLSSocket fd={self.fileno()} {self.buffer.connection!r}>"

    # ---- waiting -------------------------------------------------------------------------------------------

    def _deadline(self) -> Optional[float]:
        return None if self._timeout is None else time.monotonic() + self._timeout

    def _wait(self, event: int, deadline: Optional[float]) -> None:
        if self._timeout == 0:
            want = WantRead if event == select.POLLIN else WantWrite
            raise want("the socket is not ready", name="S2N_ERR_IO_BLOCKED")
        poll = select.poll()
        poll.register(self.socket, event)
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(left):
            raise TimeoutError("timed out")

    def _fill(self, deadline: Optional[float]) -> None:
        # What waits to be sent may be what the peer waits for: a connection may come with such bytes.
        events = select.POLLIN
        if self.buffer.outgoing and not self._push():
            events |= select.POLLOUT
        try:
            if self.buffer.fill_from(self.socket.recv_into) == 0:
                self.buffer.feed_eof()
        except BlockingIOError:
            self._wait(events, deadline)

    def _push(self) -> bool:
        """Send what the socket takes at once; whether that was all."""
        try:
            self.buffer.drain_to(self.socket.send)
        except BlockingIOError:
            pass
        return not self.buffer.outgoing

    def _drain(self, deadline: Optional[float]) -> None:
        while self.buffer.outgoing:
            try:
                self.buffer.drain_to(self.socket.send)
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)

    def _await_answer(self, deadline: Optional[float]) -> None:
        left = _ASK_AGAIN if deadline is None else min(_ASK_AGAIN, deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError("timed out")
        if not self._answered.wait(left) and self._peer_has_gone():
            raise ConnectionClosed("the peer has gone before an answer was there that a callback put off")

    def _peer_has_gone(self) -> bool:
        # In all handshakes the peer would have to send more after the answer, so the end of its stream is the end.
        poll = select.poll()
        poll.register(self.socket, _GONE)
        return bool(poll.poll(0))

    def _check(self, error: S2NError) -> None:
        """After a failure: wait as long as blinding wants, then tell the peer."""
        if isinstance(error, (WouldBlock, UsageError)) or self._failed or self.buffer.closed:
            return
        self._failed = True
        if self._timeout != 0:
            time.sleep(self.buffer.connection.blinding_delay)
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        try:
            self.buffer.shutdown()
            self.buffer.drain_to(self.socket.send)
        except (S2NError, OSError):
            pass  # the peer may be gone, or the delay not over: there is nobody to tell

    def _swallow(self) -> None:
        # Closing a socket with bytes unread (tickets, say) resets the connection, and the peer may lose our last data.
        try:
            self.socket.shutdown(_socket.SHUT_WR)
            for _ in range(64):
                if not self.socket.recv(65536):
                    break
        except OSError:
            pass

    # ---- handshake and data --------------------------------------------------------------------------------

    def do_handshake(self) -> None:
        """Do the handshake, or go on with it (not blocking: after WantRead, WantWrite or WantApplication)."""
        deadline = self._deadline()
        while True:
            self._answered.clear()
            try:
                self.buffer.handshake()
            except WantRead:
                self._drain(deadline)
                self._fill(deadline)
                continue
            except WantApplication:
                if self._timeout == 0:
                    raise
                self._drain(deadline)
                self._await_answer(deadline)
                continue
            except S2NError as error:
                self._check(error)
                raise
            return self._drain(deadline)

    def recv_into(self, buffer: Union[bytearray, memoryview], nbytes: int = 0) -> int:
        """Receive into the caller's memory; 0 at the end of the stream, ConnectionClosed if it was cut off."""
        deadline = self._deadline()
        with memoryview(buffer) as whole, whole[: nbytes or None] as view:
            while True:
                try:
                    count = self.buffer._read_into(view)
                except S2NError as error:
                    self._check(error)
                    raise
                if count >= 0:
                    return count
                self._fill(deadline)

    def recv(self, size: int) -> bytes:
        """Receive up to `size` bytes; empty at the end of the stream."""
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[: self.recv_into(buffer)])

    def send(self, data: Buffer) -> int:
        """Send some of the data and return how much. After WantWrite or a timeout repeat with the same data."""
        deadline = self._deadline()
        with self._send_lock, memoryview(data).cast("B") as view:
            return self._send(view, deadline)

    def _send(self, view: memoryview, deadline: Optional[float]) -> int:
        if self._accepted > len(view):
            raise UsageError("repeat the unfinished send() with the same data")
        if not self._accepted:
            try:
                with view[:_SEND_CHUNK] as part:
                    self._accepted = self.buffer.write(part)
            except S2NError as error:
                self._check(error)
                raise
        self._drain(deadline)
        count, self._accepted = self._accepted, 0
        return count

    def sendall(self, data: Buffer) -> None:
        """Send all of the data. After an error it is unknown how much was sent."""
        deadline = self._deadline()
        with self._send_lock, memoryview(data).cast("B") as view:
            offset = 0
            while offset < len(view):
                with view[offset:] as rest:
                    offset += self._send(rest, deadline)

    def flush(self) -> None:
        """Send what is encrypted already."""
        with self._send_lock:
            self._drain(self._deadline())

    @property
    def early_data(self) -> bytes:
        """What this server has received as early data, apart from what recv() returns. It may be a replay."""
        return self.buffer.early_data

    @property
    def early_data_status(self) -> EarlyDataStatus:
        """What became of early data: END when the server took it, REJECTED, or NOT_REQUESTED; OK until then."""
        return self.buffer.early_data_status

    @property
    def early_data_left(self) -> bytes:
        """Of the early data of this client, what the server has not taken, once the handshake is complete."""
        return self.buffer.early_data_left

    def retry_early_data(self) -> int:
        """Send early_data_left as normal data, once; how many bytes that were."""
        with self._send_lock:
            count = self.buffer.retry_early_data()
            self._drain(self._deadline())
        return count

    def request_key_update(self) -> None:
        """Change the sending keys with the next send() (TLS 1.3)."""
        self.buffer.connection.request_key_update()

    def pending(self) -> int:
        """Not 0 when recv() can go on without the socket: the bytes it would return, or of a record read ahead."""
        return self.buffer.pending or self.buffer.ready

    # ---- the end -------------------------------------------------------------------------------------------

    def shutdown_write(self) -> None:
        """Say that nothing more will be sent; TLS 1.3 can go on receiving."""
        with self._send_lock:
            self.buffer.shutdown()
            self._drain(self._deadline())

    def unwrap(self) -> _socket.socket:
        """End TLS on both sides and give the socket back. Data that still arrives is lost."""
        deadline = self._deadline()
        with self._send_lock:
            while True:
                try:
                    self.buffer.connection.shutdown()
                    self._drain(deadline)
                    break
                except WantRead:
                    self._drain(deadline)
                    self._fill(deadline)
        return self._release()

    def _release(self) -> _socket.socket:
        self.buffer.close()
        old = self.socket
        sock = _socket.socket(old.family, old.type, old.proto, fileno=old.detach())
        sock.settimeout(self._timeout)
        return sock

    def close(self) -> None:
        """Tell the peer, without waiting for it, and close the socket."""
        if not self.buffer.closed and self.buffer.handshake_complete and not self._failed:
            self._say_goodbye()
            self._swallow()
        self.buffer.close()
        self.socket.close()

    def __enter__(self) -> TLSSocket:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # ---- moving --------------------------------------------------------------------------------------------

    def serialize(self) -> bytes:
        """The connection in format V1, when nothing is under way. `socket` stays open, close() closes it.

        The bytes hold the keys: encrypt and authenticate them wherever they go.
        """
        with self._send_lock:
            self.buffer.handshake()  # a KeyUpdate that the peer has asked for: format V1 does not remember it
            self._drain(self._deadline())
            blob = self.buffer.serialize()
        self.socket.settimeout(self._timeout)
        return blob

    def detach(self) -> tuple[_socket.socket, ConnectionState]:
        """Give up the connection with all that is under way: the socket and the state. See `handoff`."""
        with self._send_lock:
            self._accepted = 0
            state = self.buffer.detach()
        return self._release(), state

    def _take_back(self, fd: int, state: ConnectionState, config: Optional[Config]) -> None:
        # A hand-off failed before a byte left: this object works on as if nothing had happened.
        self.socket = _socket.socket(fileno=fd)
        self.socket.setblocking(False)
        self.buffer = TLSBuffer.attach(state, config)

    @classmethod
    def deserialize(
        cls, sock: _socket.socket, blob: Buffer, config: Optional[Config] = None, *, server_side: bool = True
    ) -> TLSSocket:
        """Continue on this socket a connection that serialize() gave up."""
        return cls(sock, TLSBuffer.deserialize(blob, config, server_side=server_side))

    @classmethod
    def attach(
        cls, sock: _socket.socket, state: ConnectionState, config: Optional[Config] = None
    ) -> TLSSocket:
        """Continue on this socket a connection that detach() gave up."""
        return cls(sock, TLSBuffer.attach(state, config))

    # ---- facts ---------------------------------------------------------------------------------------------

    def info(self) -> HandshakeInfo:
        """What the handshake agreed upon."""
        return self.buffer.info()

    @property
    def session(self) -> bytes:
        """A client's session, for `session=` of a later connection; empty if there is none. In TLS 1.3 it comes
        with some recv() after the handshake."""
        return self.buffer.connection.session

    @property
    def session_resumed(self) -> bool:
        """Whether an earlier session was resumed."""
        return self.info().resumed

    def version(self) -> str:
        """The protocol version, such as "TLSv1.3"."""
        return self.info().version

    def cipher(self) -> tuple[str, str, int]:
        """Name of the cipher suite, protocol version, bits of the key."""
        info = self.info()
        return info.cipher, info.version, _key_bits(info.cipher)

    def selected_alpn_protocol(self) -> Optional[str]:
        """The application protocol, if one was agreed upon."""
        return self.info().alpn

    def getpeercert(self, binary_form: bool = True) -> Optional[bytes]:
        """The peer's certificate as DER, if it was validated. There is no decoded form."""
        if not binary_form:
            raise UsageError("only the binary form exists: parse it with an X.509 package")
        cert = self.info().peer_certificate
        return cert.der if cert is not None else None

    # ---- like a socket -------------------------------------------------------------------------------------

    def fileno(self) -> int:
        """The descriptor, for select() and the like; -1 when closed. recv() first while pending() is not 0."""
        return self.socket.fileno()

    def settimeout(self, timeout: Optional[float]) -> None:
        """Seconds that a call may take; None for no end, 0 for not blocking."""
        if timeout is not None and timeout < 0:
            raise UsageError("the timeout is negative")
        self._timeout = timeout

    def gettimeout(self) -> Optional[float]:
        """What settimeout() set."""
        return self._timeout

    def setblocking(self, flag: bool) -> None:
        """settimeout(None) or settimeout(0)."""
        self._timeout = None if flag else 0.0

    def getpeername(self) -> Any:
        """The peer's address."""
        return self.socket.getpeername()

    def getsockname(self) -> Any:
        """Our address."""
        return self.socket.getsockname()

    def makefile(self, mode: str = "r", buffering: int = -1, **text: Any) -> Any:
        """A file object over this socket, which closing it leaves open."""
        if not set(mode) <= set("rwb") or not set(mode) & set("rw"):
            raise UsageError(f"mode {mode!r} is not made of r, w and b")
        raw = RawSocketFile(self, "r" in mode, "w" in mode)
        size = io.DEFAULT_BUFFER_SIZE if buffering < 0 else buffering
        if size == 0:
            if "b" not in mode:
                raise UsageError("an unbuffered file is binary")
            return raw
        kind: Any = io.BufferedReader if "w" not in mode else io.BufferedWriter
        buffered = io.BufferedRWPair(raw, raw, size) if {"r", "w"} <= set(mode) else kind(raw, size)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, **text)


def _key_bits(cipher: str) -> int:
    return next(
        (
            bits
            for mark, bits in (("256", 256), ("CHACHA", 256), ("128", 128), ("DES", 112))
            if mark in cipher
        ),
        0,
    )


def wrap_client(
    sock: _socket.socket,
    config: Optional[Config] = None,
    *,
    server_name: Optional[str] = None,
    do_handshake: bool = True,
    session: Optional[Buffer] = None,
    psks: Iterable[Psk] = (),
    early_data: Buffer = b"",
) -> TLSSocket:
    """TLS as a client over a connected socket. Without a config, the system's trust and the default policy; with
    `psks` no trust, so that only a server that has one of them will do.

    `session`, `psks` and `early_data` are explained at TLSBuffer; see early_data_left and retry_early_data().
    """
    keys = tuple(psks)
    if config is None:
        config = Config(system_trust=not keys)
    buffer = TLSBuffer(config, server_name=server_name, session=session, psks=keys, early_data=early_data)
    return TLSSocket(sock, buffer, do_handshake=do_handshake)


def wrap_server(
    sock: _socket.socket, config: Config, *, do_handshake: bool = True, psks: Iterable[Psk] = ()
) -> TLSSocket:
    """TLS as a server over an accepted socket. The config has a certificate, or there are `psks`."""
    return TLSSocket(sock, TLSBuffer(config, server_side=True, psks=psks), do_handshake=do_handshake)


def create_connection(
    address: tuple[str, int],
    config: Optional[Config] = None,
    *,
    server_name: Optional[str] = None,
    timeout: Optional[float] = None,
    session: Optional[Buffer] = None,
    psks: Iterable[Psk] = (),
    early_data: Buffer = b"",
) -> TLSSocket:
    """Connect over TCP and do the handshake. The server's name is the host, unless `server_name` says otherwise.

    The rest is as for wrap_client().
    """
    sock = _socket.create_connection(address, timeout)
    try:
        name = address[0] if server_name is None else server_name
        return wrap_client(sock, config, server_name=name, session=session, psks=psks, early_data=early_data)
    except BaseException:
        sock.close()
        raise
