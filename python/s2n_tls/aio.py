# SPDX-License-Identifier: Apache-2.0
"""TLS for asyncio: open_connection, start_server, start_tls, and detach to move a connection elsewhere.

reader, writer = await aio.open_connection("localhost", 8443, config=Config(trust=ca_pem))
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Awaitable, Callable, Iterable, Optional, Union, cast

from ._call import UsageError
from ._engine import Engine, TLSTransport
from .buffer import ConnectionState, TLSBuffer
from .config import Config
from .connection import Buffer
from .psk import Psk

__all__ = ["TLSTransport", "detach", "open_connection", "retry_early_data", "start_server", "start_tls"]

HANDSHAKE_TIMEOUT = 60.0
SHUTDOWN_TIMEOUT = 10.0

ClientConnected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Union[None, Awaitable[None]]]


def _engine(
    buffer: TLSBuffer, protocol: asyncio.BaseProtocol, timeouts: tuple[Optional[float], Optional[float]]
) -> Engine:
    handshake, shutdown = timeouts
    limits = (
        HANDSHAKE_TIMEOUT if handshake is None else handshake,
        SHUTDOWN_TIMEOUT if shutdown is None else shutdown,
    )
    return Engine(buffer, protocol, limits)


async def open_connection(
    host: str,
    port: int,
    *,
    config: Optional[Config] = None,
    server_name: Optional[str] = None,
    handshake_timeout: Optional[float] = None,
    shutdown_timeout: Optional[float] = None,
    session: Optional[Buffer] = None,
    psks: Iterable[Psk] = (),
    early_data: Buffer = b"",
    **options: Any,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect and do the handshake; a reader and a writer, as from asyncio.open_connection.

    Without a config, the system's trust and the default policy; with `psks` no trust, so that only a server that
    has one of them will do. `session`, `psks` and `early_data` are explained at TLSBuffer; what the server did not
    take of early data, `retry_early_data(writer.transport)` sends again. Other options go to loop.create_connection.
    """
    keys = tuple(psks)
    loop = asyncio.get_running_loop()
    settings = config if config is not None else Config(system_trust=not keys)
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)

    def make() -> Engine:
        name = host if server_name is None else server_name
        buffer = TLSBuffer(settings, server_name=name, session=session, psks=keys, early_data=early_data)
        return _engine(buffer, protocol, (handshake_timeout, shutdown_timeout))

    _lower, engine = await loop.create_connection(make, host, port, **options)
    return reader, await _writer(engine, protocol, reader)


async def _writer(engine: Engine, protocol: Any, reader: asyncio.StreamReader) -> asyncio.StreamWriter:
    try:
        transport = await engine.ready
    except BaseException:
        engine.lower.abort()
        raise
    return asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())


async def start_server(
    client_connected: ClientConnected,
    host: Optional[str] = None,
    port: Optional[int] = None,
    *,
    config: Config,
    handshake_timeout: Optional[float] = None,
    shutdown_timeout: Optional[float] = None,
    psks: Iterable[Psk] = (),
    **options: Any,
) -> asyncio.Server:
    """Accept connections; `client_connected(reader, writer)` runs when a handshake is complete.

    `writer.get_extra_info("early_data")` are the bytes received as early data, which may be a replay. Other
    options go to loop.create_server.
    """
    keys = tuple(psks)
    loop = asyncio.get_running_loop()

    def make() -> Engine:
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, cast(Any, client_connected), loop=loop)
        buffer = TLSBuffer(config, server_side=True, psks=keys)
        return _engine(buffer, protocol, (handshake_timeout, shutdown_timeout))

    return await loop.create_server(make, host, port, **options)


async def start_tls(
    transport: asyncio.Transport,
    protocol: asyncio.BaseProtocol,
    config: Optional[Config],
    *,
    server_side: bool = False,
    server_name: Optional[str] = None,
    received: bytes = b"",
    state: Optional[ConnectionState] = None,
    handshake_timeout: Optional[float] = None,
    shutdown_timeout: Optional[float] = None,
    session: Optional[Buffer] = None,
    psks: Iterable[Psk] = (),
    early_data: Buffer = b"",
) -> TLSTransport:
    """Switch a plain transport to TLS and do the handshake. `protocol` then belongs to the transport
    returned.

    `received` are bytes that the plain protocol has read too far. With a `state` from detach(), the
    connection goes on where it was, without a handshake. `session`, `psks` and `early_data` are explained at
    TLSBuffer.
    """
    if state is not None:
        buffer = TLSBuffer.attach(state, config)
    else:
        buffer = TLSBuffer(
            config,
            server_side=server_side,
            server_name=server_name,
            session=session,
            psks=psks,
            early_data=early_data,
        )
    buffer.feed(received)
    engine = _engine(buffer, protocol, (handshake_timeout, shutdown_timeout))
    transport.pause_reading()
    transport.set_protocol(engine)
    engine.connection_made(transport)
    if not engine.closing:
        transport.resume_reading()
    try:
        return await engine.ready
    except BaseException:
        transport.abort()
        raise


async def detach(transport: asyncio.WriteTransport) -> tuple[socket.socket, ConnectionState]:
    """Give up a connection with all that is under way: its socket and its state. See `handoff`.

    For a stream this is `await detach(writer.transport)`; what the StreamReader has read already stays in it.
    """
    ours = _ours(transport)
    ours.pause_reading()
    while ours.get_write_buffer_size():
        await asyncio.sleep(0.001)
    return ours._engine.detach()


def retry_early_data(transport: asyncio.WriteTransport) -> int:
    """Send what the server did not take of a client's early data as normal data, once; its length.

    For a stream this is `retry_early_data(writer.transport)`.
    """
    return _ours(transport).retry_early_data()


def _ours(transport: asyncio.WriteTransport) -> TLSTransport:
    if not isinstance(transport, TLSTransport):
        raise UsageError("not a transport of this module")
    return transport
