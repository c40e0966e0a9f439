"""
What the soak talks to: each driver, its server, and how to end its connections from the server's side.
"""

from __future__ import annotations

import imaplib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import mysql.connector
import pg8000.dbapi
import psycopg2
import pymongo
import pymysql
import redis
import requests
from pymemcache.client.base import Client as MemcacheClient

import motorish
from motorish import MotorClient
from motorish.integrations.servers import (
    Dovecot,
    MariaDB,
    Memcached,
    Mongod,
    Nginx,
    PostgreSQL,
    Redis,
    ServerMissingError,
)
from motorish.integrations.servers.base import Server, free_port
from tests.faults.soak_verdict import NOT_SOAKED


class Subject(ABC):
    """
    A driver and a server.
    """

    def __init__(self, name: str, server: Server) -> None:
        self.name = name
        self.server = server

    @abstractmethod
    async def open(self, host: str, port: int) -> Any:
        """
        Connect.
        """

    @abstractmethod
    async def ask(self, connection: Any, text: str) -> str:
        """
        Return what the server says, which should be *text*.
        """

    @abstractmethod
    async def close(self, connection: Any) -> None:
        """
        Close, even what is broken.
        """

    async def kill_all(self) -> bool:
        """
        Have the server end all its connections; return whether it can.
        """
        return False


class Motor(Subject):
    """
    A MotorClient.
    """

    async def open(self, host: str, port: int) -> Any:
        return MotorClient(host, port, directConnection=True, serverSelectionTimeoutMS=5000)

    async def ask(self, connection: Any, text: str) -> str:
        (document,) = await connection.admin.aggregate([{"$documents": [{"said": text}]}]).to_list()
        return str(document["said"])

    async def close(self, connection: Any) -> None:
        await connection.close()


class InChildren(Subject):
    """
    A synchronous driver.

    Args:
        kill: given a connection, has the server end all others.
    """

    def __init__(
        self,
        name: str,
        server: Server,
        connect: Callable[[str, int], Any],
        ask: Callable[[Any, str], str],
        kill: Callable[[Any], object] | None = None,
    ) -> None:
        super().__init__(name, server)
        self._connect = connect
        self._ask = ask
        self._kill = kill

    async def open(self, host: str, port: int) -> Any:
        return await motorish.spawn(self._connect, host, port)

    async def ask(self, connection: Any, text: str) -> str:
        return await motorish.spawn(self._ask, connection, text)

    async def close(self, connection: Any) -> None:
        await motorish.spawn(connection.shutdown if self.name == "imaplib" else connection.close)

    async def kill_all(self) -> bool:
        if self._kill is None:
            return False
        connection = await self.open(self.server.host, self.server.port)
        try:
            await motorish.spawn(self._kill, connection)
        finally:
            await self.close(connection)
        return True


def _mongo_ask(client: Any, text: str) -> str:
    with client.admin.aggregate([{"$documents": [{"said": text}]}]) as cursor:
        return str(cursor.next()["said"])


def _sql_ask(connection: Any, text: str) -> str:
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT %s", (text,))
        return str(cursor.fetchone()[0])
    finally:
        cursor.close()


def _kill_mysql(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = USER()"
        )
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")


def _kill_postgres(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def _redis_ask(client: Any, text: str) -> str:
    return bytes(client.echo(text)).decode()


def _kill_redis(client: Any) -> None:
    client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def _memcache_ask(client: Any, text: str) -> str:
    client.set(text, text, expire=5, noreply=False)
    return bytes(client.get(text)).decode()


class _Http(requests.Session):
    url = ""


def _http(host: str, port: int) -> _Http:
    session = _Http()
    session.trust_env = False  # no proxies
    session.url = f"http://{host}:{port}"
    return session


def _http_ask(session: _Http, text: str) -> str:
    response = session.get(f"{session.url}/echo/{text}")
    # To http.client a connection that ends amid the headers is one with these headers, and no body.
    assert "Content-Length" in response.headers, "the headers were cut off"
    return str(response.text)


def _imap(password: str, host: str, port: int) -> Any:
    connection = motorish.wrap(imaplib).delegate.IMAP4(host, port)
    try:
        connection.login("soak", password)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _imap_ask(connection: Any, text: str) -> str:
    _, (said,) = connection.select(text)
    return str(said.decode().partition(": ")[2].split()[0])


def start(stack: ExitStack, where: Path) -> list[Subject]:
    """
    Start each server that is on this machine, until the end of *stack*; return the drivers for them.
    """
    kinds = (_mongo_subjects, _mysql_subjects, _postgres_subjects, _other_subjects)
    found = [each for make in kinds for each in make(where)]
    for server, _ in found:
        stack.callback(server.kill)  # nobody wants its data
    with ThreadPoolExecutor(len(found)) as pool:
        runs = list(pool.map(_runs, (server for server, _ in found)))
    return [subject for (_, subjects), run in zip(found, runs, strict=True) if run for subject in subjects]


def _runs(server: Server) -> bool:
    try:
        server.start()
    except ServerMissingError as error:
        print(f"{NOT_SOAKED} {error}")
        return False
    return True


Found = Iterator[tuple[Server, list[Subject]]]


def _mongo_subjects(where: Path) -> Found:
    server = Mongod(where / "mongod", free_port())
    connect = partial(pymongo.MongoClient, directConnection=True, serverSelectionTimeoutMS=5000)
    yield server, [Motor("MotorClient", server), InChildren("PyMongo", server, connect, _mongo_ask)]


def _mysql_subjects(where: Path) -> Found:
    server = MariaDB(where / "mariadb", free_port())
    user = {"user": server.user, "password": server.password, "ssl_disabled": True}
    yield (
        server,
        [
            InChildren("PyMySQL", server, _by_name(pymysql.connect, **user), _sql_ask, _kill_mysql),
            InChildren("mysql-connector", server, _by_name(mysql.connector.connect, **user), _sql_ask),
        ],
    )


def _postgres_subjects(where: Path) -> Found:
    server = PostgreSQL(where / "postgres", free_port())
    user = {"user": server.user, "password": server.password}
    psycopg2_connect = _by_name(psycopg2.connect, **user, dbname=server.database)
    pg8000_connect = _by_name(pg8000.dbapi.connect, **user, database=server.database)
    yield (
        server,
        [
            InChildren("psycopg2", server, psycopg2_connect, _sql_ask, _kill_postgres),
            InChildren("pg8000", server, pg8000_connect, _sql_ask),
        ],
    )


def _other_subjects(where: Path) -> Found:
    store = Redis(where / "redis", free_port())
    yield store, [InChildren("redis-py", store, redis.Redis, _redis_ask, _kill_redis)]
    cache = Memcached(where / "memcached", free_port())
    yield cache, [InChildren("pymemcache", cache, lambda *address: MemcacheClient(address), _memcache_ask)]
    web = Nginx(where / "nginx", free_port())
    yield web, [InChildren("requests", web, _http, _http_ask)]
    mail = Dovecot(where / "dovecot", free_port())
    yield mail, [InChildren("imaplib", mail, partial(_imap, mail.password), _imap_ask)]


def _by_name(connect: Callable[..., Any], **options: Any) -> Callable[[str, int], Any]:
    return lambda host, port: connect(host=host, port=port, **options)
