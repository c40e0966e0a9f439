"""
What the tests of PyMySQL share: who logs in, and what they ask.
"""

from __future__ import annotations

from typing import Any

import motorish
from motorish.integrations.servers import MariaDB
from motorish.testing import chaos
from tests.pool.helpers import eventually


def options(mariadb: MariaDB, server: MariaDB | chaos.Proxy) -> dict[str, Any]:
    """
    Return what connects to *server*, which is MariaDB or a proxy before it.
    """
    login = {"user": mariadb.user, "password": mariadb.password, "database": mariadb.database}
    login |= {"host": server.host, "port": server.port}
    return login | {"ssl_disabled": True}  # making a context for TLS takes longer than all the rest


def ask(connection: Any, statement: str, *args: Any) -> Any:
    """
    Execute *statement* and return all rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, args)
        return cursor.fetchall()


def others(watcher: Any) -> int:
    """
    How many clients but the *watcher* are logged in.
    """
    statement = (
        "SELECT COUNT(*) FROM information_schema.processlist WHERE id != CONNECTION_ID() AND host != ''"
    )
    return int(ask(watcher, statement)[0][0])


async def until_alone(watcher: Any) -> int:
    """
    Wait until nobody else is logged in, and return how many are, which is 0.
    """

    async def alone() -> bool:
        return await motorish.spawn(others, watcher) == 0

    await eventually(alone)
    return await motorish.spawn(others, watcher)
