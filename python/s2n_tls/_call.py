# SPDX-License-Identifier: Apache-2.0
"""The edge to C: starts the library, turns its errors into exceptions, runs the callbacks it makes.

check() looks first for an exception that a callback left on this thread, then at the result. The class of an
error is chosen by its type, never by its text. Memory locking: the library can lock every page it uses, but
the limit for that is small on most systems (often 8 MiB or less for the whole process) and running into it
makes any later call fail; so this package switches locking off unless S2N_TLS_MLOCK=1 is in the environment
at import.
"""

from __future__ import annotations

import os
import threading
from enum import Enum
from typing import Any, Callable, Final, NoReturn, Optional

try:
    from ._s2n import ffi as ffi
    from ._s2n import lib as lib
except ImportError as exc:  # the files are there, the compiled part is not
    raise ImportError(
        f"s2n_tls: the extension module s2n_tls._s2n cannot be loaded ({exc}); "
        "install the package or build it with CMake (S2N_BUILD_PYTHON)"
    ) from exc

from ._enums import ErrorType

_GLUE_VERSION = 2
if lib.S2N_TLS_GLUE_VERSION != _GLUE_VERSION:
    raise ImportError(
        f"s2n_tls: extension module of generation {lib.S2N_TLS_GLUE_VERSION}, Python files of {_GLUE_VERSION}"
    )


class S2NError(Exception):
    """Root of all errors of this package.

    `name` is stable (S2N_ERR_...); `code` may change with the library; `type` is the ErrorType; `source` says
    where in the library the error was raised, `debug` the same in words; `alert` is the TLS alert that
    belongs to it.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str = "",
        code: int = 0,
        type: ErrorType = ErrorType.USAGE,
        source: str = "",
        debug: str = "",
        alert: Optional[int] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.code = code
        self.type = type
        self.source = source
        self.debug = debug
        self.alert = alert

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.name else self.message

    def __reduce__(self) -> Any:
        state = {k: v for k, v in self.__dict__.items() if k != "message"}
        return (type(self), (self.message,), state)


class IOFailure(S2NError, OSError):
    """The transport failed; `errno` has the reason where the library did the I/O itself."""


class ConnectionClosed(S2NError, EOFError):
    """The connection is closed, or the peer's stream ended without a close_notify."""


class WouldBlock(S2NError, BlockingIOError):
    """Nothing wrong: repeat the call when what its subclass names has happened."""


class WantRead(WouldBlock):
    """Repeat when more bytes have arrived."""


class WantWrite(WouldBlock):
    """Repeat when bytes could be sent."""


class WantApplication(WouldBlock):
    """Repeat when the application has done its part: the answer that a callback put off."""


class WantEarlyData(WouldBlock):
    """Repeat when the early data has been received (recv_early_data_into)."""


class AlertReceived(S2NError):
    """The peer refused: `alert` is the number it sent."""


class ProtocolError(S2NError):
    """The peer broke the protocol, or the two sides have nothing in common."""


class InternalError(S2NError):
    """The library or libcrypto failed."""


class UsageError(S2NError, ValueError):
    """The call was wrong: argument, order or configuration."""


class HandleClosed(UsageError):
    """The object was closed, serialized, or belongs to the parent process."""


_BY_TYPE: dict[int, type[S2NError]] = {
    ErrorType.IO: IOFailure,
    ErrorType.CLOSED: ConnectionClosed,
    ErrorType.BLOCKED: WouldBlock,
    ErrorType.ALERT: AlertReceived,
    ErrorType.PROTO: ProtocolError,
    ErrorType.INTERNAL: InternalError,
    ErrorType.USAGE: UsageError,
}
_BY_BLOCKED: dict[int, type[S2NError]] = {
    lib.S2N_BLOCKED_ON_READ: WantRead,
    lib.S2N_BLOCKED_ON_WRITE: WantWrite,
    lib.S2N_BLOCKED_ON_APPLICATION_INPUT: WantApplication,
    lib.S2N_BLOCKED_ON_EARLY_DATA: WantEarlyData,
}


def text(pointer: Any) -> str:
    """A C string as str; empty for NULL."""
    return ffi.string(pointer).decode("utf-8", "replace") if pointer else ""


def error_type() -> int:
    """The type of this thread's last error."""
    return int(lib.s2n_error_get_type(lib.s2n_errno_location()[0]))


def last_error(conn: Any = None, blocked: int = 0) -> S2NError:
    """The exception for the call that has just failed on this thread. Must come right after it."""
    code = lib.s2n_errno_location()[0]
    errno = ffi.errno
    kind = int(lib.s2n_error_get_type(code))
    cls = _BY_TYPE.get(kind, InternalError)
    if cls is WouldBlock:
        cls = _BY_BLOCKED.get(blocked, WouldBlock)
    error = cls(
        text(lib.s2n_strerror(code, ffi.NULL)),
        name=text(lib.s2n_strerror_name(code)),
        code=code,
        type=ErrorType(kind) if 0 <= kind <= 7 else ErrorType.INTERNAL,
        source=text(lib.s2n_strerror_source(code)),
        debug=text(lib.s2n_strerror_debug(code, ffi.NULL)),
        alert=_alert(cls, code, conn),
    )
    if isinstance(error, IOFailure):
        error.errno = errno
    return error


