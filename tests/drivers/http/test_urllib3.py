"""
urllib3's pool: how many connections it makes, also when those who wait for one give up.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
import urllib3

import motorish
from motorish.integrations.servers import Nginx
from motorish.testing import chaos
from tests.loops import turns, until


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("urllib3", strict=True):
        yield


def get(pool: urllib3.HTTPConnectionPool, path: str) -> str:
    """
    What the server says.
    """
    return pool.request("GET", path).data.decode()


def test_a_pool_that_blocks_makes_no_more_connections(nginx: Nginx) -> None:
    """
    Thirty calls, children and threads, wait for two connections in turn.
    """
    pool = urllib3.HTTPConnectionPool(nginx.host, nginx.port, maxsize=2, block=True)
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(get(pool, "/connection"))) for _ in range(10)]

    async def main() -> list[str]:
        return await asyncio.gather(*(motorish.spawn(get, pool, "/connection") for _ in range(20)))

    for thread in threads:
        thread.start()
    said += asyncio.run(main())
    for thread in threads:
        thread.join()
    pool.close()

    assert 30 == len(said)
    assert 2 >= len({each.split()[0] for each in said})


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_who_gives_up_waiting_for_a_pool_leaves_it_as_it_was(nginx: Nginx, how: str) -> None:
    """
    A call that is aborted while it waits for a connection returns none that it never had.
    """
    with chaos.Proxy(nginx.host, nginx.port) as proxy:
        pool = urllib3.HTTPConnectionPool(proxy.host, proxy.port, maxsize=1, block=True, retries=False)

        async def main() -> list[str]:
            proxy.hold()
            first = motorish.spawn(get, pool, "/echo/first")
            await until(lambda: proxy.kept)
            with motorish.timeout(0.1 if how == "deadline" else None):
                waiting = [motorish.spawn(get, pool, "/echo/waiting") for _ in range(3)]
            if how == "cancel":
                await turns(5)
                for each in waiting:
                    each.cancel()
            ends = await asyncio.gather(*waiting, return_exceptions=True)
            expected = asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded
            assert {expected} == {type(end) for end in ends}
            later = [motorish.spawn(get, pool, f"/echo/later{number}") for number in range(3)]
            await turns(5)
            assert 1 == proxy.connections
            proxy.release()
            return await asyncio.gather(first, *later)

        assert ["first", "later0", "later1", "later2"] == asyncio.run(main())
        pool.close()
