"""
PostgreSQL: one row of 10,000 by its primary key, all of them, and an insert.

The variants import this as well: so nothing of ours is imported here.  Each worker has one connection, with
autocommit.  The server does not sync to disk.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motorish.integrations.servers import PostgreSQL

ROWS = 10_000
CONNECTIONS = 5100  # five variants, each with a thousand: then they need 8 GB
SELECT_ONE = "SELECT id, name, score FROM people WHERE id = %s"
SELECT_MANY = "SELECT id, name, score FROM people"
INSERT = "INSERT INTO events (person, what) VALUES (%s, %s)"
ID = 4711
EVENT = (ID, "has come in")


def start(data_dir: str | Path) -> PostgreSQL:
    """
    Make the server that the variants connect to; it is not started yet.
    """
    from motorish.integrations.servers import PostgreSQL

    return PostgreSQL(data_dir, extra_args=["-c", f"max_connections={CONNECTIONS}", "-c", "autovacuum=off"])


SERVER = start


def address(server: Any) -> str:
    """
    What the variants are given.
    """
    return str(server.dsn)


def prepare(address: str) -> None:
    """
    Fill the server, before the runs.
    """
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS people, events")
        connection.execute("CREATE TABLE people (id int PRIMARY KEY, name text, score float)")
        rows = f"SELECT i, 'somebody ' || i, i / 7.0 FROM generate_series(1, {ROWS}) AS i"
        connection.execute(f"INSERT INTO people {rows}")
        connection.execute("CREATE TABLE events (at timestamptz DEFAULT now(), person int, what text)")
        connection.execute("VACUUM ANALYZE people")
