"""
What the layers below know of psycopg2, and how it is made green: by its wait callback, and by connect().
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from motorish.adapter import Adapter, register
from motorish.drivers.postgres.streaming import server_side_cursor

_OWN_MODULES = ("psycopg2.extensions", "psycopg2.extras")
_stock_connect: Callable[..., Any] | None = None


def install(active: bool) -> None:
    """
    Make psycopg2 wait in green, or stop that and give the application its own wait callback back.
    """
    if active:
        _switch_on()
    else:
        _switch_off()


def _switch_on() -> None:
    global _stock_connect
    import psycopg2
    from psycopg2.extensions import get_wait_callback, set_wait_callback

    from motorish.drivers.postgres import waiting

    callback = get_wait_callback()
    if callback is not waiting.wait:
        waiting.previous = callback
        set_wait_callback(waiting.wait)
    if psycopg2._connect is not connect:
        _stock_connect = psycopg2._connect
        psycopg2._connect = connect


def _switch_off() -> None:
    import psycopg2
    from psycopg2.extensions import get_wait_callback, set_wait_callback

    from motorish.drivers.postgres import waiting

    if get_wait_callback() is waiting.wait:
        set_wait_callback(waiting.previous)
    waiting.previous = None
    if psycopg2._connect is connect:
        psycopg2._connect = _stock_connect


def connect(dsn: Any, connection_factory: Any = None, **kwargs: Any) -> Any:
    """
    Stands in for what ``psycopg2.connect()`` calls.

    Connections with ``async_=True``, which the application polls itself, stay stock.
    """
    from psycopg2 import OperationalError
    from psycopg2.extensions import connection

    from motorish.drivers.postgres.addresses import attempts, with_addresses
    from motorish.drivers.postgres.connection import guarded_connection

    assert _stock_connect is not None
    if any(kwargs.values()):
        return _stock_connect(dsn, connection_factory=connection_factory, **kwargs)
    factory = connection_factory or connection
    if isinstance(factory, type) and issubclass(factory, connection):
        factory = guarded_connection(factory)
    *others, last = attempts(with_addresses(dsn))
    for attempt in others:
        with suppress(OperationalError):
            return _stock_connect(attempt, connection_factory=factory)
    return _stock_connect(last, connection_factory=factory)


def _is_buffered(cursor: Any) -> bool:
    # Not what an application makes of it; a named one leaves its rows at the server.
    kind = getattr(type(cursor), "_stock", None)
    return kind is not None and kind.__module__ in _OWN_MODULES and cursor.name is None


PSYCOPG2 = register(
    Adapter(
        name="psycopg2",
        packages=("psycopg2",),
        wait_hook=install,
        stream_cursor=server_side_cursor,
        buffered=_is_buffered,
        # An application's wait callback: those wait outside children only.
        tolerated=frozenset({"psycopg2.extras.wait_select"}),
        concurrent=frozenset({"Notifications", "connection.cancel"}),
        direct=frozenset(
            {
                "connection.cursor",
                "connection.fileno",
                "connection.get_backend_pid",
                "connection.xid",
                "connection.get_dsn_parameters",
                "connection.get_parameter_status",
                "connection.get_transaction_status",
                "connection.isexecuting",
                "connection.notifications",
                "connection.remove_log_listener",
                "cursor.mogrify",
                "cursor.setinputsizes",
                "cursor.setoutputsize",
            }
        ),
    )
)
