"""
What the layers below know of mysql-connector-python, of which only the pure Python half can be green.

It prefers its C extension, which would block the loop.  While the package is patched it takes itself to be
installed without: ``connect()`` makes pure connections, and ``use_pure=False`` is an ImportError.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import partial
from importlib import import_module
from types import FrameType, ModuleType
from typing import Any

from motorish.adapter import Adapter, register, selves

_stock: list[tuple[ModuleType, str, Any]] = []


def _prefer_pure(active: bool) -> None:
    """
    Hide the C extension from ``connect()`` and the pools, or show it again.
    """
    while _stock:
        setattr(*_stock.pop())
    if not active:
        return
    with suppress(ImportError):
        connector, pooling = import_module("mysql.connector"), import_module("mysql.connector.pooling")
        for module, name, instead in (
            (connector, "HAVE_CEXT", False),
            (pooling, "CMySQLConnection", None),
        ):
            _stock.append((module, name, getattr(module, name)))
            setattr(module, name, instead)


def _kill_statement(frame: FrameType) -> Callable[[], object] | None:
    """
    What ends the statement that is waited for at *frame*, or None if the server is not at work on one.
    """
    module = sys.modules.get("mysql.connector.connection")
    if module is None:
        return None
    found = list(selves(frame, module.MySQLConnection))
    names = {name for _, name in found}
    if not found or ("_open_connection" in names and "cmd_query" not in names):
        return None
    connection: Any = found[0][0]
    try:
        server = None if connection._unix_socket else connection._socket.sock.getpeername()[0]
    except (OSError, AttributeError):
        return None  # the connection is lost already: to its server, too
    twin = copy(connection)
    if server is not None and not twin._ssl.get("verify_identity"):
        twin._host = server  # not any other that the name stands for as well
    twin._socket = twin._handshake = twin._protocol = None
    twin._unread_result = twin._have_next_result = False
    return partial(_kill, twin, connection.connection_id)


def _kill(twin: Any, thread_id: int) -> None:
    # Closing is not enough: the server would notice only when it has something to say.
    twin._open_connection()
    try:
        twin.cmd_query(f"KILL QUERY {thread_id:d}")
    finally:
        twin.close()


MYSQL_CONNECTOR = register(
    Adapter(
        name="mysql-connector",
        packages=("mysql",),
        on_abort=_kill_statement,
        wait_hook=_prefer_pure,
    )
)
