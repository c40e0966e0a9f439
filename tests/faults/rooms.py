"""
A document, or a row, that transactions lock: begun, given up, and seen from the server's side.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, ClassVar

import motorish
from tests.faults.careless import Pooled, PooledPsycopg2, PooledPyMySQL
from tests.faults.sharers import PyMongo, Sharer

SLOW_S = 30
PATIENCE_S = 10.0
ASK_AGAIN_S = 0.2  # InnoDB shows the same transactions as before to who has looked within 0.1 s
KEYS = range(10)


class Room(ABC):
    """
    Something that only one transaction at a time can write.

    Args:
        where: the server's address and login.
    """

    kind: ClassVar[type[Sharer]]

    def __init__(self, **where: Any) -> None:
        self.sharer: Any = self.kind(**where)

    @abstractmethod
    async def prepare(self) -> None:
        """
        Make it.
        """

    @abstractmethod
    def transaction(self) -> Any:
        """
        Return what begins and ends a transaction in ``async with``, and gives what it is done with.
        """

    @abstractmethod
    async def lock(self, within: Any, key: int = 1) -> None:
        """
        Write number *key* of ten, in a transaction.
        """

    @abstractmethod
    async def dawdle(self, within: Any) -> None:
        """
        Do in the transaction what takes the server long.
        """

    @abstractmethod
    async def write(self) -> None:
        """
        Write from outside, which waits for the transaction to end.
        """

    @abstractmethod
    async def begun(self) -> int:
        """
        Return how many transactions the server has.
        """

    async def left(self) -> int:
        """
        Return how many transactions there are, and connections in use, though nobody uses them.
        """
        end = monotonic() + PATIENCE_S
        while (left := await self.begun() + self.sharer.in_use()) and monotonic() < end:
            await asyncio.sleep(ASK_AGAIN_S)
        return left

    async def close(self) -> None:
        """
        Close all connections.
        """
        await self.sharer.close()


class Document(Room):
    """
    A document in MongoDB.
    """

    kind = PyMongo

    def __init__(self, **where: Any) -> None:
        super().__init__(**where)
        self.client = self.sharer.client
        self.things = self.client.motorish_test.rooms

    async def prepare(self) -> None:
        for key in KEYS:
            await self.things.replace_one({"_id": key}, {}, upsert=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.client.start_session() as session, session.start_transaction():
            yield session

    async def lock(self, within: Any, key: int = 1) -> None:
        await self.things.update_one({"_id": key}, {"$inc": {"n": 1}}, session=within)

    async def dawdle(self, within: Any) -> None:
        await self.things.find_one({"$where": f"sleep({SLOW_S * 1000}) || true"}, session=within)

    async def write(self) -> None:
        with motorish.timeout(PATIENCE_S):
            await self.things.update_one({"_id": 1}, {"$inc": {"n": 1}})

    async def begun(self) -> int:
        status = await self.client.admin.command("serverStatus")
        return int(status["transactions"]["currentOpen"])


class SqlRow(Room):
    """
    A row of an SQL database, written through a ConnectionPool.
    """

    kind: ClassVar[type[Pooled]]
    sleep: ClassVar[str]
    numbers: ClassVar[str]
    _earlier: set[int]  # transactions that other tests have left

    def transaction(self) -> Any:
        return self.sharer.pool.transaction()

    async def prepare(self) -> None:
        self._earlier = await self._transactions()
        await self.sharer.pool.run_operation("DROP TABLE IF EXISTS rooms")
        await self.sharer.pool.run_operation("CREATE TABLE rooms (id INT PRIMARY KEY, n INT)")
        for key in KEYS:
            await self.sharer.pool.run_operation("INSERT INTO rooms VALUES (%s, 1)", (key,))

    async def lock(self, within: Any, key: int = 1) -> None:
        await within.execute("UPDATE rooms SET n = n + 1 WHERE id = %s", (key,))

    async def dawdle(self, within: Any) -> None:
        await within.execute(self.sleep)

    async def write(self) -> None:
        with motorish.timeout(PATIENCE_S):
            await self.sharer.pool.run_operation("UPDATE rooms SET n = n + 1 WHERE id = 1")

    async def begun(self) -> int:
        return len(await self._transactions() - self._earlier)

    async def _transactions(self) -> set[int]:
        return {number for (number,) in await self.sharer.pool.run_query(self.numbers)}


class MariaDbRow(SqlRow):
    """
    On MariaDB, with PyMySQL.

    What takes long is a lock that somebody else has.  All that SLEEP there share one mutex: to kill a
    dozen of them takes the server many seconds.
    """

    kind = PooledPyMySQL
    sleep = f"SELECT GET_LOCK('rooms', {SLOW_S})"
    numbers = "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx"

    def __init__(self, **where: Any) -> None:
        super().__init__(**where)
        self._keeper = self.kind(**where)

    async def prepare(self) -> None:
        await super().prepare()
        assert ((1,),) == tuple(await self._keeper.pool.run_query("SELECT GET_LOCK('rooms', 10)"))

    async def close(self) -> None:
        await self._keeper.close()
        await super().close()


class PostgresRow(SqlRow):
    """
    On PostgreSQL, with psycopg2.
    """

    kind = PooledPsycopg2
    sleep = f"SELECT pg_sleep({SLOW_S})"
    numbers = (
        "SELECT pid FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )


ROOMS: tuple[type[Room], ...] = (Document, MariaDbRow, PostgresRow)
