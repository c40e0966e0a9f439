"""
Redis through redis-py's own asyncio client, redis.asyncio: one client for all workers.
"""

from itertools import count
from typing import Any

import redis.asyncio

from benchmarks._variant import Asynchronous, serve
from benchmarks.redisdb import KEY, MESSAGE, PIPELINED


class RedisAsyncio(Asynchronous):
    async def open(self) -> None:
        self.client = redis.asyncio.Redis.from_url(self.address)
        self.channels = map("news:{}".format, count())

    async def close(self) -> None:
        await self.client.aclose()

    async def worker(self) -> Any:
        if self.workload != "publish":
            return None
        pubsub, channel = self.client.pubsub(), next(self.channels)
        await pubsub.subscribe(channel)
        await pubsub.get_message(timeout=None)
        return pubsub, channel

    async def leave(self, own: Any) -> None:
        if own:
            await own[0].aclose()

    async def get(self, own: Any) -> Any:
        return await self.client.get(KEY)

    async def pipeline(self, own: Any) -> Any:
        async with self.client.pipeline(transaction=False) as pipeline:
            for _ in range(PIPELINED):
                pipeline.get(KEY)
            return await pipeline.execute()

    async def publish(self, own: Any) -> Any:
        pubsub, channel = own
        await self.client.publish(channel, MESSAGE)
        return await pubsub.get_message(timeout=None)


serve(RedisAsyncio)
