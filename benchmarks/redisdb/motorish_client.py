"""
Redis through redis-py, patched by motorish: one `redis.Redis` for all workers.

The synchronous functions go through `motorish.asynchronize`: a pipeline is one call, and so is
publishing with the wait for the message.
"""

from itertools import count
from typing import Any

import motorish
from benchmarks._variant import Asynchronous, serve
from benchmarks.redisdb import KEY, MESSAGE, PIPELINED

motorish.patch("redis")

import redis  # noqa: E402


class MotorishClient(Asynchronous):
    async def open(self) -> None:
        self.client = redis.Redis.from_url(self.address)
        self.channels = map("news:{}".format, count())
        self._get = motorish.asynchronize(self.client.get)
        self._pipeline = motorish.asynchronize(self.run_pipeline)
        self._publish = motorish.asynchronize(self.publish_and_receive)

    async def close(self) -> None:
        await motorish.spawn(self.client.close)

    async def worker(self) -> Any:
        return await motorish.spawn(self.subscribe) if self.workload == "publish" else None

    async def leave(self, own: Any) -> None:
        if own:
            await motorish.spawn(own[0].close)

    async def get(self, own: Any) -> Any:
        return await self._get(KEY)

    async def pipeline(self, own: Any) -> Any:
        return await self._pipeline()

    async def publish(self, own: Any) -> Any:
        return await self._publish(*own)

    # Synchronous code, on children.

    def subscribe(self) -> tuple[Any, str]:
        pubsub, channel = self.client.pubsub(), next(self.channels)
        pubsub.subscribe(channel)
        pubsub.get_message(timeout=None)
        return pubsub, channel

    def run_pipeline(self) -> list[Any]:
        with self.client.pipeline(transaction=False) as pipeline:
            for _ in range(PIPELINED):
                pipeline.get(KEY)
            return pipeline.execute()

    def publish_and_receive(self, pubsub: Any, channel: str) -> Any:
        self.client.publish(channel, MESSAGE)
        return pubsub.get_message(timeout=None)


serve(MotorishClient)
