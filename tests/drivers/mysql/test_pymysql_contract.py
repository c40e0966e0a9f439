"""
PyMySQL passes the contract, over TLS.
"""

import ssl
from functools import partial
from typing import Any

import pymysql
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


class TestPyMySQL(contract.DriverContract):
    """
    The contract of PyMySQL.
    """

    @pytest.fixture
    def driver(self, mariadb: MariaDB, authority: Any) -> contract.Driver[Any]:
        """
        Return PyMySQL on a private MariaDB.
        """
        # One context for all: left to itself, PyMySQL loads the system's authorities for each connection.
        context = ssl.create_default_context()
        context.check_hostname = False  # of "slow.example" there is none
        authority.configure_trust(context)
        connect = partial(pymysql.connect, user=mariadb.user, password=mariadb.password, ssl=context)
        sleeping = "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"

        def works_on() -> bool:
            with connect(host=mariadb.host, port=mariadb.port) as watcher, watcher.cursor() as cursor:
                return bool(cursor.execute(sleeping))

        return contract.Driver(
            packages=("pymysql",),
            host=mariadb.host,
            port=mariadb.port,
            connect=lambda host, port: connect(host=host, port=port),
            echo=echo,
            close=lambda connection: connection.close(),
            slow=sleep,
            works_on=works_on,
        )