def _alert(cls: type[S2NError], code: int, conn: Any) -> Optional[int]:
    if cls is AlertReceived:
        if conn is None:
            return None
        received = int(lib.s2n_connection_get_alert(conn))
        return received if received >= 0 else None
    out = ffi.new("uint8_t *")
    return int(out[0]) if lib.s2n_error_get_alert(code, out) == 0 else None


def fail(conn: Any = None, blocked: int = 0) -> NoReturn:
    """Raise the error of the call that has just failed."""
    raise last_error(conn, blocked)


def check(result: int) -> int:
    """Return a result that is not negative, otherwise raise its error."""
    if result < 0:
        raise last_error()
    return result


def check_pointer(result: Any) -> Any:
    """Return a pointer that is not NULL, otherwise raise its error."""
    if not result:
        raise last_error()
    return result


# ---- callbacks: C calls a function of the application ------------------------------------------------------


class _Pending(threading.local):
    error: Optional[BaseException] = None


_pending = _Pending()


class Pending(Enum):
    """The type of PENDING."""

    PENDING = "pending"


PENDING: Final = Pending.PENDING


class Payload:
    """What a callback's `void *` stands for: the application's function. Kept by the handle that registered it."""

    __slots__ = ("function", "pointer")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.pointer = ffi.new_handle(self)


class callbacks:
    """Context of a C call that may call back: an exception left by a callback replaces the call's own result."""

    __slots__ = ("_outer",)

    def __enter__(self) -> None:
        self._outer = _pending.error
        _pending.error = None

    def __exit__(self, _kind: Any, error: Optional[BaseException], _trace: Any) -> None:
        raised, _pending.error = _pending.error, self._outer
        if raised is not None:
            raise raised from error


def _onerror(_kind: Any, error: BaseException, _trace: Any) -> None:
    if _pending.error is None:
        _pending.error = error


@ffi.def_extern(name="s2n_tls_verify_host", error=0, onerror=_onerror)
def _verify_host(name: Any, length: int, payload: Any) -> int:
    host = ffi.unpack(name, length).decode("utf-8", "surrogateescape") if length else ""
    return 1 if ffi.from_handle(payload).function(host) else 0


@ffi.def_extern(name="s2n_tls_key_log", error=-1, onerror=_onerror)
def _key_log(payload: Any, _conn: Any, line: Any, length: int) -> int:
    ffi.from_handle(payload).function(bytes(ffi.unpack(ffi.cast("char *", line), length)).decode("ascii"))
    return 0


@ffi.def_extern(name="s2n_tls_wall_clock", error=-1, onerror=_onerror)
def _wall_clock(payload: Any, nanoseconds: Any) -> int:
    nanoseconds[0] = int(ffi.from_handle(payload).function())
    return 0


def connection_of(conn: Any) -> Any:
    """The Connection of a C connection, which is inside a call now: its context is a weak reference (connection.py)."""
    return ffi.from_handle(lib.s2n_connection_get_ctx(conn)).function()


def _bytes(data: Any, size: int) -> bytes:
    return bytes(ffi.buffer(data, size)) if size else b""


@ffi.def_extern(name="s2n_tls_session_ticket", error=-1, onerror=_onerror)
def _session_ticket(conn: Any, payload: Any, ticket: Any) -> int:
    ffi.from_handle(payload).function(connection_of(conn), ticket)
    return 0


@ffi.def_extern(name="s2n_tls_cache_store", error=-1, onerror=_onerror)
def _cache_store(
    _conn: Any, payload: Any, ttl: int, key: Any, key_size: int, value: Any, value_size: int
) -> int:
    ffi.from_handle(payload).function(_bytes(key, key_size), _bytes(value, value_size), ttl)
    return 0


@ffi.def_extern(name="s2n_tls_cache_retrieve", error=-1, onerror=_onerror)
def _cache_retrieve(conn: Any, payload: Any, key: Any, key_size: int, value: Any, value_size: Any) -> int:
    found = ffi.from_handle(payload).function(connection_of(conn), _bytes(key, key_size))
    if found is PENDING:
        return int(lib.S2N_CALLBACK_BLOCKED)
    if found is None or len(found) > value_size[0]:
        return -1
    ffi.memmove(value, found, len(found))
    value_size[0] = len(found)
    return 0


@ffi.def_extern(name="s2n_tls_cache_delete", error=-1, onerror=_onerror)
def _cache_delete(_conn: Any, payload: Any, key: Any, key_size: int) -> int:
    ffi.from_handle(payload).function(_bytes(key, key_size))
    return 0


@ffi.def_extern(name="s2n_tls_psk_selection", error=-1, onerror=_onerror)
def _psk_selection(conn: Any, payload: Any, offered: Any) -> int:
    ffi.from_handle(payload).function(connection_of(conn), offered)
    return 0


@ffi.def_extern(name="s2n_tls_early_data", error=-1, onerror=_onerror)
def _early_data(conn: Any, offered: Any) -> int:
    connection_of(conn)._early_data_offered(offered)
    return 0


# ---- start -------------------------------------------------------------------------------------------------


def _start() -> None:
    lock = os.environ.get("S2N_TLS_MLOCK") == "1"
    ours = not lock and "S2N_DONT_MLOCK" not in os.environ
    if ours:
        os.environ["S2N_DONT_MLOCK"] = "1"
    try:
        if lib.s2n_init() != 0:
            error = last_error()
            if error.name != "S2N_ERR_INITIALIZED":  # somebody else in this process was first: good
                raise error
    finally:
        if ours:
            del os.environ["S2N_DONT_MLOCK"]


_start()
