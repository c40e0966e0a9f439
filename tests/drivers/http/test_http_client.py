"""
The stdlib's http.client, in children: its green copy.
"""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import Nginx
from motorish.testing import chaos
from tests.loops import until


@pytest.fixture(autouse=True)
def _unpatched() -> Iterator[None]:
    yield
    motorish.unpatch("http")


def test_a_second_call_on_a_connection_is_refused(nginx: Nginx) -> None:
    """
    http.client does it itself, before it sends anything: the connection serves on.
    """
    green = motorish.wrap(http.client).delegate

    def ask(connection: Any, text: str) -> str:
        connection.request("GET", f"/echo/{text}")
        return str(connection.getresponse().read().decode())

    async def main(proxy: chaos.Proxy) -> tuple[str, str]:
        connection = green.HTTPConnection(proxy.host, proxy.port)
        proxy.hold()
        first = motorish.spawn(ask, connection, "first")
        await until(lambda: proxy.kept)
        with pytest.raises(http.client.CannotSendRequest):
            await motorish.spawn(ask, connection, "second")
        proxy.release()
        answers = await first, await motorish.spawn(ask, connection, "third")
        await motorish.spawn(connection.close)
        return answers

    with chaos.Proxy(nginx.host, nginx.port) as proxy:
        assert ("first", "third") == asyncio.run(main(proxy))
        assert 1 == proxy.accepted
