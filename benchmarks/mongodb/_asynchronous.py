"""
MongoDB through clients whose operations are awaited: what those with Motor's or PyMongo's API have in common.
"""

from typing import Any

from benchmarks._variant import Asynchronous
from benchmarks.mongodb import PIPELINE


class Client(Asynchronous):
    """
    One client for all, whose ``open`` sets `database`.
    """

    database: Any

    async def find_one(self, own: Any) -> None:
        await self.database.small.find_one({"_id": 1})

    async def insert_one(self, own: Any) -> None:
        await self.database.inserted.insert_one({"x": 1, "text": "y" * 100})

    async def scan(self, own: Any) -> None:
        async for _ in self.database.orders.find():
            pass

    async def aggregate(self, own: Any) -> None:
        async for _ in self.database.orders.aggregate(PIPELINE):
            pass

    async def large(self, own: Any) -> None:
        await self.database.large.find_one({"_id": 1})
