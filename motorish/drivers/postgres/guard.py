"""
Guard: whose turn it is on a psycopg2 connection.

psycopg2 holds a mutex of its own, in C, while it calls the wait callback.  Whoever calls ``close``,
``commit`` or a second ``execute`` meanwhile on the same thread waits for that mutex, and so stops the very
loop that would end the wait: for ever.  So each of these calls takes the connection's Guard first, on
which a child parks and a thread waits as ever, and the loop's own thread gets an error.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from greenlet import getcurrent, greenlet

from motorish.errors import BusyError
from motorish.green.threading import Lock
from motorish.hub import Child, current_child, running_loop


class Guard:
    """
    A lock that its holder may take again; as a context manager.

    Its holder is a greenlet rather than `get_ident`'s identity, which the calls of a `motorish.scope` share.

    Args:
        let_go: takes the connection's descriptor off the loop.  Called before anybody but a child uses it,
            and when something has failed: libpq may have closed it.
    """

    __slots__ = ("_depth", "_holder", "_let_go", "_lock")

    def __init__(self, let_go: Callable[[], object]) -> None:
        self._let_go = let_go
        self._lock = Lock()
        self._holder = 0
        self._depth = 0

    def __enter__(self) -> Self:
        current = getcurrent()
        caller = id(current)
        if self._holder == caller:
            self._depth += 1
            return self
        if not self._lock.acquire(blocking=False):
            self._wait()
        self._holder = caller
        self._depth = 1
        if type(current) is not Child:
            self._let_go()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._let_go()
        self._depth -= 1
        if not self._depth:
            self._holder = 0
            self._lock.release()

    def is_held_by(self, caller: greenlet) -> bool:
        """
        Whether this greenlet is in.
        """
        return self._holder == id(caller)

    def _wait(self) -> None:
        if current_child() is None and running_loop() is not None:
            raise BusyError(
                "this psycopg2 connection is executing another call, and to wait for that here would stop "
                "the event loop, and the call with it. Await the other call first, use a connection (or a "
                "pool) for each, or let this one wait for its turn on a child: "
                "await motorish.spawn(connection.rollback)"
            )
        self._lock.acquire()
