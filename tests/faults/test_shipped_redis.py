"""
Bugs that redis-py's asynchronous twin has shipped, tried on redis-py itself.

The most famous one: a cancelled command left its reply in the connection, and the next one got it, which
was another user's (redis-py issues 2624 and 2665).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
import redis

import motorish
from motorish.integrations.servers import Redis
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.loops import outcome, until

END_MS = 100
POOL = 5

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """
    redis-py is green during the test.
    """
    with motorish.patch("redis"):
        yield


def connect(host: str, port: int, single: bool, **options: Any) -> redis.Redis:
    """
    Return a client, with one connection for good if it is to be *single*; runs in a child.
    """
    return redis.Redis(host=host, port=port, single_connection_client=single, **options)


@pytest.mark.row("G1")
@pytest.mark.parametrize("single", [True, False], ids=["one connection", "pool of one"])
def test_replies_are_not_off_by_one(redis_server: Redis, figures: Figures, single: bool) -> None:
    """
    A command is cancelled when its reply is on the way: the next commands get their own.
    """
    rounds = figures.times(1000, least=30)

    async def main(proxy: chaos.Proxy) -> int:
        client = await motorish.spawn(connect, proxy.host, proxy.port, single, max_connections=1)
        await motorish.spawn(client.mset, {"foo": "foo", "bar": "bar"})
        wrong = 0
        for number in range(rounds):
            proxy.hold()
            call = motorish.spawn(client.get, "foo")
            if number % 2:  # or at once: it has been sent, the server has not answered yet
                await until(lambda: proxy.kept)
            call.cancel()
            assert asyncio.CancelledError is await outcome(call)
            proxy.release()
            replies = [await motorish.spawn(client.get, "bar"), await motorish.spawn(client.ping)]
            wrong += replies != [b"bar", True]
        await motorish.spawn(client.close)
        return wrong

    with chaos.Proxy(redis_server.host, redis_server.port) as proxy:
        wrong = asyncio.run(main(proxy))
    kind = "one connection" if single else "a pool of one"
    figures.equal(f"redis-py, {kind}: wrong replies after {rounds} cancels", 0, wrong)


@pytest.mark.row("G2")
def test_a_blocking_command_can_be_cancelled(redis_server: Redis, figures: Figures) -> None:
    """
    BRPOP, which would wait for a minute, ends when it is cancelled, and does not hold up the next command.
    """

    async def main() -> tuple[float, float]:
        client = await motorish.spawn(connect, redis_server.host, redis_server.port, single=True)
        call = motorish.spawn(client.brpop, ["empty"], timeout=60)
        await asyncio.sleep(0.01)
        began = monotonic()
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        cancelled = monotonic()
        assert await motorish.spawn(client.set, "key", "value")
        done = monotonic()
        await motorish.spawn(client.close)
        return (cancelled - began) * 1000, (done - cancelled) * 1000

    ends = [asyncio.run(main()) for _ in range(3)]
    figures.at_most(
        "redis-py, ms from the cancel of BRPOP to its end", END_MS, min(end[0] for end in ends), "ms"
    )
    figures.at_most("redis-py, ms of the SET after it", END_MS, min(end[1] for end in ends), "ms")


@pytest.mark.row("G3")
def test_no_cancel_is_swallowed(redis_server: Redis, figures: Figures) -> None:
    """
    A task that is cancelled 3 ms after it began BRPOPLPUSH ends cancelled, each time.
    """
    rounds = figures.times(1000, least=50)

    async def main() -> int:
        client = redis.Redis(host=redis_server.host, port=redis_server.port)

        async def work() -> Any:
            return await motorish.spawn(client.brpoplpush, "empty", "other", timeout=60)

        cancelled = 0
        for _ in range(rounds):
            task = asyncio.create_task(work())
            await asyncio.sleep(0.003)
            task.cancel()
            await asyncio.wait([task])
            cancelled += task.cancelled()
        await motorish.spawn(client.close)
        return cancelled

    figures.equal(f"redis-py, of {rounds} cancelled tasks ended cancelled", rounds, asyncio.run(main()))


@pytest.mark.row("G4")
def test_a_pipelines_reset_gives_its_connection_back(redis_server: Redis, figures: Figures) -> None:
    """
    UNWATCH, which leaving a pipeline sends, is cancelled on each connection: the pool is whole after it.

    redis-py itself gives the connection back only when the garbage collector finds the pipeline; here the
    pipelines are kept.
    """
    pipelines = []

    async def main(proxy: chaos.Proxy) -> int:
        pool = redis.BlockingConnectionPool(host=proxy.host, port=proxy.port, max_connections=POOL, timeout=1)
        client = redis.Redis.from_pool(pool)
        for _ in range(POOL):
            pipeline = client.pipeline()
            pipelines.append(pipeline)
            await motorish.spawn(pipeline.watch, "key")
            proxy.hold()
            call = motorish.spawn(pipeline.reset)
            await until(lambda: proxy.kept)
            call.cancel()
            assert asyncio.CancelledError is await outcome(call)
            proxy.release()
        taken = [await outcome(motorish.spawn(pool.get_connection)) for _ in range(POOL)]
        connections = [each for each in taken if isinstance(each, redis.Connection)]
        for connection in connections:
            await motorish.spawn(pool.release, connection)
        assert await motorish.spawn(client.ping)
        await motorish.spawn(client.close)
        return len(connections)

    with chaos.Proxy(redis_server.host, redis_server.port) as proxy:
        connections = asyncio.run(main(proxy))
    figures.equal(f"redis-py, connections of {POOL} that can be taken again", POOL, connections)
