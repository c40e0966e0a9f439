"""
MongoDB through PyMongo's own AsyncMongoClient.
"""

from typing import Any

from pymongo import AsyncMongoClient

from benchmarks._variant import serve
from benchmarks.mongodb import PIPELINE
from benchmarks.mongodb._asynchronous import Client


class PyMongoAsync(Client):
    async def open(self) -> None:
        self.client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    async def close(self) -> None:
        await self.client.close()

    async def aggregate(self, own: Any) -> None:
        async for _ in await self.database.orders.aggregate(PIPELINE):
            pass


serve(PyMongoAsync)
