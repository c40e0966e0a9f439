"""
Large objects of guarded connections: libpq can only block on them, so a thread does it.

A connection has one such thread, made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from threading import get_ident
from typing import Any

from psycopg2.extensions import lobject as stock

from motorish.drivers.postgres import libpq
from motorish.drivers.postgres.cancel import Cancel
from motorish.drivers.postgres.kept import let_go
from motorish.drivers.postgres.readiness import is_aborted
from motorish.drivers.postgres.waiting import cut_off
from motorish.green import outside
from motorish.hub import current_child, running_loop
from motorish.proxy.workers import Worker


class GuardedLobject:
    """
    Mixed into a class of large objects, before it.
    """

    _connection: Any = None

    def __init__(self, connection: Any, *args: Any, **kwargs: Any) -> None:
        self._connection = connection
        _call(connection, super().__init__, connection, *args, **kwargs)


def _guarded_method(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _call(self._connection, getattr(super(GuardedLobject, self), name), *args, **kwargs)

    call.__name__ = name
    call.__qualname__ = f"lobject.{name}"
    return call


for _name in ("read", "write", "seek", "tell", "truncate", "close", "unlink", "export"):
    setattr(GuardedLobject, _name, _guarded_method(_name))


def _call(connection: Any, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    if connection._worker_ident == get_ident():
        return function(*args, **kwargs)  # by a method that runs there
    with connection._guard:
        if connection.closed:
            return function(*args, **kwargs)
        let_go(connection)
        child = current_child()
        work = partial(_blocking, connection, function, *args, **kwargs)
        if child is None:
            if running_loop() is not None:
                outside.before_io_wait("a large object", "psycopg2")
            return work()
        worker = connection._worker
        if worker is None:
            worker = connection._worker = Worker(partial(_end_call, connection))
        try:
            return worker.run(work)
        except BaseException:
            if is_aborted(child):
                connection.close()
            raise


def _blocking(connection: Any, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    # libpq's functions for large objects work on blocking connections only.
    lib, pgconn = libpq.library(), connection.pgconn_ptr
    lib.PQsetnonblocking(pgconn, 0)
    connection._worker_ident = get_ident()
    try:
        return function(*args, **kwargs)
    finally:
        connection._worker_ident = None
        if not connection.closed:
            lib.PQsetnonblocking(pgconn, 1)


def _end_call(connection: Any) -> None:
    # Runs in a thread of its own, while the other one still works.
    if not connection.closed:
        fd = connection.fileno()
        Cancel(connection).send_at_close()
        with suppress(OSError):
            cut_off(fd)


@cache
def guarded_lobject(kind: Any) -> Any:
    """
    The guarded subclass of a class of large objects; a function is left as it is.
    """
    if not (isinstance(kind, type) and issubclass(kind, stock)):
        return kind
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (GuardedLobject, kind), names)
