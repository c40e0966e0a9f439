"""
A cursor that leaves at the server what is not fetched yet: for `motorish.ConnectionPool.stream`.
"""

from __future__ import annotations

import itertools
from typing import Any

_serials = itertools.count(1)


def server_side_cursor(connection: Any) -> Any:
    """
    A named cursor of a psycopg or psycopg2 connection.
    """
    # Without a transaction the server keeps it only if it is told to.
    return connection.cursor(name=f"motorish_{next(_serials)}", withhold=bool(connection.autocommit))
