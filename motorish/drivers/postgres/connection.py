"""
What psycopg2.connect() gives while psycopg2 is patched: its own connection classes, guarded.

A guarded class is a subclass of the one that would have been used, the application's included, so
``isinstance`` holds.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache, partial
from typing import Any
from weakref import ref

from psycopg2 import OperationalError, ProgrammingError
from psycopg2.extensions import connection as stock
from psycopg2.extensions import lobject as stock_lobject
from psycopg2.extensions import quote_ident

from motorish.drivers.postgres import libpq
from motorish.drivers.postgres.cancel import Cancel
from motorish.drivers.postgres.copy import codec_of
from motorish.drivers.postgres.cursor import GuardedCursor, guarded_cursor, stock_cursor
from motorish.drivers.postgres.guard import Guard
from motorish.drivers.postgres.kept import let_go
from motorish.drivers.postgres.listening import Listening, log_message
from motorish.drivers.postgres.lobject import guarded_lobject
from motorish.drivers.postgres.readiness import release_fd
from motorish.green.stream import GreenStream
from motorish.proxy.workers import Worker

_STATUS_PREPARED = 5


class GuardedConnection(Listening):
    """
    Mixed into a connection class, before it.
    """

    _kept_stream: GreenStream | None = None  # on the loop where it was last used
    _receiver: Any = None  # keeps what libpq has the address of
    _worker: Worker | None = None
    _worker_ident: int | None = None  # of the thread that works on a large object just now

    def __init__(self, dsn: Any, *args: Any, **kwargs: Any) -> None:
        self._guard = Guard(partial(_let_go, ref(self)))
        with self._guard:
            super().__init__(dsn, *args, **kwargs)
            self.cursor_factory = self.cursor_factory

    def __del__(self) -> None:
        let_go(self)

    @property
    def cursor_factory(self) -> Any:
        # C makes its cursors with what its own attribute holds, guarded; Python sees what was set.
        return stock_cursor(super().cursor_factory)

    @cursor_factory.setter
    def cursor_factory(self, factory: Any) -> None:
        stock.cursor_factory.__set__(self, guarded_cursor(factory, named=False))

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            args, kwargs = _with_guarded_factory(*args, **kwargs)
        cursor = super().cursor(*args, **kwargs)
        if cursor.name is None and isinstance(cursor, GuardedCursor):  # not what a function has made
            return cursor
        kind = type(cursor)
        wanted = guarded_cursor(stock_cursor(kind), named=cursor.name is not None)
        if kind is not wanted:
            cursor.__class__ = wanted
        return cursor

    def close(self) -> None:
        with self._guard:
            let_go(self)
            if not self.closed:
                self._stop_listening()
            super().close()

    def reset(self) -> None:
        with self._guard:
            let_go(self)
            if not self.closed and self._hub is not None:
                release_fd(self._hub, self.fileno())
            super().reset()

    def cancel(self) -> None:
        if self.closed or self.status not in (1, 2):
            super().cancel()  # raises
            return
        failure = Cancel(self).send()
        if failure:
            raise OperationalError(failure)

    def lobject(
        self,
        oid: int = 0,
        mode: str | None = "",
        new_oid: int = 0,
        new_file: str | None = None,
        lobject_factory: Any = None,
    ) -> Any:
        if self.closed:
            return super().lobject()  # raises
        if self.status == _STATUS_PREPARED:
            raise ProgrammingError("lobject can't be used with a prepared two-phase transaction")
        factory = guarded_lobject(lobject_factory or stock_lobject)
        file = () if new_file is None else (new_file,)
        made = factory(self, oid, mode, new_oid, *file)
        if not isinstance(made, stock_lobject):
            raise TypeError("lobject factory must be subclass of psycopg2.extensions.lobject")
        return made

    def _execute_listen(self, command: str, channel: str) -> None:
        with self._guard:
            fresh = self.status == 1 and not self.autocommit
            with self.cursor() as cursor:
                cursor.execute(f"{command} {quote_ident(channel, self)}")
            if fresh:
                self.commit()

    def _start_reading(self) -> None:
        super()._start_reading()
        if not isinstance(self.notifies, _Notifies):
            self.notifies: list[Any] = _Notifies(self, self.notifies)

    def _receive_notices(self) -> None:
        if self._receiver is not None:
            return
        lib, connection = libpq.library(), ref(self)
        codec = codec_of(self)

        def receive(argument: int | None, result: int) -> None:
            # Called by libpq, amid anything.
            this = connection()
            if this is not None:
                this._noticed(log_message(libpq.fields_of(result, codec).get))
            psycopg2s_own(argument, result)

        self._receiver = libpq.NoticeReceiver(receive)
        address = ctypes.cast(self._receiver, ctypes.c_void_p)
        psycopg2s_own = libpq.NoticeReceiver(lib.PQsetNoticeReceiver(self.pgconn_ptr, address, None))

    def _read(self) -> None:
        with self._guard:
            if not self.closed:
                self.poll()


def _let_go(connection: ref[GuardedConnection]) -> None:
    this = connection()
    if this is not None:
        let_go(this)


def _with_guarded_factory(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    # Arguments of cursor(name, cursor_factory).
    named = (args[0] if args else kwargs.get("name")) is not None
    if len(args) > 1:
        args = (args[0], guarded_cursor(args[1], named=named), *args[2:])
    elif kwargs.get("cursor_factory") is not None:
        kwargs["cursor_factory"] = guarded_cursor(kwargs["cursor_factory"], named=named)
    return args, kwargs


class _Notifies(list[Any]):
    # What psycopg2 appends notifications to; it keeps those that no listener gets.

    def __init__(self, connection: GuardedConnection, notes: list[Any]) -> None:
        super().__init__(notes)
        self._connection = ref(connection)

    def append(self, note: Any) -> None:
        connection = self._connection()
        if connection is None or not connection._notified(note.pid, note.channel, note.payload):
            super().append(note)


def _guarded_method(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        with self._guard:
            return getattr(super(GuardedConnection, self), name)(*args, **kwargs)

    call.__name__ = name
    call.__qualname__ = f"connection.{name}"
    return call


def _guarded_property(name: str) -> property:
    def get(self: Any) -> Any:
        return getattr(super(GuardedConnection, self), name)

    def set_(self: Any, value: Any) -> None:
        with self._guard:
            getattr(super(GuardedConnection, type(self)), name).__set__(self, value)

    return property(get, set_)


for _name in (
    "commit", "rollback", "set_session", "set_isolation_level", "set_client_encoding", "tpc_begin",
    "tpc_prepare", "tpc_commit", "tpc_rollback", "tpc_recover", "poll",
):  # fmt: skip
    setattr(GuardedConnection, _name, _guarded_method(_name))
for _name in ("autocommit", "isolation_level", "readonly", "deferrable"):
    setattr(GuardedConnection, _name, _guarded_property(_name))


@cache
def guarded_connection(kind: type[Any]) -> type[Any]:
    """
    The guarded subclass of a connection class.
    """
    if issubclass(kind, GuardedConnection):
        return kind
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (GuardedConnection, kind), names)
