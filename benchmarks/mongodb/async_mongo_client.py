"""
MongoDB through PyMongo's own AsyncMongoClient.
"""

from typing import Any

from pymongo import AsyncMongoClient

from benchmarks._variant import Asynchronous, serve
from benchmarks.mongodb import PIPELINE


class PyMongoAsync(Asynchronous):
    """
    One client for all.
    """

    async def open(self) -> None:
        self.client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    async def close(self) -> None:
        await self.client.close()

    async def find_one(self, own: Any) -> None:
        await self.database.small.find_one({"_id": 1})

    async def insert_one(self, own: Any) -> None:
        await self.database.inserted.insert_one({"x": 1, "text": "y" * 100})

    async def scan(self, own: Any) -> None:
        async for _ in self.database.orders.find():
            pass

    async def aggregate(self, own: Any) -> None:
        async for _ in await self.database.orders.aggregate(PIPELINE):
            pass

    async def large(self, own: Any) -> None:
        await self.database.large.find_one({"_id": 1})


serve(PyMongoAsync)
