"""
What redis-py does beyond the contract: pipelines, blocking commands, pub/sub, retries, Sentinel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import redis
import redis.sentinel
from redis._parsers import _HiredisParser, _RESP2Parser, _RESP3Parser

import motorish
from motorish.integrations.servers import Redis, RedisSentinel
from motorish.testing import chaos
from tests.loops import outcome, until

PARSERS = {"hiredis": (_HiredisParser, 3), "resp2": (_RESP2Parser, 2), "resp3": (_RESP3Parser, 3)}
PATIENCE_S = 20.0

Connect = Callable[..., "redis.Redis"]


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """
    redis-py is green during the test.
    """
    with motorish.patch("redis"):
        yield


@pytest.fixture(params=PARSERS)
def connect(redis_server: Redis, request: pytest.FixtureRequest) -> Connect:
    """
    Return what makes a client of a private Redis, with each parser.
    """
    parser, protocol = PARSERS[request.param]

    def make(**options: Any) -> redis.Redis:
        kind = options.pop("pool", redis.ConnectionPool)
        address = {"host": redis_server.host, "port": redis_server.port} | options
        return redis.Redis.from_pool(kind(parser_class=parser, protocol=protocol, **address))

    return make


async def blocked(client: redis.Redis, count: int) -> None:
    """
    Wait until so many clients are in a blocking command.
    """
    end = monotonic() + PATIENCE_S
    while count != (await motorish.spawn(client.info, "clients"))["blocked_clients"]:
        assert monotonic() < end


def test_pipelines(connect: Connect) -> None:
    """
    A hundred at once, with and without a transaction, and one that watches a key that changes.
    """

    def work(client: redis.Redis, number: int) -> list[Any]:
        with client.pipeline(transaction=bool(number % 2)) as pipeline:
            pipeline.set(f"key{number}", number).get(f"key{number}").incr(f"key{number}")
            return pipeline.execute()

    def watch(client: redis.Redis, other: redis.Redis) -> None:
        with client.pipeline() as pipeline:
            pipeline.watch("watched")
            other.set("watched", "changed")
            pipeline.multi()
            pipeline.set("watched", "mine")
            pipeline.execute()

    async def main() -> None:
        client = connect()
        expected = [[True, str(number).encode(), number + 1] for number in range(100)]
        assert expected == await asyncio.gather(
            *(motorish.spawn(work, client, number) for number in range(100))
        )
        with pytest.raises(redis.WatchError):
            await motorish.spawn(watch, client, connect())
        assert b"changed" == await motorish.spawn(client.get, "watched")
        await motorish.spawn(client.close)

    asyncio.run(main())


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_blocking_command_that_is_given_up_leaves_no_reply(connect: Connect, how: str) -> None:
    """
    What is pushed afterwards stays in the list, and the next command gets its own reply.
    """

    async def main() -> None:
        client, other = connect(max_connections=1, pool=redis.BlockingConnectionPool), connect()
        with motorish.timeout(0.5 if how == "deadline" else None):
            call = motorish.spawn(client.blpop, ["queue"], timeout=30)
        await blocked(other, 1)
        if how == "cancel":
            call.cancel()
        expected = asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded
        assert expected is await outcome(call)
        await blocked(other, 0)
        await motorish.spawn(other.rpush, "queue", "kept")
        assert b"hello" == await motorish.spawn(client.echo, "hello")
        assert 1 == await motorish.spawn(client.llen, "queue")
        assert b"kept" == await motorish.spawn(client.lpop, "queue")
        for each in (client, other):
            await motorish.spawn(each.close)

    asyncio.run(main())


def test_a_cancelled_command_is_sent_once(redis_server: Redis) -> None:
    """
    Retries are for errors of the network, not for calls that were given up.
    """

    async def main(proxy: chaos.Proxy) -> int:
        client = redis.Redis(host=proxy.host, port=proxy.port)  # with the retries that it has by default
        await motorish.spawn(client.set, "count", 0)
        proxy.hold()
        call = motorish.spawn(client.incr, "count")
        await until(lambda: proxy.kept)
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        proxy.release()
        count = await motorish.spawn(client.get, "count")
        await motorish.spawn(client.close)
        return int(count)

    with chaos.Proxy(redis_server.host, redis_server.port) as proxy:
        assert 1 == asyncio.run(main(proxy))


def test_a_lost_connection_is_retried(redis_server: Redis) -> None:
    """
    As without motorish: the back-off parks the call, and the loop goes on.
    """

    async def main(proxy: chaos.Proxy) -> bytes:
        client = redis.Redis(host=proxy.host, port=proxy.port)
        await motorish.spawn(client.set, "key", "value")
        proxy.crash()
        call = motorish.spawn(client.get, "key")
        asyncio.get_running_loop().call_later(0.1, proxy.restart)
        result = await call
        await motorish.spawn(client.close)
        return bytes(result)

    with chaos.Proxy(redis_server.host, redis_server.port) as proxy:
        assert b"value" == asyncio.run(main(proxy))


def test_pubsub_with_timeouts(connect: Connect) -> None:
    """
    get_message(timeout=...) that gets nothing loses nothing, and the subscription goes on.
    """

    async def main() -> list[Any]:
        client = connect()
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        await motorish.spawn(pubsub.subscribe, "news")
        get = partial(motorish.spawn, pubsub.get_message)
        seen: list[Any] = []
        for number in range(3):
            began = monotonic()
            while monotonic() - began < 0.1:
                assert await get(timeout=0.05) is None
            await motorish.spawn(client.publish, "news", f"number {number}")
            waited = await get(timeout=PATIENCE_S)
            assert waited is not None
            seen.append(waited["data"])
        await motorish.spawn(pubsub.close)
        await motorish.spawn(client.close)
        return seen

    assert [b"number 0", b"number 1", b"number 2"] == asyncio.run(main())


def test_a_listener_is_cancelled(connect: Connect) -> None:
    """
    listen() in a call of its own ends when that is cancelled; the client serves on.
    """
    seen: list[Any] = []

    def listen(pubsub: Any) -> None:
        pubsub.subscribe("news")
        for message in pubsub.listen():
            seen.append(message["type"])

    async def main() -> None:
        client = connect()
        pubsub = client.pubsub()
        call = motorish.spawn(listen, pubsub)
        await until(lambda: seen)
        assert 1 == await motorish.spawn(client.publish, "news", "hello")
        await until(lambda: len(seen) == 2)
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        await motorish.spawn(pubsub.close)
        assert b"hello" == await motorish.spawn(client.echo, "hello")
        await motorish.spawn(client.close)

    asyncio.run(main())
    assert ["subscribe", "message"] == seen


def test_pubsub_is_an_asynchronous_iterator(connect: Connect) -> None:
    """
    Wrapped: ``async for`` over listen(); a deadline ends the wait, and after that it subscribes anew.
    """

    async def main() -> list[Any]:
        client = motorish.wrap(connect())
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        await pubsub.subscribe("news")
        assert await pubsub.get_message(timeout=0.05) is None
        heard: list[Any] = []
        for number in range(3):
            await client.publish("news", f"number {number}")
        async for message in pubsub.listen():
            heard.append(message["data"])
            if len(heard) == 2:
                break
        messages = await pubsub.listen()
        heard.append((await anext(messages))["data"])
        with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.05):
            await anext(messages)
        while not await client.publish("news", "at last"):
            await pubsub.get_message(timeout=0.01)
        while (message := await pubsub.get_message(timeout=PATIENCE_S)) is None:
            pass
        await pubsub.close()
        await client.close()
        return [*heard, message["data"]]

    assert [b"number 0", b"number 1", b"number 2", b"at last"] == asyncio.run(main())


def test_a_wrapped_pipeline_takes_one_call_at_a_time(connect: Connect) -> None:
    """
    It has one connection while it watches: calls queue for it, though those on its client do not.
    """

    async def main() -> None:
        client = motorish.wrap(connect())
        await client.mset({f"number{number}": number for number in range(3)})
        async with client.pipeline() as pipeline:
            await pipeline.watch("number0")
            calls = [pipeline.get(f"number{number}") for number in range(3)]
            assert [b"0", b"1", b"2"] == await asyncio.gather(*calls)
            await pipeline.multi()
            await asyncio.gather(*(pipeline.incr(f"number{number}") for number in range(3)))
            assert [1, 2, 3] == await pipeline.execute()
        blocking, answer = client.blpop(["nothing"], timeout=0.5), client.echo("hello")
        assert b"hello" == await answer
        assert not blocking.done()
        assert await blocking is None
        await client.close()

    asyncio.run(main())


def test_a_worker_thread_of_pubsub(connect: Connect) -> None:
    """
    run_in_thread() stays a thread, wakes children, and is joined by one without blocking the loop.
    """

    async def main() -> Any:
        from motorish.green.queue import Queue

        client, queue = connect(), Queue()
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        await motorish.spawn(pubsub.subscribe, news=queue.put)
        thread = await motorish.spawn(pubsub.run_in_thread, sleep_time=0.05)
        await motorish.spawn(client.publish, "news", "hello")
        message = await motorish.spawn(queue.get)
        await motorish.spawn(thread.stop)
        await motorish.spawn(thread.join)
        await motorish.spawn(client.close)
        return message["data"]

    assert b"hello" == asyncio.run(main())


def test_a_full_pool_makes_calls_wait(connect: Connect) -> None:
    """
    Twenty calls share two connections; one that waits for its turn can be cancelled, and costs no slot.
    """

    async def main() -> None:
        client = connect(pool=redis.BlockingConnectionPool, max_connections=2, timeout=PATIENCE_S)
        holding = [motorish.spawn(client.blpop, ["nothing"], timeout=0.3) for _ in range(2)]
        waiting = [motorish.spawn(client.echo, f"text{number}") for number in range(20)]
        await asyncio.sleep(0)
        for call in waiting[::2]:
            call.cancel()
        ends = [await outcome(call) for call in waiting]
        assert [asyncio.CancelledError] * 10 == ends[::2]
        assert [f"text{number}".encode() for number in range(1, 20, 2)] == ends[1::2]
        assert [None, None] == await asyncio.gather(*holding)
        assert 2 >= len(client.connection_pool._connections)
        await motorish.spawn(client.close)

    asyncio.run(main())


def test_health_checks(connect: Connect) -> None:
    """
    A connection that died unnoticed is replaced before a command goes out on it.
    """

    async def main() -> int:
        client, other = connect(health_check_interval=1), connect()
        await motorish.spawn(client.set, "count", 0)
        await motorish.spawn(other.client_kill_filter, _type="normal", skipme=True)
        for connection in client.connection_pool._available_connections:
            connection.next_health_check = 0
        count = await motorish.spawn(client.incr, "count")
        for each in (client, other):
            await motorish.spawn(each.close)
        return int(count)

    assert 1 == asyncio.run(main())


def test_locks_exclude_calls(connect: Connect) -> None:
    """
    redis-py's lock keeps its token per call, as it does per thread.
    """
    inside: list[int] = []
    most: list[int] = []

    def work(client: redis.Redis, number: int) -> None:
        with client.lock("mutex", timeout=PATIENCE_S, sleep=0.005):
            inside.append(number)
            most.append(len(inside))
            client.echo("here")
            inside.remove(number)

    async def main() -> None:
        client = connect()
        await asyncio.gather(*(motorish.spawn(work, client, number) for number in range(10)))
        await motorish.spawn(client.close)

    asyncio.run(main())
    assert [1] * 10 == most


@pytest.mark.timeout(120)
def test_sentinel_leads_to_the_new_master(tmp_path: Path) -> None:
    """
    When the master is killed, calls fail, and then go to the replica that has taken over.
    """

    def write(client: redis.Redis, value: str) -> Any:
        client.set("key", value)
        return client.get("key")

    async def main(sentinel_port: int, master: Redis, replica: Redis) -> None:
        sentinel = redis.sentinel.Sentinel([("127.0.0.1", sentinel_port)], socket_timeout=1)
        client = sentinel.master_for("mymaster", socket_timeout=1)
        end = monotonic() + 60
        while (await outcome(motorish.spawn(sentinel.discover_slaves, "mymaster"))) != [
            ("127.0.0.1", replica.port)
        ]:
            assert monotonic() < end
            await asyncio.sleep(0.1)
        assert b"one" == await motorish.spawn(write, client, "one")
        await asyncio.to_thread(master.kill)
        while b"two" != await outcome(motorish.spawn(write, client, "two")):
            assert monotonic() < end
            await asyncio.sleep(0.1)
        assert ("127.0.0.1", replica.port) == await motorish.spawn(sentinel.discover_master, "mymaster")
        for each in (client, *sentinel.sentinels):
            await motorish.spawn(each.close)

    with Redis(tmp_path / "master") as master:
        follow = ["--replicaof", "127.0.0.1", str(master.port)]
        with (
            Redis(tmp_path / "replica", extra_args=follow) as replica,
            RedisSentinel(tmp_path / "sentinel", master) as sentinel,
        ):
            asyncio.run(main(sentinel.port, master, replica))
