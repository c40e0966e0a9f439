"""
MongoDB through motorish.MotorClient.
"""

from typing import Any

import motorish
from benchmarks._variant import Asynchronous, serve


class Motorish(Asynchronous):
    async def open(self) -> None:
        self.client = motorish.MotorClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    async def close(self) -> None:
        await self.client.close()

    async def find_one(self, own: Any) -> None:
        await self.database.small.find_one({"_id": 1})


serve(Motorish)
