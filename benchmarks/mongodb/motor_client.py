"""
MongoDB through Motor, which runs PyMongo in a pool of threads of its own (five for each processor).
"""

from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks._variant import serve
from benchmarks.mongodb._asynchronous import Client


class Motor(Client):
    async def open(self) -> None:
        self.client = AsyncIOMotorClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    async def close(self) -> None:
        self.client.close()


serve(Motor)
