"""
What becomes of pymemcache's pools and servers when a call is aborted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.client.retrying import RetryingClient

import motorish
from motorish.integrations.servers import Memcached
from motorish.testing import chaos
from tests.loops import outcome, until


@pytest.fixture
def proxy(memcached: Memcached) -> Iterator[chaos.Proxy]:
    """
    Return a proxy before a private memcached, with pymemcache patched.
    """
    with motorish.patch("pymemcache"), chaos.Proxy(memcached.host, memcached.port) as proxy:
        yield proxy


async def give_up(proxy: chaos.Proxy, function: Any, *args: Any) -> Any:
    """
    Cancel a call while the server's answer is on its way; what came of it.
    """
    proxy.hold()
    call = motorish.spawn(function, *args)
    await until(lambda: proxy.kept)
    call.cancel()
    result = await outcome(call)
    proxy.release()
    return result


def test_a_cancelled_call_gives_its_slot_back(proxy: chaos.Proxy) -> None:
    """
    A pool of two serves on after ten cancelled calls, and no answer goes to another call.
    """

    async def main() -> None:
        client = PooledClient((proxy.host, proxy.port), max_pool_size=2)
        await motorish.spawn(client.set, "key", "old", 0, False)
        for number in range(10):
            assert asyncio.CancelledError is await give_up(proxy, client.get, "key")
            await motorish.spawn(client.set, "other", f"{number}", 0, False)
            assert f"{number}".encode() == await motorish.spawn(client.get, "other")
        assert 0 == len(client.client_pool.used)
        await motorish.spawn(client.close)

    asyncio.run(main())


@pytest.mark.parametrize("use_pooling", [False, True])
def test_a_cancelled_call_does_not_mark_its_server_as_dead(proxy: chaos.Proxy, use_pooling: bool) -> None:
    """
    A HashClient goes on asking the server, for all other calls.
    """

    async def main() -> None:
        client = HashClient([(proxy.host, proxy.port)], use_pooling=use_pooling, retry_attempts=0)
        await motorish.spawn(client.set, "key", "value", 0, False)
        assert asyncio.CancelledError is await give_up(proxy, client.get, "key")
        assert ({}, {}) == (client._failed_clients, client._dead_clients)
        assert b"value" == await motorish.spawn(client.get, "key")
        await motorish.spawn(client.close)

    asyncio.run(main())


def test_a_cancelled_call_is_not_tried_again(proxy: chaos.Proxy) -> None:
    """
    Under a RetryingClient, too, a cancelled increment happens once at the most.
    """

    async def main() -> int:
        client = Client((proxy.host, proxy.port), default_noreply=False)
        retrying = RetryingClient(client, attempts=5)
        await motorish.spawn(client.set, "count", "0")
        assert asyncio.CancelledError is await give_up(proxy, retrying.incr, "count", 1)
        count = await motorish.spawn(client.get, "count")
        await motorish.spawn(client.close)
        return int(count)

    assert 1 == asyncio.run(main())


def test_a_deadline_covers_the_whole_of_a_call_to_many_servers(
    proxy: chaos.Proxy, memcached: Memcached
) -> None:
    """
    get_many() of keys on two servers, one of which does not answer, ends in time; the pool is whole.
    """

    async def main() -> None:
        client = HashClient([(proxy.host, proxy.port), (memcached.host, memcached.port)], use_pooling=True)
        keys = [f"key{number}" for number in range(20)]
        await motorish.spawn(client.set_many, dict.fromkeys(keys, "value"), 0, False)
        proxy.hold()
        with motorish.timeout(0.2), pytest.raises(motorish.DeadlineExceeded):
            await motorish.spawn(client.get_many, keys)
        proxy.release()
        assert dict.fromkeys(keys, b"value") == await motorish.spawn(client.get_many, keys)
        await motorish.spawn(client.close)

    asyncio.run(main())
