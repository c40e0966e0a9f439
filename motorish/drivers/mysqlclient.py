"""
What `motorish.wrap` needs to know of mysqlclient (``MySQLdb``), whose I/O is in C: it runs in threads.

Nothing interrupts it.  It refuses any use of a connection in another thread while a call runs, even the
question for its descriptor.  A call that is given up goes on in its thread until the server has answered.
"""

from __future__ import annotations

import sys
from typing import Any

from motorish.adapter import Adapter, register


def _stream_cursor(connection: Any) -> Any:
    return connection.cursor(sys.modules["MySQLdb"].cursors.SSCursor)


MYSQLCLIENT = register(
    Adapter(
        name="mysqlclient",
        packages=("MySQLdb",),
        engine="thread",
        stream_cursor=_stream_cursor,
        direct=frozenset(
            {"Connection.cursor", "Connection.literal", "escape", "escape_string", "string_literal"}
        ),
    )
)
