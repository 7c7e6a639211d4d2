# SPDX-License-Identifier: Apache-2.0
"""The asyncio protocol and transport under s2n_tls.aio: between an event loop's transport and a TLSBuffer.

The event loop writes what arrives straight into the library's incoming queue (BufferedProtocol). Flow control
passes through in both directions; handshake and shutdown have time limits; a blinding delay is waited for
with the transport open and silent, not by sleeping.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Optional, Union, cast

from ._call import ConnectionClosed, S2NError, UsageError, WantApplication, WantRead, lib
from .buffer import CHUNK, ConnectionState, TLSBuffer


# How often, in seconds, an answer that a callback has put off is asked for again if nobody says that it is there.
ASK_AGAIN = 0.01


class TLSTransport(asyncio.Transport):
    """What a protocol sees: an asyncio transport whose bytes are encrypted on their way.

    get_extra_info() knows "tls_info" (HandshakeInfo), "tls_buffer", "early_data" (what a server received as early
    data), and all that the transport below knows.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "tls_info":
            return self._engine.buffer.info()
        if name == "tls_buffer":
            return self._engine.buffer
        if name == "early_data":
            return self._engine.buffer.early_data
        return self._engine.lower.get_extra_info(name, default)

    def write(self, data: Union[bytes, bytearray, memoryview]) -> None:
        self._engine.write(data)

    def retry_early_data(self) -> int:
        """Send what the server did not take of a client's early data as normal data, once; its length."""
        return self._engine.retry_early_data()

    def close(self) -> None:
        self._engine.close()

    def abort(self) -> None:
        self._engine.lower.abort()

    def is_closing(self) -> bool:
        return self._engine.closing or self._engine.lower.is_closing()

    def can_write_eof(self) -> bool:
        return self._engine.buffer.info().version == "TLSv1.3"

    def write_eof(self) -> None:
        self._engine.write_eof()

    def pause_reading(self) -> None:
        self._engine.pause(True)

    def resume_reading(self) -> None:
        self._engine.pause(False)

    def is_reading(self) -> bool:
        return not self._engine.paused

    def get_write_buffer_size(self) -> int:
        return self._engine.lower.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._engine.lower.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: Optional[int] = None, low: Optional[int] = None) -> None:
        self._engine.lower.set_write_buffer_limits(high, low)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._engine.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._engine.protocol


