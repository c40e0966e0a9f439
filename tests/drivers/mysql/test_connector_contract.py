"""
mysql-connector-python passes the contract in its pure implementation.
"""

from functools import partial
from typing import Any

import mysql.connector
import pytest

from motorish.integrations.servers import MariaDB
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
        cursor.execute("SELECT SLEEP(%s)", (seconds,))
        cursor.fetchall()


class TestConnector(contract.DriverContract):
    """
    The contract of mysql-connector-python.
    """

    @pytest.fixture
    def driver(self, mariadb: MariaDB) -> contract.Driver[Any]:
        """
        Return mysql-connector-python on a private MariaDB.
        """
        # Without TLS: it loads the system's authorities for each connection, which takes 25 ms of CPU time.
        user = {"user": mariadb.user, "password": mariadb.password, "ssl_disabled": True}
        connect = partial(mysql.connector.connect, **user)
        sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"

        def works_on() -> bool:
            with connect(host=mariadb.host, port=mariadb.port) as watcher, watcher.cursor() as cursor:
                cursor.execute(sleeping)
                return bool(cursor.fetchone()[0])

        return contract.Driver(
            packages=("mysql",),
            host=mariadb.host,
            port=mariadb.port,
            connect=lambda host, port: connect(host=host, port=port),
            echo=echo,
            close=lambda connection: connection.close(),
            slow=sleep,
            works_on=works_on,
        )
