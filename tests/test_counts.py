"""
What one operation costs in a steady state at 50 at a time, counted: none of it may grow unnoticed.

The limits are today's figures, with some room where they vary: one poll by the loop finds more replies, or
fewer.  Who makes an operation leaner lowers its limit: the figures, and what they consist of, are printed by
``pytest tests/test_counts.py -rP``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import redis
from pymongo import common

import motorish
from motorish.integrations.servers import Redis
from tests import counting
from tests.counting import Counts

REST_S = 60

SAME = {
    counting.SENT_AND_RECEIVED: 2.1,
    counting.POLLS: 1.0,
    counting.REGISTRATIONS: 0.1,
    counting.SWITCHES: 4.1,
    counting.CALLBACKS: 1.1,
    counting.TIMERS: 0.1,
    counting.NEW_GREENLETS: 0.1,
    counting.KEPT: counting.NOTHING_KEPT,
    counting.GARBAGE: 0.1,
    counting.BYTES: 1000.0,
}
"""It is sent, and its reply received; it parks once; the loop is given one callback, to wake the task."""

FIND_ONE = SAME | {
    counting.CALLS: 37.9,
    counting.OTHER: 0.1,
    counting.IMPORTS: 2.1,  # where PyMongo was not imported before it was patched; else none
}
GET = SAME | {
    counting.CALLS: 30.9,
    counting.OTHER: 1.1,  # redis-py polls a connection before it sends
    counting.IMPORTS: 0.1,
}


@pytest.fixture(scope="module")
def find_one(mongod_uri: str) -> Counts:
    """
    Return the figures of MotorClient's find_one.
    """

    async def main() -> Counts:
        client: motorish.MotorClient = motorish.MotorClient(
            mongod_uri, maxPoolSize=counting.AT, heartbeatFrequencyMS=REST_S * 1000
        )
        collection = client.motorish_test.counts
        await collection.replace_one({"_id": 1}, {"x": 1}, upsert=True)
        counts = await counting.count(lambda: collection.find_one({"_id": 1}))
        await client.close()
        return counts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            common, "MIN_HEARTBEAT_INTERVAL", 60.0
        )  # else each background loop wakes twice a second
        return asyncio.run(main())


@pytest.fixture(scope="module")
def get(redis_server: Redis) -> Iterator[Counts]:
    """
    Return the figures of redis-py's get, made asynchronous.
    """

    async def main() -> Counts:
        client = redis.Redis(host=redis_server.host, port=redis_server.port)
        await motorish.spawn(client.set, "counts", "x" * 100)
        get = motorish.asynchronize(client.get)
        counts = await counting.count(lambda: get("counts"))
        await motorish.spawn(client.close)
        return counts

    with motorish.patch("redis"):
        yield asyncio.run(main())


@pytest.mark.parametrize("figure", FIND_ONE)
def test_cost_of_find_one(find_one: Counts, figure: str) -> None:
    """
    A find_one through MotorClient costs no more than it did.
    """
    assert_no_more(find_one, figure, FIND_ONE[figure])


@pytest.mark.parametrize("figure", GET)
def test_cost_of_redis_get(get: Counts, figure: str) -> None:
    """
    A GET through redis-py costs no more than it did.
    """
    assert_no_more(get, figure, GET[figure])


def assert_no_more(counts: Counts, figure: str, limit: float) -> None:
    """
    Compare a figure with its limit; what it consists of is in the message.
    """
    parts = "".join(f"\n{number:9.2f} {name}" for name, number in counts.where.get(figure, {}).items())
    found = f"{figure}: {counts.per[figure]:.2f} (for one operation), and the limit is {limit:g}{parts}"
    print(found)
    assert counts.per[figure] <= limit, found


def test_counting_sees_what_is_there(find_one: Counts, get: Counts) -> None:
    """
    The counters work: what must happen for each operation was seen.
    """
    for counts in (find_one, get):
        assert 2 <= counts.per[counting.SENT_AND_RECEIVED]
        assert 4 <= counts.per[counting.SWITCHES]
        assert 1 <= counts.per[counting.CALLBACKS]
        assert 1 <= counts.where[counting.CALLS]["socket.sendall (socket.py)"]
        assert 0 < counts.per[counting.POLLS]
