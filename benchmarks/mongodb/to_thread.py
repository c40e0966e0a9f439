"""
MongoDB through PyMongo and asyncio.to_thread, one call for each operation, in the loop's default executor.
"""

import asyncio
from typing import Any

from benchmarks._variant import Asynchronous, serve
from benchmarks.mongodb._blocking import PyMongo


class ToThread(Asynchronous):
    """
    One client for all.
    """

    async def open(self) -> None:
        self.client = PyMongo(self.address, self.at)
        self.client.open()

    async def close(self) -> None:
        self.client.close()

    async def find_one(self, own: Any) -> None:
        await asyncio.to_thread(self.client.find_one, own)

    async def insert_one(self, own: Any) -> None:
        await asyncio.to_thread(self.client.insert_one, own)

    async def scan(self, own: Any) -> None:
        await asyncio.to_thread(self.client.scan, own)

    async def aggregate(self, own: Any) -> None:
        await asyncio.to_thread(self.client.aggregate, own)

    async def large(self, own: Any) -> None:
        await asyncio.to_thread(self.client.large, own)


serve(ToThread)
