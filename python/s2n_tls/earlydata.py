# SPDX-License-Identifier: Apache-2.0
"""Early data (0-RTT, RFC 8446 2.3): what a server decides about, and where it stands.

Early data is sent before the handshake is done. It is not forward secret, and whoever captured it can send it
again, to this server or to another one that knows the same key. A server takes it only with max_early_data
set, and must then have an on_early_data: one of antireplay, or one's own that takes only what does no harm when
it comes twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ._call import UsageError, check, ffi, lib
from ._enums import EarlyDataStatus
from .clienthello import ClientHello

if TYPE_CHECKING:
    from .connection import Connection

__all__ = ["EarlyDataGuard", "EarlyDataStatus", "OfferedEarlyData"]

NO_GUARD = (
    "early data can be replayed by anyone who captured it: set on_early_data to SingleUseTickets(redis) or "
    "ClientHelloRecorder(), or, if no repetition does harm, to `lambda connection, offered: True`"
)


class OfferedEarlyData:
    """Early data that a client wants to send, all protocol checks passed. Accept or reject it, once.

    `context` are the bytes that came with the ticket (connection.early_data_context) or with the Psk. `identity` is
    that of the key: the ticket, or the Psk's. `client_hello` is the message that offers it. `connection` is the
    connection it belongs to.

    These are copies, for any thread at any time. The connection itself answers other threads only when the call that
    asks the guard has returned: a guard that waits for a thread which asks the connection waits for ever.
    """

    def __init__(self, connection: Connection, pointer: Any) -> None:
        self.connection = connection
        self._pointer = pointer
        size = ffi.new("uint16_t *")
        check(lib.s2n_offered_early_data_get_context_length(pointer, size))
        context = ffi.new("uint8_t[]", max(1, size[0]))
        check(lib.s2n_offered_early_data_get_context(pointer, context, size[0]))
        self.context = bytes(ffi.buffer(context, size[0]))
        identity, hello = connection.negotiated_psk_identity, connection.client_hello
        if identity is None or hello is None:
            raise UsageError("there is no early data without a pre-shared key and a ClientHello")
        self.identity: bytes = identity
        self.client_hello: ClientHello = hello

    def accept(self) -> None:
        """Take the early data. From any thread; InternalError (S2N_ERR_INVALID_EARLY_DATA_STATE) after reject()."""
        self._decide(lib.s2n_offered_early_data_accept)

    def reject(self) -> None:
        """Let the client send it again after the handshake, if it wants to. From any thread, as accept()."""
        self._decide(lib.s2n_offered_early_data_reject)

    def _decide(self, decision: Callable[[Any], int]) -> None:
        # The library's answer is atomic; only the memory must not go away meanwhile.
        resource = self.connection._resource
        resource.use()
        try:
            check(decision(self._pointer))
        finally:
            resource.done()
        self.connection.wake()


EarlyDataGuard = Callable[["Connection", OfferedEarlyData], Optional[bool]]