class Engine(asyncio.BufferedProtocol):
    """The protocol between a transport of the event loop and a TLSBuffer."""

    def __init__(
        self, buffer: TLSBuffer, protocol: asyncio.BaseProtocol, timeouts: tuple[float, float]
    ) -> None:
        self.buffer = buffer
        self.protocol = protocol
        self.transport = TLSTransport(self)
        self.lower: asyncio.Transport = cast(asyncio.Transport, None)
        self.paused = False
        self.closing = False
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[TLSTransport] = self._loop.create_future()
        self._timeouts = timeouts
        self._timer: Optional[asyncio.TimerHandle] = None
        self._asking: Optional[asyncio.TimerHandle] = None
        buffer.connection._waker = self._wake
        self._view: Optional[memoryview] = None
        self._connected = False
        self._eof = False  # the program has been told that nothing more comes
        self._wrote_eof = False
        self._error: Optional[Exception] = None

    # ---- called by the transport below ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.lower = cast(asyncio.Transport, transport)
        self._set_timer(self._timeouts[0], TimeoutError("the TLS handshake took too long"))
        self._pump()

    def get_buffer(self, sizehint: int) -> memoryview:
        self._release()
        self._view = self.buffer._reserve(max(sizehint, CHUNK))
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        self._release()
        if self.buffer.closed:
            return
        lib.s2n_tls_pipe_commit(self.buffer.connection._memory(), nbytes)
        self._pump()

    def _release(self) -> None:
        # The view must not outlive the space it points to.
        view, self._view = self._view, None
        if view is not None:
            view.release()

    def eof_received(self) -> bool:
        if not self.buffer.closed:
            self.buffer.feed_eof()
            self._pump()
        return True  # the transport below closes when close() or an error says so

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._release()
        self._set_timer(None)
        self._stop_asking()
        self.buffer.connection._waker = None
        error = self._error or exc
        if not self.ready.done():
            self.ready.set_exception(
                error or ConnectionClosed("the connection was lost during the handshake")
            )
            self.ready.exception()  # start_server has nobody to retrieve it
        self.buffer.close()
        if self._connected:
            self._connected = False
            self._loop.call_soon(self.protocol.connection_lost, error)

    def pause_writing(self) -> None:
        if self._connected:
            self.protocol.pause_writing()

    def resume_writing(self) -> None:
        if self._connected:
            self.protocol.resume_writing()

    # ---- the pump ------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        try:
            if not self.buffer.handshake_complete:
                self._handshake()
            if self.buffer.handshake_complete:
                self._read()
        except S2NError as error:
            self._fail(error)
        self._flush()

    def _handshake(self) -> None:
        try:
            self.buffer.handshake()
        except WantRead:
            return
        except WantApplication:
            self._stop_asking()
            self._asking = self._loop.call_later(ASK_AGAIN, self._ask_again)
            return
        self._start()

    def _wake(self) -> None:
        # Any thread may be calling, and the loop may be closed.
        try:
            self._loop.call_soon_threadsafe(self._ask_again)
        except RuntimeError:
            pass

    def _ask_again(self) -> None:
        if self._asking is None:
            return  # nothing is put off
        self._stop_asking()
        try:
            self._pump()
        except Exception as error:  # a callback's; inside data_received asyncio would do the same
            self._error = self._error or error
            self.lower.abort()

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _start(self) -> None:
        self._set_timer(None)
        self._flush()
        self._connected = True
        self.protocol.connection_made(self.transport)
        if not self.ready.done():
            self.ready.set_result(self.transport)

    def _read(self) -> None:
        if not self._connected:
            self._start()  # a connection that was continued has no handshake
        while not (self.paused or self._eof or self.buffer.closed):
            if self.closing:
                target: Any = bytearray(CHUNK)
            elif isinstance(self.protocol, asyncio.BufferedProtocol):
                target = self.protocol.get_buffer(CHUNK)
            else:
                target = bytearray(CHUNK)
            count = self.buffer._read_into(target)
            if count < 0:
                return
            if count == 0:
                self._end()
            elif not self.closing:
                self._deliver(target, count)

    def _deliver(self, target: Any, count: int) -> None:
        if isinstance(self.protocol, asyncio.BufferedProtocol):
            self.protocol.buffer_updated(count)
        else:
            cast(asyncio.Protocol, self.protocol).data_received(bytes(memoryview(target)[:count]))

    def _end(self) -> None:
        """The peer's close_notify."""
        self._eof = True
        if self.closing:
            self.lower.close()
        elif not cast(asyncio.Protocol, self.protocol).eof_received():
            self.close()

    def _flush(self) -> None:
        if not self.buffer.closed and self.buffer.outgoing:
            self.lower.write(self.buffer.take())

    def _fail(self, error: S2NError) -> None:
        """Remember the reason, wait out the delay, tell the peer, close."""
        if self._error is not None or self._eof:
            return
        if self.closing:  # the peer went without a goodbye, but so did we want to
            self.lower.close()
            return
        self._error = error
        self._eof = self.closing = True
        self._set_timer(None)
        self.lower.pause_reading()
        delay = self.buffer.connection.blinding_delay
        if delay > 0:
            self._timer = self._loop.call_later(delay, self._give_up)
        else:
            self._give_up()

    def _give_up(self) -> None:
        self._say_goodbye()
        self.lower.close()

    def _say_goodbye(self) -> None:
        try:
            self.buffer.shutdown()
            self._flush()
        except S2NError:
            pass  # the connection is beyond that

    def _set_timer(self, seconds: Optional[float], error: Optional[Exception] = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self._loop.call_later(seconds, self._too_late, error)

    def _too_late(self, error: Optional[Exception]) -> None:
        self._error = self._error or error
        self.lower.abort()

    # ---- called through the transport above ----------------------------------------------------------------

    def write(self, data: Union[bytes, bytearray, memoryview]) -> None:
        if self._wrote_eof:
            raise RuntimeError("write() after write_eof()")
        if self.closing or self.buffer.closed or not len(data):
            return  # as every asyncio transport: the loss has been or will be told
        try:
            self.buffer.write(data)
        except S2NError as error:
            self._fail(error)
        self._flush()

    def retry_early_data(self) -> int:
        count = self.buffer.retry_early_data()
        self._flush()
        return count

    def write_eof(self) -> None:
        if not self._wrote_eof and not self.closing:
            self._wrote_eof = True
            self._say_goodbye()

    def pause(self, paused: bool) -> None:
        self.paused = paused
        if self.closing or self.lower.is_closing():
            return
        if paused:
            self.lower.pause_reading()
        else:
            self.lower.resume_reading()
            self._loop.call_soon(self._resumed)

    def _resumed(self) -> None:
        if self._connected and not self.paused and not self.buffer.closed:
            self._pump()

    def close(self) -> None:
        """Say goodbye and wait, for a limited time, for the peer's."""
        if self.closing:
            return
        self.closing = True
        self._say_goodbye()
        if self._eof or self.lower.is_closing() or not self.buffer.handshake_complete:
            self.lower.close()
            return
        self._set_timer(self._timeouts[1])
        if self.paused:
            self.paused = False
            self.lower.resume_reading()

    def detach(self) -> tuple[socket.socket, ConnectionState]:
        if self.lower.get_write_buffer_size():
            raise UsageError("bytes wait in the transport: drain() first")
        raw = self.lower.get_extra_info("socket")
        copy = socket.fromfd(raw.fileno(), raw.family, raw.type, raw.proto)
        try:
            state = self.buffer.detach()
        except BaseException:
            copy.close()
            raise
        self.closing = self._eof = True
        self.lower.abort()  # closes this process' descriptor only; the copy is the connection now
        return copy, state
