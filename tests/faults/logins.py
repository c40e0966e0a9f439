"""
What the tests of SQL drivers share: who logs in where, and what they ask.
"""

from __future__ import annotations

from typing import Any

from motorish.integrations.servers import MariaDB, PostgreSQL
from motorish.testing import chaos


def mariadb_options(mariadb: MariaDB, server: MariaDB | chaos.Proxy) -> dict[str, Any]:
    """
    Return what connects to *server*, which is MariaDB or a proxy before it.
    """
    login = {"user": mariadb.user, "password": mariadb.password, "database": mariadb.database}
    login |= {"host": server.host, "port": server.port}
    return login | {"ssl_disabled": True}  # making a context for TLS takes longer than all the rest


def postgres_options(postgres: PostgreSQL, server: PostgreSQL | chaos.Proxy) -> dict[str, Any]:
    """
    Return what connects to *server*, which is PostgreSQL or a proxy before it.
    """
    login = {"user": postgres.user, "password": postgres.password, "dbname": postgres.database}
    return login | {"host": server.host, "port": server.port, "sslmode": "disable"}


def ask(connection: Any, statement: str, *args: Any) -> Any:
    """
    Execute *statement* and return all rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, args)
        return cursor.fetchall()
