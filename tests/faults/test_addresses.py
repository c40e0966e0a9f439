"""
IPv6 addresses and Unix sockets, for each driver; PyMongo's are in tests/drivers/mongo/connecting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pymemcache.client.base
import pymysql
import pytest
import redis

import motorish
from tests.faults.figures import Figures
from tests.faults.replay import listening
from tests.faults.talks import QUESTIONS, TALKS, pg8000

pytestmark = pytest.mark.row("A14")


async def _relay(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from_server, to_server = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    try:
        await asyncio.gather(pump(reader, to_server), pump(from_server, writer))
    finally:
        to_server.close()


@pytest.mark.parametrize("name", TALKS)
def test_ipv6(name: str, figures: Figures, request: pytest.FixtureRequest) -> None:
    """
    Each driver connects to an IPv6 address.
    """
    talk = TALKS[name]
    server = request.getfixturevalue(talk.server)

    async def main() -> list[Any]:
        async with listening(partial(_relay, server.port), "::1") as port:
            return await motorish.spawn(talk.session, "::1", port, server)

    with motorish.patch(talk.package):
        said = asyncio.run(main())
    figures.equal(f"{name} at [::1], right answers", len(QUESTIONS), _right(said))


def _login(server: Any) -> dict[str, Any]:
    return {"user": server.user, "password": server.password, "database": server.database}


UNIX: dict[str, Callable[[Path, Any], Any]] = {
    "PyMySQL": lambda path, server: pymysql.connect(unix_socket=str(path), **_login(server)),
    "pg8000": lambda path, server: pg8000.dbapi.connect(
        host=None, unix_sock=str(path), ssl_context=False, **_login(server)
    ),
    "psycopg2": lambda path, server: psycopg2.connect(host=str(path.parent), port=5432, **_login(server)),
    "redis-py": lambda path, server: redis.Redis(unix_socket_path=str(path)),
    "pymemcache": lambda path, server: pymemcache.client.base.Client(f"unix:{path}"),
}


@pytest.mark.parametrize("name", UNIX)
def test_unix_sockets(name: str, figures: Figures, request: pytest.FixtureRequest, server_dir: Path) -> None:
    """
    Each driver connects to a Unix socket.
    """
    talk = TALKS[name]._replace(connect=lambda host, port, server: UNIX[name](path, server))
    server = request.getfixturevalue(talk.server)
    path = server_dir / ".s.PGSQL.5432"  # the name that PostgreSQL's clients look for

    async def main() -> list[Any]:
        async with listening(partial(_relay, server.port), path=path):
            return await motorish.spawn(talk.session, "", 0, server)

    with motorish.patch(talk.package):
        said = asyncio.run(main())
    path.unlink(missing_ok=True)
    figures.equal(f"{name} at a Unix socket, right answers", len(QUESTIONS), _right(said))


def _right(said: list[Any]) -> int:
    return sum(answer == question for answer, question in zip(said, QUESTIONS, strict=False))
