"""
The workloads on redis-py as it is, synchronously: one client for all threads, or all of gevent's greenlets.
"""

from itertools import count
from typing import Any

import redis

from benchmarks._variant import Blocking
from benchmarks.redisdb import KEY, MESSAGE, PIPELINED


class BlockingRedis(Blocking):
    def open(self) -> None:
        self.client = redis.Redis.from_url(self.address)
        self.channels = map("news:{}".format, count())

    def close(self) -> None:
        self.client.close()

    def worker(self) -> Any:
        if self.workload != "publish":
            return None
        pubsub, channel = self.client.pubsub(), next(self.channels)
        pubsub.subscribe(channel)
        pubsub.get_message(timeout=None)
        return pubsub, channel

    def leave(self, own: Any) -> None:
        if own:
            own[0].close()

    def get(self, own: Any) -> Any:
        return self.client.get(KEY)

    def pipeline(self, own: Any) -> Any:
        with self.client.pipeline(transaction=False) as pipeline:
            for _ in range(PIPELINED):
                pipeline.get(KEY)
            return pipeline.execute()

    def publish(self, own: Any) -> Any:
        pubsub, channel = own
        self.client.publish(channel, MESSAGE)
        return pubsub.get_message(timeout=None)
