"""
MariaDB: one row of 10,000 by its primary key, and all of them.

The variants import this as well, gevent's before it patches the process: so nothing of ours is imported here.
Each worker has one connection, with autocommit, and makes a cursor for each operation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from motorish.integrations.servers import MariaDB

ROWS = 10_000
CONNECTIONS = 5100  # five variants, each with a thousand
SELECT_ONE = "SELECT id, name, score FROM people WHERE id = %s"
SELECT_MANY = "SELECT id, name, score FROM people"
ID = 4711


def start(data_dir: str | Path) -> MariaDB:
    """
    Make the server that the variants connect to; it is not started yet.
    """
    from motorish.integrations.servers import MariaDB

    return MariaDB(data_dir, extra_args=[f"--max-connections={CONNECTIONS}"])


SERVER = start


def address(server: Any) -> str:
    """
    What the variants are given.
    """
    return f"mysql://{server.user}:{server.password}@{server.host}:{server.port}/{server.database}"


def settings(address: str) -> dict[str, Any]:
    """
    The same as arguments of ``connect``.
    """
    parts = urlsplit(address)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.path.removeprefix("/"),
        "autocommit": True,
    }


def settings_of_pymysql(address: str) -> dict[str, Any]:
    """
    The same for PyMySQL, which would load the system's certificates for each connection, and not use them.
    """
    return settings(address) | {"ssl_disabled": True}


def prepare(address: str) -> None:
    """
    Fill the server, before the runs.
    """
    import pymysql

    with pymysql.connect(**settings(address)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), score DOUBLE)")
        rows = f"SELECT seq, CONCAT('somebody ', seq), seq / 7 FROM seq_1_to_{ROWS}"
        cursor.execute(f"INSERT INTO people {rows}")
