# SPDX-License-Identifier: Apache-2.0
"""TLS connections that can be saved, moved and continued.

    from s2n_tls import Config, create_connection
    with create_connection(("localhost", 8443), Config(trust=ca_pem)) as tls:
        tls.sendall(b"hello")

Layers, each built on the one before: Connection (one to one with the C library), TLSBuffer (no I/O),
TLSSocket and s2n_tls.aio (adapters). s2n_tls.handoff sends a live connection to another process.

Environment, read at import: S2N_TLS_MLOCK=1 keeps all memory of the library locked; see _call.py for why not
by default.
"""

from ._call import (
    AlertReceived,
    ConnectionClosed,
    HandleClosed,
    InternalError,
    IOFailure,
    ProtocolError,
    S2NError,
    UsageError,
    WantApplication,
    WantEarlyData,
    WantRead,
    WantWrite,
    WouldBlock,
)
from ._enums import Blinding, EarlyDataStatus, ErrorType, Mode, PSKMode
from .antireplay import ClientHelloRecorder, SingleUseTickets
from .buffer import ConnectionState, TLSBuffer
from .cert import Certificate, CertificateKeyPair
from .clienthello import ClientHello
from .config import ClientAuth, Config
from .connection import Connection
from .earlydata import OfferedEarlyData
from .info import HandshakeInfo
from .policy import SecurityPolicy
from .psk import OfferedPsk, Psk
from .session import SessionTicket, TicketKey, TicketKeys
from .sessioncache import PENDING, MemorySessionCache, RedisSessionCache, SessionCache
from .socket import TLSSocket, create_connection, wrap_client, wrap_server

__all__ = [
    "AlertReceived",
    "Blinding",
    "Certificate",
    "CertificateKeyPair",
    "ClientAuth",
    "ClientHello",
    "ClientHelloRecorder",
    "Config",
    "Connection",
    "ConnectionClosed",
    "ConnectionState",
    "EarlyDataStatus",
    "ErrorType",
    "HandleClosed",
    "HandshakeInfo",
    "IOFailure",
    "InternalError",
    "MemorySessionCache",
    "Mode",
    "OfferedEarlyData",
    "OfferedPsk",
    "PENDING",
    "PSKMode",
    "ProtocolError",
    "Psk",
    "RedisSessionCache",
    "S2NError",
    "SecurityPolicy",
    "SessionCache",
    "SessionTicket",
    "SingleUseTickets",
    "TLSBuffer",
    "TLSSocket",
    "TicketKey",
    "TicketKeys",
    "UsageError",
    "WantApplication",
    "WantEarlyData",
    "WantRead",
    "WantWrite",
    "WouldBlock",
    "create_connection",
    "wrap_client",
    "wrap_server",
]
