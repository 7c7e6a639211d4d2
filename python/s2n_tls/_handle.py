# SPDX-License-Identifier: Apache-2.0
"""Lifetimes of C objects: who owns one, who still needs it, and when it is really freed.

The library counts no references, and a config that is freed under a connection is a crash. So each C object
has a `Resource`, which knows how many others need it, and a `Handle`, the Python object that a program sees.
Closing a handle or collecting it only dooms the resource; the last user frees it, in whatever order the
collector works.
"""

from __future__ import annotations

import os
import threading
import warnings
from typing import Any, Callable, Optional, TypeVar

from ._call import HandleClosed, UsageError, ffi

T = TypeVar("T", bound="Handle")

# One lock for all counts: held for a few instructions only. Reentrant, because the collector may run a
# destructor on the thread that holds it. A child process gets a new one: the thread that held it may not
# exist there.
_gate = threading.RLock()
_generation = 0


def _after_fork() -> None:
    global _gate, _generation
    _gate = threading.RLock()
    _generation += 1


os.register_at_fork(after_in_child=_after_fork)


class Resource:
    """One C object: its pointer, how to free it, and how many users it has."""

    __slots__ = ("_cell", "_free", "_users", "_doomed", "_needs", "_generation", "_private", "why")

    def __init__(self, pointer: Any, free: Callable[[Any], Any], private: bool = False) -> None:
        self._cell = [pointer]
        self._free = free
        self._users = 0
        self._doomed = False
        self._needs: list[Resource] = []
        self._generation = _generation
        self._private = private
        self.why = ""

    def use(self) -> Any:
        """Count one more user and return the pointer, which stays valid until done()."""
        if self._private and self._generation != _generation:
            raise HandleClosed("the object belongs to the parent process, which may be using it")
        with _gate:
            if self._doomed or not self._cell:
                raise HandleClosed(self.why or "the object has been closed")
            self._users += 1
            return self._cell[0]

    def done(self) -> None:
        """Give back what use() counted."""
        with _gate:
            self._users -= 1
        self._settle()

    def doom(self, _pointer: Any = None) -> None:
        """Free the object as soon as nobody uses it; now, if nobody does."""
        self._doomed = True
        self._settle()

    def is_at(self, pointer: Any) -> bool:
        """Whether this is the object that a C pointer points to."""
        return bool(self._cell) and bool(self._cell[0] == pointer)

    def keeps(self, other: Resource) -> None:
        """Hold `other` until this object is freed."""
        other.use()
        self._needs.append(other)

    @property
    def inherited(self) -> bool:
        """Whether a parent process made the object, so that the parent may be using it too."""
        return self._generation != _generation

    def _settle(self) -> None:
        with _gate:
            if not self._doomed or self._users:
                return
            try:
                pointer = self._cell.pop()  # once: the collector may get here in between
            except IndexError:
                return
        self._free(pointer)
        while self._needs:
            self._needs.pop().done()


class Handle:
    """Base of the classes that own a C object. Closing twice is allowed, using a closed handle is an error."""

    # Connections: not to be used by a child of fork(), and worth a warning when nobody closed them.
    _private = False

    def __init__(self, pointer: Any, free: Callable[[Any], Any]) -> None:
        self._resource = Resource(pointer, free, self._private)
        self._closed = False
        # The collector releases this cdata with the handle; in a cycle, too, and never before it is
        # unreachable.
        self._guard = ffi.gc(ffi.cast("void *", pointer), self._resource.doom)

    def close(self) -> None:
        """Free the C object, once nothing uses it any more. Idempotent."""
        self._retire("the object has been closed")

    @property
    def closed(self) -> bool:
        """Whether close() has been called."""
        return self._closed

    def _retire(self, why: str) -> None:
        if not self._closed:
            self._closed = True
            self._resource.why = why
            ffi.release(self._guard)

    def __enter__(self: T) -> T:
        self._resource.use()
        self._resource.done()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._private and not getattr(self, "_closed", True) and not self._resource.inherited:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self, stacklevel=2)

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} owns memory of this process and cannot be pickled")


class Borrowed:
    """Context manager: the pointer of a handle, which cannot be freed inside the block."""

    __slots__ = ("_resource",)

    def __init__(self, handle: Handle) -> None:
        self._resource = handle._resource

    def __enter__(self) -> Any:
        return self._resource.use()

    def __exit__(self, *_exc: object) -> None:
        self._resource.done()


class Side:
    """A lock that knows its owner and is not reentrant: taking it twice raises instead of waiting for
    oneself.

    One guards each direction of a connection. As a context manager it is a lock of its own. `depth` counts
    how often its owner has entered again (Within).
    """

    __slots__ = ("_lock", "owner", "depth")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.owner = 0
        self.depth = 0

    def enter(self, me: int) -> None:
        self._lock.acquire()
        self.owner = me

    def leave(self) -> None:
        if self.depth:
            self.depth -= 1
            return
        self.owner = 0
        self._lock.release()

    def refuse(self, me: int) -> None:
        if self.owner == me:
            raise UsageError(
                "this thread is using the connection already: called from a callback or signal handler?"
            )

    def __enter__(self) -> None:
        me = threading.get_ident()
        self.refuse(me)
        self.enter(me)

    def __exit__(self, *_exc: object) -> None:
        self.leave()


class Exclusive:
    """Context manager: the pointer of a connection, with one direction or both for this thread alone.

    The library allows one reader and one writer at a time, and nothing else beside them. A thread that is
    inside already, in either direction, is refused: waiting for the other could never end.
    """

    __slots__ = ("_resource", "_sides", "_all")

    def __init__(self, resource: Resource, sides: tuple[Side, ...], everything: tuple[Side, ...]) -> None:
        self._resource = resource
        self._sides = sides
        self._all = everything

    def __enter__(self) -> Any:
        me = threading.get_ident()
        for side in self._all:
            side.refuse(me)
        pointer = self._resource.use()
        entered = 0
        try:
            for side in self._sides:
                side.enter(me)
                entered += 1
        except BaseException:
            for side in self._sides[:entered]:
                side.leave()
            self._resource.done()
            raise
        return pointer

    def __exit__(self, *_exc: object) -> None:
        for side in self._sides:
            side.leave()
        self._resource.done()


class Within(Exclusive):
    """As Exclusive, but a callback of the connection passes, if the call that runs it has these directions, or those
    that are `enough` for it.

    For what the library allows inside its callbacks, and nothing else.
    """

    __slots__ = ("_enough",)

    def __init__(
        self,
        resource: Resource,
        sides: tuple[Side, ...],
        everything: tuple[Side, ...],
        enough: Optional[tuple[Side, ...]] = None,
    ) -> None:
        super().__init__(resource, sides, everything)
        self._enough = sides if enough is None else enough

    def __enter__(self) -> Any:
        me = threading.get_ident()
        if any(side.owner != me for side in self._enough):
            return super().__enter__()
        pointer = self._resource.use()
        for side in self._sides:
            if side.owner == me:
                side.depth += 1
        return pointer

    def __exit__(self, *_exc: object) -> None:
        me = threading.get_ident()
        for side in self._sides:
            if side.owner == me:  # otherwise it was not entered here
                side.leave()
        self._resource.done()
