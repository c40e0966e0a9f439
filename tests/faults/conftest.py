"""
Servers for the tests of faults alone, which they may kill, freeze and start again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import pymongo
import pytest

import motorish
from motorish.integrations.servers import ServerMissingError
from motorish.integrations.servers.base import Server
from tests.faults.mongo_replay import MongoReplay, record
from tests.faults.stuck import Patience
from tests.faults.victims import Client


@pytest.fixture(scope="session")
def victims(
    server_dir: Path, missing_program: Callable[[str], NoReturn]
) -> Iterator[Callable[[type[Client]], Server]]:
    """
    Return what gives a driver's private server, which runs.
    """
    servers: dict[type[Client], Server] = {}
    with ExitStack() as stack:

        def server_of(driver: type[Client]) -> Server:
            if driver not in servers:
                servers[driver] = server = driver.serve(server_dir / f"victim-{driver.driver}")
                stack.callback(server.stop)
            try:
                return servers[driver].start()
            except ServerMissingError:
                missing_program(servers[driver].name)

        yield server_of


@pytest.fixture
def driver(request: pytest.FixtureRequest) -> Iterator[type[Client]]:
    """
    Return the driver that the test is parametrised with, patched.
    """
    kind: type[Client] = request.param
    with motorish.patch(*kind.packages):
        yield kind


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> Iterator[Patience]:
    """
    Return the patience that the test is parametrised with, its driver patched.
    """
    patience: Patience = request.param
    with motorish.patch(*patience.driver.packages):
        yield patience


@pytest.fixture
def victim(driver: type[Client], victims: Callable[[type[Client]], Server]) -> Server:
    """
    Return the driver's private server.
    """
    return victims(driver)


@pytest.fixture
def replay(mongod_uri: str) -> MongoReplay:
    """
    Return a server that says what the real one has said.
    """
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        return record(stock)
