"""
What `motorish.wrap` needs to know of pyodbc, whose I/O is in C: it runs in threads.

ODBC can interrupt a statement, not a connection; and a connection does not know its cursors.  So the one at
work is looked for in what the worker threads are executing.  A statement that is executed by the connection
itself (``connection.execute``, ``commit``) cannot be found: its call ends when it ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from motorish.adapter import Adapter, register


def _interrupt(connection: Any) -> None:
    pyodbc = sys.modules["pyodbc"]
    for cursor in _cursors_at_work(pyodbc.Cursor, connection):
        with suppress(pyodbc.Error):  # it is closed by now
            cursor.cancel()


def _cursors_at_work(kind: type[Any], connection: Any) -> Iterator[Any]:
    """
    The cursors of *connection* in the variables of all threads, and those whose methods are there.
    """
    for thread_frame in sys._current_frames().values():
        frame = thread_frame
        while frame is not None:
            for value in list(frame.f_locals.values()):
                cursor = getattr(value, "__self__", value)
                if type(cursor) is kind and getattr(cursor, "connection", None) is connection:
                    yield cursor
            frame = frame.f_back  # type: ignore[assignment]


PYODBC = register(
    Adapter(
        name="pyodbc",
        packages=("pyodbc",),
        engine="thread",
        interrupt=_interrupt,
        direct=frozenset({"Connection.cursor", "setDecimalSeparator", "getDecimalSeparator"}),
        plain=frozenset({"Row"}),
    )
)
