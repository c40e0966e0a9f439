"""
What the layers below know of psycopg 3, and how it is made green: by its wait functions.
"""

from __future__ import annotations

from motorish.adapter import Adapter, register
from motorish.drivers.postgres.streaming import server_side_cursor


def install(active: bool) -> None:
    """
    Make psycopg's synchronous connections wait in green, or stop that.
    """
    from motorish.drivers.postgres import psycopg_green

    (psycopg_green.switch_on if active else psycopg_green.switch_off)()


PSYCOPG = register(
    Adapter(
        name="psycopg",
        packages=("psycopg", "psycopg_pool"),
        wait_hook=install,
        stream_cursor=server_side_cursor,
        # It asks a subprocess where libpq is, once, when it is imported.
        tolerated=frozenset({"psycopg.pq.misc.find_libpq_full_path"}),
        concurrent=frozenset(
            {
                "ConnectionPool",
                "Notifications",
                "NullConnectionPool",
                "Connection.cancel",
                "Connection.cancel_safe",
            }
        ),
        direct=frozenset(
            {
                "Connection.cursor",
                "Connection.fileno",
                "Connection.add_notice_handler",
                "Connection.add_notify_handler",
                "Connection.remove_notice_handler",
                "Connection.remove_notify_handler",
                "Connection.notifications",
                "Connection.xid",
                "Connection.remove_log_listener",
                "Cursor.copy",
            }
        ),
    )
)
