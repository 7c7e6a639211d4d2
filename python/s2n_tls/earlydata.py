# SPDX-License-Identifier: Apache-2.0
"""Early data (0-RTT, RFC 8446 2.3): what a server decides about, and where it stands.

Early data is sent before the handshake is done. It is not forward secret, and whoever captured it can send it
again, to this server or to another one that knows the same key. A server takes it only with max_early_data
set, and should then have an on_early_data of antireplay, or take only what does no harm when it comes twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ._call import check, ffi, lib
from ._enums import EarlyDataStatus

if TYPE_CHECKING:
    from .connection import Connection

__all__ = ["EarlyDataGuard", "EarlyDataStatus", "OfferedEarlyData"]


class OfferedEarlyData:
    """Early data that a client wants to send, all protocol checks passed. Accept or reject it, once.

    `context` are the bytes that came with the ticket (connection.early_data_context) or with the Psk.
    `connection` is the connection it belongs to.
    """

    def __init__(self, connection: Connection, pointer: Any) -> None:
        self.connection = connection
        self._pointer = pointer
        size = ffi.new("uint16_t *")
        check(lib.s2n_offered_early_data_get_context_length(pointer, size))
        context = ffi.new("uint8_t[]", max(1, size[0]))
        check(lib.s2n_offered_early_data_get_context(pointer, context, size[0]))
        self.context = bytes(ffi.buffer(context, size[0]))

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
