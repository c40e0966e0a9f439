"""
requests and urllib3 through motorish.wrap: coroutines and callbacks, sessions, streamed bodies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3

import motorish
from motorish.integrations.servers import Nginx


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("requests"):
        yield


def test_requests(nginx: Nginx) -> None:
    """
    ``await http.get(url)``; the response is there, with its headers and its text.
    """
    http = motorish.wrap(requests)

    async def main() -> None:
        response = await http.get(f"{nginx.url}/echo/text")
        assert (200, "text", "text/plain") == (
            response.status_code,
            response.text,
            response.headers["content-type"],
        )
        response.raise_for_status()
        called: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        http.get(f"{nginx.url}/echo/42", callback=lambda result, error: called.set_result((result, error)))
        response, error = await called
        assert (42, None) == (response.json(), error)
        with pytest.raises(http.exceptions.ConnectionError):
            await http.get("http://127.0.0.1:9/")

    asyncio.run(main())


def test_session(nginx: Nginx) -> None:
    """
    A session serves many calls at once; a body is streamed with ``async for``.
    """
    http = motorish.wrap(requests)
    (nginx.files / "streamed").write_bytes(b"0123456789" * 10_000)

    async def main() -> None:
        async with http.Session() as session:
            session.headers.update({"X-Who": "motorish"})
            calls = [session.get(f"{nginx.url}/echo/text{number}") for number in range(20)]
            assert [f"text{number}" for number in range(20)] == [
                each.text for each in await asyncio.gather(*calls)
            ]
            async with await session.get(f"{nginx.url}/streamed", stream=True) as response:
                parts = [part async for part in response.iter_content(8192)]
            assert b"0123456789" * 10_000 == b"".join(parts)

    asyncio.run(main())


def test_urllib3(nginx: Nginx) -> None:
    """
    ``await pool.request(...)`` through a PoolManager.
    """
    http = motorish.wrap(urllib3)

    async def main() -> None:
        async with http.PoolManager() as pool:
            response = await pool.request("GET", f"{nginx.url}/echo/42")
            assert (200, b"42", 42) == (response.status, response.data, response.json())
            response = await pool.request("GET", f"{nginx.url}/echo/text", preload_content=False)
            assert b"text" == await response.read()
            await response.release_conn()

    asyncio.run(main())


def test_a_manager_for_a_proxy(nginx: Nginx) -> None:
    """
    Serves many calls at once, as one without a proxy.
    """
    http = motorish.wrap(urllib3)

    async def main() -> None:
        async with http.ProxyManager(nginx.url, maxsize=2) as pool:
            slow = pool.request("GET", f"{nginx.url}/slow/file")
            assert b"text" == (await pool.request("GET", f"{nginx.url}/echo/text")).data
            assert not slow.done()
            assert 1_000_000 == len((await slow).data)

    asyncio.run(main())
