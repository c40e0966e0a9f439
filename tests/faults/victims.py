"""
Four drivers asked through one interface, and servers of their own that the tests may kill and freeze.
"""

from __future__ import annotations

import asyncio
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

import psycopg2
import pymysql
import redis
from pymongo.errors import AutoReconnect
from redis.backoff import NoBackoff
from redis.retry import Retry

import motorish
from motorish.integrations.servers import MariaDB, Mongod, PostgreSQL, Redis
from motorish.integrations.servers.base import Server, free_port, poll_until

AT_ONCE = 50
HELD_S = 30


class Client(ABC):
    """
    A client of one driver, with room for `AT_ONCE` operations at the same time, that retries nothing.

    Args:
        host, port: of the server, or of a proxy before it.
        server: who is asked in the end; it knows the login.
        options: the driver's own.
    """

    driver: ClassVar[str]
    packages: ClassVar[tuple[str, ...]] = ()
    lost: ClassVar[type[Exception]]
    """What the driver raises when it has lost its connection."""

    @abstractmethod
    def __init__(self, host: str, port: int, server: Any, **options: Any) -> None: ...

    @staticmethod
    @abstractmethod
    def serve(data_dir: Path) -> Server:
        """
        Return the driver's server, which is not started yet; its port stays the same.
        """

    @abstractmethod
    async def echo(self, token: int) -> int:
        """
        Return what the server says, which should be *token*.
        """

    @abstractmethod
    async def hold(self, seconds: float = HELD_S) -> None:
        """
        Ask for what the server does not answer for so long.
        """

    @abstractmethod
    def busy(self) -> int:
        """
        Return how many connections are in use, and operations wait for one.
        """

    @abstractmethod
    async def close(self) -> None:
        """
        Close all connections, of which some may be broken.
        """


class PyMongo(Client):
    """
    MotorClient.
    """

    driver = "PyMongo"
    lost = AutoReconnect

    def __init__(self, host: str, port: int, server: Any, **options: Any) -> None:
        options = {"retryReads": False, "retryWrites": False, "directConnection": True, **options}
        self.client = motorish.MotorClient(host, port, **options)

    @staticmethod
    def serve(data_dir: Path) -> Server:
        return Mongod(data_dir, free_port(), extra_args=("--setParameter", "enableTestCommands=1"))

    async def echo(self, token: int) -> int:
        found = await self.client.motorish.aggregate([{"$documents": [{"token": token}]}]).to_list()
        return int(found[0]["token"])

    async def hold(self, seconds: float = HELD_S) -> None:
        await self.client.admin.command("sleep", 1, millis=int(seconds * 1000), lock="none")

    def busy(self) -> int:
        servers = self.client.delegate._topology._servers.values()
        pools = [server.pool for server in servers]
        return sum(
            pool.active_sockets + pool.operation_count + pool.requests + pool._pending for pool in pools
        )

    async def close(self) -> None:
        await self.client.close()


class Pooled(Client):
    """
    A PEP 249 driver in a `motorish.ConnectionPool`.
    """

    sleep: ClassVar[str]
    usual: ClassVar[dict[str, Any]] = {}

    def __init__(self, host: str, port: int, server: Any, **options: Any) -> None:
        login = {name: getattr(server, name) for name in ("user", "password", "database")}
        options = {"host": host, "port": port, **login, **self.usual, **options}
        self.pool = motorish.ConnectionPool(self.packages[0], kwargs=options, max_size=AT_ONCE)

    async def echo(self, token: int) -> int:
        return int((await self.pool.run_query("SELECT %s", (token,)))[0][0])

    async def hold(self, seconds: float = HELD_S) -> None:
        await self.pool.run_query(self.sleep, (seconds,))

    def busy(self) -> int:
        stats = self.pool.stats()
        return stats.in_use + stats.waiting

    async def close(self) -> None:
        await self.pool.close()


class PyMySQL(Pooled):
    """
    PyMySQL.
    """

    driver = "PyMySQL"
    packages = ("pymysql",)
    lost = pymysql.err.OperationalError
    sleep = "SELECT SLEEP(%s)"
    usual = {"ssl_disabled": True}  # else it makes a TLS context for each connection: 20 ms and more

    @staticmethod
    def serve(data_dir: Path) -> Server:
        return MariaDB(data_dir, free_port())


class Psycopg2(Pooled):
    """
    psycopg2.
    """

    driver = "psycopg2"
    packages = ("psycopg2",)
    lost = psycopg2.OperationalError
    sleep = "SELECT pg_sleep(%s)"

    @staticmethod
    def serve(data_dir: Path) -> Server:
        return PostgreSQL(data_dir, free_port())


class RedisPy(Client):
    """
    redis-py with its own pool.
    """

    driver = "redis-py"
    packages = ("redis",)
    lost = redis.ConnectionError

    def __init__(self, host: str, port: int, server: Any, **options: Any) -> None:
        self.client = redis.Redis(host=host, port=port, retry=Retry(NoBackoff(), 0), **options)

    @staticmethod
    def serve(data_dir: Path) -> Server:
        return Redis(data_dir, free_port())

    async def echo(self, token: int) -> int:
        return int(await motorish.spawn(self.client.echo, str(token)))

    async def hold(self, seconds: float = HELD_S) -> None:
        await motorish.spawn(self.client.blpop, ["nothing-comes"], seconds)

    def busy(self) -> int:
        return len(self.client.connection_pool._in_use_connections)

    async def close(self) -> None:
        await motorish.spawn(self.client.close)


DRIVERS: tuple[type[Client], ...] = (PyMongo, PyMySQL, Psycopg2, RedisPy)


def signal_all(server: Server, number: int) -> float:
    """
    Send a signal to the server's process and to those that it has started; return when, by time.monotonic().
    """
    for pid in _processes(server):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    return monotonic()


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """
    Stop the server with SIGSTOP for the length of the block.
    """
    try:
        assert poll_until(lambda: _stop(server), 10)  # all its threads, and processes that it starts just now
        yield
    finally:
        signal_all(server, signal.SIGCONT)


def _processes(server: Server) -> list[int]:
    assert server.pid is not None
    listed = Path(f"/proc/{server.pid}/task/{server.pid}/children")  # on other systems, the first has to do
    started = listed.read_text().split() if listed.exists() else []
    return [server.pid, *map(int, started)]


def _stop(server: Server) -> bool:
    signal_all(server, signal.SIGSTOP)
    for pid in _processes(server):
        for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                if thread.read_text().rpartition(")")[2].split()[0] not in "TZ":
                    return False
    return True


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """
    Let the loop turn until *condition* holds.
    """
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)
