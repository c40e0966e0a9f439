"""
The SQL systems' workloads on connections that have PEP 249's methods as coroutines.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from benchmarks._variant import Asynchronous


class AwaitedConnection(Asynchronous):
    """
    A client whose workers have a connection each, which ``worker`` makes.

    Attributes:
        system: the folder's package, which has the statements.
    """

    system: ClassVar[ModuleType]

    async def leave(self, own: Any) -> None:
        await own.close()

    async def select_one(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(self.system.SELECT_ONE, (self.system.ID,))
            return await cursor.fetchone()

    async def select_many(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(self.system.SELECT_MANY)
            return await cursor.fetchall()

    async def insert(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(self.system.INSERT, self.system.EVENT)
            return cursor.rowcount
