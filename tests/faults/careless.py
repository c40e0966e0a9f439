"""
PEP 249 drivers in a ConnectionPool, and in a careless one, which gives out again whatever it gets back.

All that stands between a call and another's reply is then the connection itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import psycopg
import psycopg2
import pymysql
from pymongo.uri_parser import parse_uri

import motorish
from motorish.hub import CallFuture, current_child
from motorish.integrations.servers import PostgreSQL
from motorish.integrations.servers.base import poll_until
from tests.faults.sharers import PATIENCE_S, POOL, Pymemcache, PyMongo, RedisPy, Sharer

QUICK = "quick"


class Kept:
    """
    A connection of a careless pool, and whether a call on it was aborted.
    """

    def __init__(self) -> None:
        self.connection: Any = None
        self.is_suspect = False


class Careless(Sharer):
    """
    A PEP 249 driver in a pool that looks at nothing.
    """

    connect: ClassVar[Callable[..., Any]]

    def __init__(self, host: str, port: int, **login: str) -> None:
        self.options = {"host": host, "port": port, **login}
        self.kept: list[Kept] = []
        self.busy = 0

    def ask(self, token: int) -> CallFuture[int]:
        return motorish.spawn(self._ask, token)

    def _ask(self, token: int) -> int:
        kept = self.kept.pop() if self.kept else Kept()
        self.busy += 1
        try:
            return self._echo(kept, token)
        except Exception:
            if _is_aborted() or not kept.is_suspect:
                raise
            self._renew(kept)  # the one right answer to a spoilt connection: an error
            return self._echo(kept, token)
        finally:
            kept.is_suspect = _is_aborted()
            self.busy -= 1
            self.kept.append(kept)

    def _echo(self, kept: Kept, token: int) -> int:
        if kept.connection is None:
            kept.connection = type(self).connect(**self.options)
            kept.connection.autocommit = True
        return _echo(kept.connection.cursor(), token)

    def _renew(self, kept: Kept) -> None:
        connection, kept.connection = kept.connection, None
        if connection is not None:
            _close(connection)

    def in_use(self) -> int:
        return self.busy

    async def close(self) -> None:
        for kept in self.kept:
            if kept.connection is not None:
                await motorish.spawn(_close, kept.connection)


def _is_aborted() -> bool:
    child = current_child()
    return child is not None and child.raised > 0


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:
        pass  # it was broken


class Pooled(Sharer):
    """
    A PEP 249 driver in a motorish.ConnectionPool.
    """

    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, host: str, port: int, **login: str) -> None:
        options = {"host": host, "port": port, **login, **self.options}
        self.pool = motorish.ConnectionPool(self.packages[0], kwargs=options, max_size=POOL)

    def ask(self, token: int) -> CallFuture[int]:
        return self.pool.run_interaction(_echo, token)

    def in_use(self) -> int:
        stats = self.pool.stats()
        return stats.size - stats.idle + stats.waiting

    async def close(self) -> None:
        await self.pool.close()


def _echo(cursor: Any, token: int) -> int:
    cursor.execute("SELECT %s", (token,))
    return int(cursor.fetchone()[0])


class PooledPyMySQL(Pooled):
    """
    PyMySQL.
    """

    driver = "PyMySQL in a ConnectionPool"
    packages = ("pymysql",)
    fixture = "mariadb"
    options: ClassVar[dict[str, Any]] = {"ssl_disabled": True}


class PooledPsycopg2(Pooled):
    """
    psycopg2.
    """

    driver = "psycopg2 in a ConnectionPool"
    packages = ("psycopg2",)
    fixture = "postgres"
    options: ClassVar[dict[str, Any]] = {"sslmode": "disable"}


class PyMySQL(Careless):
    """
    PyMySQL.
    """

    driver = "PyMySQL"
    packages = ("pymysql",)
    fixture = "mariadb"

    @staticmethod
    def connect(**options: Any) -> Any:
        return pymysql.connect(**options, ssl_disabled=True)

    def _echo(self, kept: Kept, token: int) -> int:
        if kept.connection is None:
            kept.connection = self.connect(**self.options)
        return _echo(kept.connection.cursor(), token)


class Psycopg2(Careless):
    """
    psycopg2.
    """

    driver = "psycopg2"
    packages = ("psycopg2",)
    fixture = "postgres"
    module: ClassVar[Any] = psycopg2

    @classmethod
    def connect(cls, database: str = "", **options: Any) -> Any:
        return cls.module.connect(**options, dbname=database, sslmode="disable")


class Psycopg3(Psycopg2):
    """
    psycopg 3.
    """

    driver = "psycopg"
    packages = ("psycopg",)
    module = psycopg


class Pg8000(Careless):
    """
    pg8000.
    """

    driver = "pg8000"
    packages = ("pg8000",)
    fixture = "postgres"

    @staticmethod
    def connect(**options: Any) -> Any:
        import pg8000.dbapi  # patched by now: it imports ssl inside of functions

        return pg8000.dbapi.connect(**options, ssl_context=False)


SHARERS: tuple[type[Sharer], ...] = (PyMongo, PyMySQL, Psycopg2, Psycopg3, RedisPy, Pg8000, Pymemcache)


def let_in_quickly(server: PostgreSQL) -> None:
    """
    Let the user QUICK log in without a password: working with one out takes pg8000 a tenth of a second.
    """
    rules = server.data_dir / "db" / "pg_hba.conf"
    first, text = f"host all {QUICK} 127.0.0.1/32 trust\n", rules.read_text()
    if first not in text:
        rules.write_text(first + text)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {QUICK} LOGIN SUPERUSER")
            connection.execute("SELECT pg_reload_conf()")
        assert poll_until(lambda: _lets_in(server), PATIENCE_S), "PostgreSQL has not read its rules again"


def _lets_in(server: PostgreSQL) -> bool:
    try:
        psycopg.connect(host=server.host, port=server.port, user=QUICK, dbname=server.database).close()
    except psycopg.OperationalError:
        return False
    return True


def address(server: Any) -> dict[str, Any]:
    """
    Return what a Sharer is made with, of a server or of MongoDB's URI.
    """
    if isinstance(server, str):
        host, port = parse_uri(server)["nodelist"][0]
        return {"host": host, "port": port}
    if isinstance(server, PostgreSQL):
        let_in_quickly(server)
        return {"host": server.host, "port": server.port, "user": QUICK, "database": server.database}
    login = {name: getattr(server, name, None) for name in ("user", "password", "database")}
    return {"host": server.host, "port": server.port} | {name: text for name, text in login.items() if text}
