"""
MongoDB through motorish.MotorClient.
"""

import motorish
from benchmarks._variant import serve
from benchmarks.mongodb._asynchronous import Client


class Motorish(Client):
    async def open(self) -> None:
        self.client: motorish.MotorClient = motorish.MotorClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    async def close(self) -> None:
        await self.client.close()


serve(Motorish)
