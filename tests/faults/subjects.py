"""
Five drivers with their servers, what they may raise when a connection is lost, and whether they go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pymemcache
import pymongo
import pymysql
import redis
from pymemcache.client.base import PooledClient

from motorish.testing import contract


class Subject(NamedTuple):
    """
    A driver, what it may raise when it has lost its connection, and whether it connects again by itself.
    """

    driver: contract.Driver[Any]
    errors: tuple[type[Exception], ...]
    renews: bool


def sql_echo(connection: Any, text: str) -> str:
    """
    Have an SQL server say *text*.
    """
    cursor = connection.cursor()
    cursor.execute("SELECT %s", (text,))
    said = str(cursor.fetchone()[0])
    cursor.close()
    return said


def mongo_echo(client: Any, text: str) -> str:
    """
    Have mongod keep *text* and give it back: a retryable write and a read.
    """
    things = client.motorish_test.chaos
    things.replace_one({"_id": 1}, {"text": text}, upsert=True)
    return str(things.find_one({"_id": 1})["text"])


def memcached_echo(client: Any, text: str) -> str:
    """
    Have memcached keep *text* and give it back.
    """
    client.set("text", text, noreply=False)
    return bytes(client.get("text")).decode()


def pymongo_of(uri: str) -> Subject:
    """
    Return PyMongo.
    """
    host, port = pymongo.uri_parser.parse_uri(uri)["nodelist"][0]
    driver = contract.Driver(
        packages=("pymongo",),
        host=host,
        port=port,
        connect=lambda host, port: pymongo.MongoClient(host, port, directConnection=True),
        echo=mongo_echo,
        close=lambda client: client.close(),
    )
    return Subject(driver, (), True)


def pymysql_of(server: Any) -> Subject:
    """
    Return PyMySQL.
    """
    login = {"user": server.user, "password": server.password, "database": server.database}
    driver = contract.Driver(
        packages=("pymysql",),
        host=server.host,
        port=server.port,
        connect=lambda host, port: pymysql.connect(host=host, port=port, ssl_disabled=True, **login),
        echo=sql_echo,
        close=lambda connection: connection.close(),
    )
    return Subject(driver, (pymysql.Error,), False)


def pg8000_of(server: Any) -> Subject:
    """
    Return pg8000, which leaves some errors of the network as they are.
    """
    import pg8000.dbapi  # patched by now: it imports ssl inside of functions

    login = {"user": server.user, "password": server.password, "database": server.database}
    driver = contract.Driver(
        packages=("pg8000",),
        host=server.host,
        port=server.port,
        connect=lambda host, port: pg8000.dbapi.connect(host=host, port=port, ssl_context=False, **login),
        echo=sql_echo,
        close=lambda connection: connection.close(),
    )
    return Subject(driver, (pg8000.Error, OSError), False)


def redis_of(server: Any) -> Subject:
    """
    Return redis-py.
    """
    driver = contract.Driver(
        packages=("redis",),
        host=server.host,
        port=server.port,
        connect=lambda host, port: redis.Redis(host=host, port=port),
        echo=lambda client, text: bytes(client.echo(text)).decode(),
        close=lambda client: client.close(),
    )
    return Subject(driver, (redis.RedisError,), True)


def pymemcache_of(server: Any) -> Subject:
    """
    Return pymemcache, which leaves errors of the network as they are.
    """
    driver = contract.Driver(
        packages=("pymemcache",),
        host=server.host,
        port=server.port,
        connect=lambda host, port: PooledClient((host, port)),
        echo=memcached_echo,
        close=lambda client: client.close(),
    )
    return Subject(driver, (pymemcache.MemcacheError, OSError), True)


SUBJECTS: dict[str, tuple[str, str, Callable[[Any], Subject]]] = {
    "PyMongo": ("pymongo", "mongod_uri", pymongo_of),
    "PyMySQL": ("pymysql", "mariadb", pymysql_of),
    "pg8000": ("pg8000", "postgres", pg8000_of),
    "redis-py": ("redis", "redis_server", redis_of),
    "pymemcache": ("pymemcache", "memcached", pymemcache_of),
}
