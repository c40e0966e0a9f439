"""
requests on a real nginx: sessions, connection reuse, TLS, large bodies, time limits, and what is given up.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import motorish
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import Nginx
from motorish.testing import chaos
from tests.loops import on_every_loop, until

LARGE_BYTES = 24 << 20
CHUNK_BYTES = 1 << 16


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("requests", strict=True):
        yield


@pytest.fixture(params=["http", "https"])
def url(request: pytest.FixtureRequest, nginx: Nginx) -> str:
    """
    Return what the URLs of the server begin with.
    """
    return nginx.url if request.param == "http" else nginx.tls_url


@pytest.fixture
def session(tls_files: tuple[Path, Path, Path]) -> Iterator[requests.Session]:
    """
    Return a session that trusts the server's authority.
    """
    with requests.Session() as session:
        session.trust_env = False  # REQUESTS_CA_BUNDLE, where it is set, would win
        session.verify = str(tls_files[2])
        yield session


@pytest.fixture(scope="module")
def large(nginx: Nginx) -> str:
    """
    Make the server's file ``large`` and return its digest.
    """
    content = random.Random(1).randbytes(LARGE_BYTES)
    (nginx.files / "large").write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def get(session: requests.Session, url: str, **options: Any) -> str:
    """
    What the server says.
    """
    with session.get(url, **options) as response:
        response.raise_for_status()
        return response.text


def streamed(session: requests.Session, url: str) -> tuple[str, int]:
    """
    The digest of a body that is read in parts, and how many parts there were.
    """
    digest, parts = hashlib.sha256(), 0
    with session.get(url, stream=True) as response:
        for part in response.iter_content(CHUNK_BYTES):
            digest.update(part)
            parts += 1
    return digest.hexdigest(), parts


@on_every_loop
@pytest.mark.parametrize("count", [1, 100])
def test_one_session_for_all_calls(run: Any, url: str, session: requests.Session, count: int) -> None:
    """
    Calls at once share a session, get their own answers, and need one thread.
    """
    texts = [f"text{number}" for number in range(count)]
    threads = set()

    def call(text: str) -> str:
        threads.add(threading.get_native_id())
        return get(session, f"{url}/echo/{text}")

    async def main() -> list[str]:
        return await asyncio.gather(*(motorish.spawn(call, text) for text in texts))

    before = threading.active_count()
    assert texts == run(main)
    assert {threading.get_native_id()} == threads
    assert before == threading.active_count()


def test_a_session_reuses_its_connection(url: str, session: requests.Session) -> None:
    """
    Calls after one another go over one connection, also from a thread in between.
    """

    async def main() -> list[str]:
        said = [await motorish.spawn(get, session, f"{url}/connection") for _ in range(3)]
        said.append(await asyncio.to_thread(get, session, f"{url}/connection"))
        return [*said, await motorish.spawn(get, session, f"{url}/connection")]

    connections, requests_on_it = zip(*(said.split() for said in asyncio.run(main())), strict=True)
    assert 1 == len(set(connections))
    assert ("1", "2", "3", "4", "5") == requests_on_it


def test_a_connection_that_the_server_closed_is_noticed(nginx: Nginx, session: requests.Session) -> None:
    """
    urllib3 looks (with a poll of no time) before it uses a connection again, and makes a new one.
    """
    with chaos.Proxy(nginx.host, nginx.port) as proxy:
        url = f"http://{proxy.host}:{proxy.port}/echo/text"

        async def main() -> str:
            await motorish.spawn(get, session, url)
            proxy.crash()
            proxy.restart()
            return await motorish.spawn(get, session, url)

        assert "text" == asyncio.run(main())


def test_large_bodies_are_streamed(url: str, session: requests.Session, large: str) -> None:
    """
    Three downloads at once, in parts, and nothing holds up the loop.
    """

    async def main() -> Lag:
        async with measured() as lag:
            calls = [motorish.spawn(streamed, session, f"{url}/large") for _ in range(3)]
            said = await motorish.spawn(get, session, f"{url}/echo/meanwhile")
            unfinished = [call for call in calls if not call.done()]
            bodies = await asyncio.gather(*calls)
        assert "meanwhile" == said
        assert unfinished
        assert {(large, LARGE_BYTES // CHUNK_BYTES)} == set(bodies)
        return lag

    assert_no_lag(main)


def test_large_uploads_are_streamed(
    nginx: Nginx, url: str, session: requests.Session, large: str, tmp_path: Path
) -> None:
    """
    A file with its length, and a generator in chunks, while other calls go on.
    """

    def upload(name: str, *, chunked: bool) -> int:
        with (nginx.files / "large").open("rb") as file:
            body = iter(lambda: file.read(CHUNK_BYTES), b"") if chunked else file
            return session.put(f"{url}/upload/{name}", data=body).status_code

    async def main() -> list[Any]:
        return await asyncio.gather(
            motorish.spawn(upload, "whole", chunked=False),
            motorish.spawn(upload, "parts", chunked=True),
            motorish.spawn(get, session, f"{url}/echo/meanwhile"),
        )

    try:
        assert [201, 201, "meanwhile"] == asyncio.run(main())
        for name in ("whole", "parts"):
            assert large == hashlib.sha256((nginx.files / name).read_bytes()).hexdigest()
    finally:
        for name in ("whole", "parts"):
            (nginx.files / name).unlink(missing_ok=True)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_download_is_given_up(url: str, session: requests.Session, large: str, how: str) -> None:
    """
    In the middle of a body: the call ends at once, and the next one has a connection of its own.
    """
    parts: list[int] = []

    def download() -> None:
        with session.get(f"{url}/slow/large", stream=True) as response:
            parts.extend(len(part) for part in response.iter_content(CHUNK_BYTES))

    async def main() -> str:
        first = await motorish.spawn(get, session, f"{url}/connection")
        with motorish.timeout(0.5 if how == "deadline" else None):
            call = motorish.spawn(download)
        if how == "cancel":
            await until(lambda: parts)
            call.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await call
        assert 0 < sum(parts) < LARGE_BYTES
        second = await motorish.spawn(get, session, f"{url}/connection")
        assert first.split()[0] != second.split()[0]
        return await motorish.spawn(get, session, f"{url}/echo/after")

    assert "after" == asyncio.run(main())


def test_a_call_that_is_given_up_is_not_tried_again(nginx: Nginx) -> None:
    """
    A session that retries makes no second attempt for a call that was cancelled.
    """
    accepted: list[int] = []
    with chaos.Proxy(nginx.host, nginx.port) as proxy, requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=5))

        async def main() -> None:
            proxy.hold()
            call = motorish.spawn(get, session, f"http://{proxy.host}:{proxy.port}/echo/text")
            await until(lambda: proxy.kept)
            accepted.append(proxy.connections)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(lambda: not proxy.connections)

        asyncio.run(main())

    assert [1] == accepted


def test_requests_own_timeout(nginx: Nginx, session: requests.Session) -> None:
    """
    ``timeout=`` raises what it raises in a thread.
    """
    with chaos.Proxy(nginx.host, nginx.port) as proxy:
        proxy.hold()
        url = f"http://{proxy.host}:{proxy.port}/echo/text"

        async def main() -> None:
            with pytest.raises(requests.exceptions.ReadTimeout):
                await motorish.spawn(get, session, url, timeout=0.1)

        asyncio.run(main())


def test_certificates_are_checked(nginx: Nginx) -> None:
    """
    Without its authority the server is refused, with requests' own exception.
    """

    async def main() -> None:
        with pytest.raises(requests.exceptions.SSLError):
            await motorish.spawn(requests.get, f"{nginx.tls_url}/echo/text")

    asyncio.run(main())


def test_redirects_and_errors(url: str, session: requests.Session) -> None:
    """
    A redirect is followed, and raise_for_status() raises.
    """

    async def main() -> str:
        with pytest.raises(requests.HTTPError, match="404"):
            await motorish.spawn(get, session, f"{url}/nothing")
        return await motorish.spawn(get, session, f"{url}/moved")

    assert "moved" == asyncio.run(main())
