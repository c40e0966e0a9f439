"""
The cursors of guarded connections: each call that may wait takes its turn; COPY works.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg2.extensions import cursor as stock

from motorish.drivers.postgres import copy

if TYPE_CHECKING:
    _DriversCursor: TypeAlias = Any  # before which this is mixed in
else:
    _DriversCursor = object


class GuardedCursor(_DriversCursor):  # type: ignore[misc]
    """
    Mixed into a cursor class, before it.
    """

    _stock: type[Any]
    _copied: int | None = None

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        self._copied = None
        with self.connection._guard:
            return super().execute(*args, **kwargs)

    @property
    def rowcount(self) -> int:
        return super().rowcount if self._copied is None else self._copied

    def copy_expert(self, sql: Any, file: Any, size: int = copy.SIZE_BYTES) -> None:
        copy.copy_expert(self, sql, file, size)

    def copy_from(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        size: int = copy.SIZE_BYTES,
        columns: Any = None,
    ) -> None:
        copy.copy_from(self, file, table, sep, null, size, columns)

    def copy_to(self, file: Any, table: str, sep: str = "\t", null: str = "\\N", columns: Any = None) -> None:
        copy.copy_to(self, file, table, sep, null, columns)


class GuardedNamedCursor(GuardedCursor):
    """
    Of a named cursor, whose rows are fetched from the server.
    """

    def __next__(self) -> Any:
        with self.connection._guard:
            return super().__next__()


def _guarded_method(kind: type[Any], name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        with self.connection._guard:
            return getattr(super(kind, self), name)(*args, **kwargs)

    call.__name__ = name
    call.__qualname__ = f"cursor.{name}"
    return call


for _name in ("executemany", "callproc"):
    setattr(GuardedCursor, _name, _guarded_method(GuardedCursor, _name))
for _name in ("fetchone", "fetchmany", "fetchall", "scroll", "close"):
    setattr(GuardedNamedCursor, _name, _guarded_method(GuardedNamedCursor, _name))


def guarded_cursor(factory: Any, *, named: bool) -> Any:
    """
    The guarded subclass of a cursor class (of psycopg2's own for None); a function is left as it is.
    """
    factory = stock_cursor(factory)
    if factory is None:
        factory = stock
    if not (isinstance(factory, type) and issubclass(factory, stock)):
        return factory
    return _guarded_class(factory, GuardedNamedCursor if named else GuardedCursor)


@cache
def _guarded_class(kind: type[Any], mixin: type[Any]) -> type[Any]:
    names = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "_stock": kind,
    }
    return type(kind.__name__, (mixin, kind), names)


def stock_cursor(factory: Any) -> Any:
    """
    The class that a guarded one was made of; None for psycopg2's own, as its ``cursor_factory`` has it.
    """
    if isinstance(factory, type) and issubclass(factory, GuardedCursor):
        factory = factory._stock
    return None if factory is stock else factory
