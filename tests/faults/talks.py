"""
Short talks with the servers of the SQL drivers, redis-py and pymemcache: connect, ask twice, close.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg2
import pymemcache.client.base
import pymemcache.exceptions
import pymysql
import redis
from redis._parsers import _HiredisParser, _RESP3Parser
from redis.backoff import NoBackoff
from redis.retry import Retry

import motorish
from tests.faults.replay import Turn

with motorish.patch("pg8000"):  # before its first import: it imports ssl inside of functions
    import pg8000
    import pg8000.dbapi

QUESTIONS = ("question one", "question two")
LOGGED_IN = b"R\x00\x00\x00\x08\x00\x00\x00\x00"  # PostgreSQL: AuthenticationOk


class Talk(NamedTuple):
    """
    A driver, and how to talk with its server.

    Attributes:
        server: the name of the fixture with the server.
        connect: given host, port and the server, which knows user, password and database.
        ask: given a connection and a text, returns what the server said, which must be the text.
        errors: the base classes of the driver's errors.
        begins_with: the turns before the one with this are left out, because no client says the same twice.
    """

    package: str
    server: str
    connect: Callable[[str, int, Any], Any]
    ask: Callable[[Any, str], Any]
    errors: tuple[type[Exception], ...]
    begins_with: bytes = b""

    def session(self, host: str, port: int, server: Any) -> list[Any]:
        """
        Connect, ask, and ask again however that ended; return the answers, or the errors in their place.
        """
        try:
            connection = self.connect(host, port, server)
        except Exception as error:
            return [error]
        said: list[Any] = []
        for text in QUESTIONS:
            try:
                said.append(self.ask(connection, text))
            except Exception as error:
                said.append(error)
        try:
            connection.close()
        except Exception as error:
            said.append(error)
        return said

    def without_login(self, turns: list[Turn]) -> list[Turn]:
        """
        Return the turns as the server might have said them had it asked for no proof.
        """
        if not self.begins_with:
            return turns
        (number,) = (number for number, turn in enumerate(turns) if self.begins_with in turn.reply)
        reply = turns[number].reply
        first = Turn(turns[0].size, reply[reply.index(self.begins_with) :])
        return [first, *turns[number + 1 :]]


def _mysql(host: str, port: int, server: Any) -> Any:
    login = {"user": server.user, "password": server.password, "database": server.database}
    return pymysql.connect(host=host, port=port, ssl_disabled=True, **login)


def _pg8000(host: str, port: int, server: Any) -> Any:
    login = {"user": server.user, "password": server.password, "database": server.database}
    return pg8000.dbapi.connect(host=host, port=port, ssl_context=False, **login)


def _psycopg2(host: str, port: int, server: Any) -> Any:
    login = {"user": server.user, "password": server.password, "dbname": server.database}
    return psycopg2.connect(host=host, port=port, sslmode="disable", gssencmode="disable", **login)


def _ask_sql(connection: Any, text: str) -> Any:
    cursor = connection.cursor()
    cursor.execute("SELECT %s", (text,))
    return cursor.fetchone()[0]


def _redis(parser: Any) -> Callable[[str, int, Any], Any]:
    def connect(host: str, port: int, server: Any) -> Any:
        options = {"parser_class": parser, "protocol": 3, "retry": Retry(NoBackoff(), 0)}
        return redis.Redis.from_pool(redis.ConnectionPool(host=host, port=port, max_connections=1, **options))

    return connect


def _memcached(host: str, port: int, server: Any) -> Any:
    return pymemcache.client.base.Client((host, port))


def _ask_memcached(client: Any, text: str) -> Any:
    key = text.replace(" ", "")
    client.set(key, text.encode(), noreply=False)
    found = client.get(key)
    return found.decode() if isinstance(found, bytes) else found


def _ask_redis(client: Any, text: str) -> Any:
    said = client.echo(text)
    return said.decode() if isinstance(said, bytes) else said


TALKS = {
    "PyMySQL": Talk("pymysql", "mariadb", _mysql, _ask_sql, (pymysql.Error,)),
    "pg8000": Talk("pg8000", "postgres", _pg8000, _ask_sql, (pg8000.Error,), LOGGED_IN),
    "psycopg2": Talk("psycopg2", "postgres", _psycopg2, _ask_sql, (psycopg2.Error,), LOGGED_IN),
    "redis-py": Talk("redis", "redis_server", _redis(_RESP3Parser), _ask_redis, (redis.RedisError,)),
    "redis-py, hiredis": Talk(
        "redis", "redis_server", _redis(_HiredisParser), _ask_redis, (redis.RedisError,)
    ),
    "pymemcache": Talk(
        "pymemcache",
        "memcached",
        _memcached,
        _ask_memcached,
        (pymemcache.exceptions.MemcacheError,),
    ),
}
