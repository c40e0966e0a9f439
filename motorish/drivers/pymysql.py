"""
What the layers below know of PyMySQL, and how a statement that was given up is ended on the server.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from functools import partial
from types import FrameType
from typing import Any

from motorish.adapter import Adapter, register, selves


def _kill_statement(frame: FrameType) -> Callable[[], object] | None:
    """
    What ends the statement that is waited for at *frame*, or None if the server is not at work on one.
    """
    connections = sys.modules.get("pymysql.connections")
    if connections is None:
        return None
    found = list(selves(frame, connections.Connection))
    names = [name for _, name in found]
    if not found or ("connect" in names and "query" not in names):
        return None
    connection: Any = found[0][0]
    try:
        server = None if connection.unix_socket else connection._sock.getpeername()[0]
    except (OSError, AttributeError):
        return None  # the connection is lost already: to its server, too
    kill = partial(_kill, _twin(connection), server, connection.server_thread_id[0])
    if connection._result is not None:  # the rest of it will not come; its close() must not look for it
        connection._result.unbuffered_active = connection._result.has_next = False
    return kill


def _twin(connection: Any) -> Any:
    """
    An unconnected connection with the same parameters, as they are at this moment.
    """
    twin = copy(connection)
    twin._sock = twin._rfile = twin._result = None
    twin.sql_mode = twin.init_command = twin.autocommit_mode = None
    return twin


def _kill(twin: Any, server: str | None, thread_id: int) -> None:
    # Closing is not enough: the server would notice only when it has something to say.
    if server is not None:  # not any other that the name stands for as well
        socket = sys.modules["pymysql.connections"].socket
        sock = socket.create_connection((server, twin.port), twin.connect_timeout)
        twin.connect(sock)
    else:
        twin.connect()
    try:
        twin.query(f"KILL QUERY {thread_id:d}")
    finally:
        twin.close()


def _is_buffered(cursor: Any) -> bool:
    # Not what an application, or SSCursor, makes of it; nor while another result is to come.
    cursors = sys.modules["pymysql.cursors"]
    if type(cursor) not in (cursors.Cursor, cursors.DictCursor):
        return False
    return cursor._result is None or not cursor._result.has_next


def _stream_cursor(connection: Any) -> Any:
    return connection.cursor(sys.modules["pymysql.cursors"].SSCursor)


PYMYSQL = register(
    Adapter(
        name="pymysql",
        packages=("pymysql",),
        on_abort=_kill_statement,
        direct=frozenset({"Connection.cursor", "Connection.escape", "Connection.literal", "Cursor.mogrify"}),
        stream_cursor=_stream_cursor,
        buffered=_is_buffered,
    )
)
