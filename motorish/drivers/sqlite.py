"""
What `motorish.wrap` needs to know of sqlite3, whose I/O is in C: it runs in threads.
"""

from __future__ import annotations

from typing import Any

from motorish.adapter import Adapter, register


def _interrupt(connection: Any) -> None:
    # The one method that sqlite3 allows in another thread than the connection's own.
    connection.interrupt()


SQLITE3 = register(
    Adapter(
        name="sqlite3",
        packages=("sqlite3",),
        engine="thread",
        interrupt=_interrupt,
        direct=frozenset(
            {"Connection.interrupt", "complete_statement", "register_adapter", "register_converter"}
        ),
        plain=frozenset({"Row", "PrepareProtocol"}),
    )
)
