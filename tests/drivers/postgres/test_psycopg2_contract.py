"""
psycopg2 passes the contract: over TLS, which libpq turns on where the server offers it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg2
import pytest

from motorish.integrations.servers import PostgreSQL
from motorish.testing import contract


def echo(connection: Any, text: str) -> str:
    """
    Have the server say *text*.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", (text,))
        return str(cursor.fetchone()[0])


def sleep(connection: Any, seconds: float) -> None:
    """
    Let the server sleep.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", (seconds,))


class TestPsycopg2(contract.DriverContract):
    """
    The contract of psycopg2.
    """

    @pytest.fixture
    def driver(self, postgres: PostgreSQL) -> contract.Driver[Any]:
        """
        Return psycopg2 on a private PostgreSQL.
        """
        connect = partial(
            psycopg2.connect, user=postgres.user, password=postgres.password, dbname=postgres.database
        )

        def works_on() -> bool:
            watcher = connect(host=postgres.host, port=postgres.port)
            with watcher.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
                )
                found = cursor.fetchone() is not None
            watcher.close()
            return found

        return contract.Driver(
            packages=("psycopg2",),
            host=postgres.host,
            port=postgres.port,
            connect=lambda host, port: connect(host=host, port=port),
            echo=echo,
            close=lambda connection: connection.close(),
            slow=sleep,
            works_on=works_on,
        )
