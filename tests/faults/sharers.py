"""
Drivers whose few connections many calls share, so that one which was spoilt is met by the next.

Those here have a pool of their own; `careless` has the others, and the list of all.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from itertools import count
from time import monotonic
from typing import ClassVar

import redis
from pymemcache.client.base import PooledClient

import motorish
from motorish.hub import CallFuture

POOL = 5
PATIENCE_S = 20
SETTLED_S = 2.0
KEYS = 997

TOKENS = count(1)


class Sharer(ABC):
    """
    A driver with a few connections for all.

    Args:
        host, port: of the server.
        login: user, password and database, where the server wants them.
    """

    driver: ClassVar[str]
    packages: ClassVar[tuple[str, ...]] = ()
    fixture: ClassVar[str]
    """The fixture that gives the server."""

    monitors: ClassVar[int] = 0
    """Connections at the most that are not for calls."""

    @abstractmethod
    def __init__(self, host: str, port: int, **login: str) -> None: ...

    async def prepare(self) -> None:  # noqa: B027
        """
        Put what is asked for into the server.
        """

    @abstractmethod
    def ask(self, token: int) -> CallFuture[int]:
        """
        Start a call whose result should be *token*.
        """

    @abstractmethod
    def in_use(self) -> int:
        """
        Return how many connections the pool takes to be in use, and calls to wait for one.
        """

    async def left(self) -> int:
        """
        Return how many are in use though nobody uses one; a pool may need a moment to make one anew.
        """
        end = monotonic() + SETTLED_S
        while self.in_use() and monotonic() < end:
            await asyncio.sleep(0.001)
        return self.in_use()

    @abstractmethod
    async def close(self) -> None:
        """
        Close all connections.
        """


class PyMongo(Sharer):
    """
    MotorClient with a small pool.
    """

    driver = "PyMongo"
    fixture = "mongod_uri"
    monitors = 2

    def __init__(self, host: str, port: int, **login: str) -> None:
        self.client = motorish.MotorClient(host, port, directConnection=True, maxPoolSize=POOL)
        self.things = self.client.motorish_test.sharers

    async def prepare(self) -> None:
        await self.things.replace_one({"_id": 0}, {}, upsert=True)

    def ask(self, token: int) -> CallFuture[int]:
        return motorish.spawn(self._ask, token)

    def _ask(self, token: int) -> int:
        found = self.things.delegate.find_one({}, {"_id": 0, "token": {"$literal": token}})
        assert found is not None
        return int(found["token"])

    def in_use(self) -> int:
        pools = [server.pool for server in self.client.delegate._topology._servers.values()]
        return sum(
            pool.active_sockets + pool.operation_count + pool.requests + pool._pending for pool in pools
        )

    async def close(self) -> None:
        await self.client.close()


class RedisPy(Sharer):
    """
    redis-py with its pool whose callers wait.
    """

    driver = "redis-py"
    packages = ("redis",)
    fixture = "redis_server"

    def __init__(self, host: str, port: int, **login: str) -> None:
        self.pool = redis.BlockingConnectionPool(
            host=host, port=port, max_connections=POOL, timeout=PATIENCE_S
        )
        self.client = redis.Redis.from_pool(self.pool)

    def ask(self, token: int) -> CallFuture[int]:
        return motorish.spawn(lambda: int(self.client.echo(str(token))))

    def in_use(self) -> int:
        return POOL - self.pool.pool.qsize()

    async def close(self) -> None:
        await motorish.spawn(self.client.close)


class Pymemcache(Sharer):
    """
    pymemcache's PooledClient, asked for keys whose values are known.
    """

    driver = "pymemcache"
    packages = ("pymemcache",)
    fixture = "memcached"

    def __init__(self, host: str, port: int, **login: str) -> None:
        self.client = PooledClient((host, port), max_pool_size=50)

    async def prepare(self) -> None:
        values = {f"sharers-{key}": str(key) for key in range(KEYS)}
        await motorish.spawn(self.client.set_many, values, noreply=False)

    def ask(self, token: int) -> CallFuture[int]:
        return motorish.spawn(self._ask, token)

    def _ask(self, token: int) -> int:
        key = token % KEYS
        return token - key + int(self.client.get(f"sharers-{key}"))

    def in_use(self) -> int:
        return len(self.client.client_pool.used)

    async def close(self) -> None:
        await motorish.spawn(self.client.close)
