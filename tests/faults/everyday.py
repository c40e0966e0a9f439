"""
The four drivers whose life cycle is tested: what is called in a child to connect, to ask, and to close.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import psycopg2
import pymongo
import pymysql
import pytest
import redis

from motorish.testing import contract

Addresses = Mapping[str, Mapping[str, Any]]
"""Driver -> what its connect function takes; as JSON it can be given to another process."""

TIMEOUT_S = 10.0


def addresses(request: pytest.FixtureRequest, *names: str) -> Addresses:
    """
    Start the servers of these drivers, or of all, and say where they are.
    """
    return {name: _FIND[name](request.getfixturevalue) for name in names or _FIND}


def _find_mongod(server: Any) -> dict[str, Any]:
    ((host, port),) = pymongo.uri_parser.parse_uri(server("mongod_uri"))["nodelist"]
    return {"host": host, "port": port}


def _find_sql(fixture: str, database: str) -> Any:
    def find(server: Any) -> dict[str, Any]:
        names = {"host": "host", "port": "port", "user": "user", "password": "password", database: "database"}
        return {name: getattr(server(fixture), attribute) for name, attribute in names.items()}

    return find


def _find_redis(server: Any) -> dict[str, Any]:
    found = server("redis_server")
    return {"host": found.host, "port": found.port}


_FIND = {
    "PyMongo": _find_mongod,
    "PyMySQL": _find_sql("mariadb", "database"),
    "psycopg2": _find_sql("postgres", "dbname"),
    "redis-py": _find_redis,
}


def drivers(where: Addresses) -> dict[str, contract.Driver[Any]]:
    """
    The drivers for the servers at these addresses.
    """
    made = {name: _KINDS[name] for name in where}
    return {
        name: contract.Driver(
            packages=(package,),
            host=where[name]["host"],
            port=where[name]["port"],
            connect=partial(_connect, connect, dict(where[name])),
            echo=echo,
            close=lambda connection: connection.close(),
        )
        for name, (package, connect, echo) in made.items()
    }


def _connect(connect: Any, options: dict[str, Any], host: str, port: int) -> Any:
    return connect(**options | {"host": host, "port": port})


def _mongo(**address: Any) -> Any:
    wait = TIMEOUT_S * 1000
    return pymongo.MongoClient(
        **address, directConnection=True, socketTimeoutMS=wait, serverSelectionTimeoutMS=wait
    )


def _mongo_echo(client: Any, text: str) -> str:
    with client.admin.aggregate([{"$documents": [{"said": text}]}]) as cursor:
        return str(cursor.next()["said"])


def _mysql(**address: Any) -> Any:
    return pymysql.connect(**address, ssl_disabled=True, read_timeout=TIMEOUT_S, connect_timeout=TIMEOUT_S)


def _postgres(**address: Any) -> Any:
    return psycopg2.connect(**address, sslmode="disable", connect_timeout=int(TIMEOUT_S))


def _sql_echo(connection: Any, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", (text,))
        return str(cursor.fetchone()[0])


def _redis(**address: Any) -> Any:
    return redis.Redis(**address, socket_timeout=TIMEOUT_S)


def _redis_echo(client: Any, text: str) -> str:
    return bytes(client.echo(text)).decode()


_KINDS = {
    "PyMongo": ("pymongo", _mongo, _mongo_echo),
    "PyMySQL": ("pymysql", _mysql, _sql_echo),
    "psycopg2": ("psycopg2", _postgres, _sql_echo),
    "redis-py": ("redis", _redis, _redis_echo),
}
