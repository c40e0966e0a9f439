"""
Clients for the tests of connecting: closed at the end of a block, and impatient.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any, NamedTuple

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from motorish import MotorClient
from motorish.integrations.servers import Mongod

PATIENCE_S = 0.4


class User(NamedTuple):
    """
    Who may log in on the servers with authentication.
    """

    name: str
    password: str


ROOT = User("root", "r00t's p@ss:w/rd")


@asynccontextmanager
async def client_of(
    server: Mongod, host: str = "127.0.0.1", *, user: User | None = None, **options: Any
) -> AsyncIterator[MotorClient]:
    """
    Give a client of *server*, reached at *host*, that gives up fast.
    """
    if user is not None:
        options = {"username": user.name, "password": user.password, **options}
    options = {"serverSelectionTimeoutMS": 10_000, "directConnection": True, **options}
    client = MotorClient(host, server.port, **options)
    try:
        yield client
    finally:
        await client.close()


async def user_of(client: MotorClient) -> str | None:
    """
    Return as whom the server knows the client.
    """
    status = await client.admin.command("connectionStatus")
    users = status["authInfo"]["authenticatedUsers"]
    return users[0]["user"] if users else None


async def refusal(server: Mongod, host: str = "127.0.0.1", **options: Any) -> str:
    """
    Return why a client cannot reach *server*, which it must find out before it gives up.
    """
    options = {"serverSelectionTimeoutMS": PATIENCE_S * 1000, **options}
    async with client_of(server, host, **options) as client:
        began = monotonic()
        with pytest.raises(ServerSelectionTimeoutError) as caught:
            await client.admin.command("ping")

        assert PATIENCE_S + 1 > monotonic() - began
        return str(caught.value)


@contextmanager
def mute_server() -> Iterator[int]:
    """
    Give the port of a server that accepts connections and never says a word.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
