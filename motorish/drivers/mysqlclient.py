"""
What `motorish.wrap` needs to know of mysqlclient (``MySQLdb``), whose I/O is in C: it runs in threads.
"""

from __future__ import annotations

import os
import socket
from contextlib import closing, suppress
from typing import Any

from motorish.adapter import Adapter, register


def _interrupt(connection: Any) -> None:
    # There is no call for it.  Without its socket, the one that waits fails with "lost connection".
    with suppress(OSError), closing(socket.socket(fileno=os.dup(connection.fileno()))) as shared:
        shared.shutdown(socket.SHUT_RDWR)


MYSQLCLIENT = register(
    Adapter(
        name="mysqlclient",
        packages=("MySQLdb",),
        engine="thread",
        interrupt=_interrupt,
        direct=frozenset({"Connection.cursor", "escape", "escape_string", "string_literal"}),
    )
)
