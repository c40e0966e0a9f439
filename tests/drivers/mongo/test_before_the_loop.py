"""
Motor's programs that call before the loop runs, with run_until_complete(), run_sync() and start().
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from motorish import MotorClient
from motorish.motor_asyncio import AsyncIOMotorClient


@pytest.fixture
def io_loop() -> Iterator[IOLoop]:
    """
    Return a Tornado loop that is the current one, but does not run.
    """
    asyncio.set_event_loop(asyncio.new_event_loop())
    io_loop = IOLoop.current()
    yield io_loop
    io_loop.close()
    asyncio.set_event_loop(None)


def test_run_until_complete(mongod_uri: str, io_loop: IOLoop) -> None:
    """
    As in Motor's tutorial for asyncio: the client's loop is asked to complete one future after another.
    """
    client = AsyncIOMotorClient(mongod_uri)
    loop = client.get_io_loop()
    orders = client.motorish_test.before_the_loop

    loop.run_until_complete(orders.drop())
    inserted = loop.run_until_complete(orders.insert_many([{"_id": 1}, {"_id": 2}]))
    assert [1, 2] == inserted.inserted_ids
    assert [{"_id": 1}, {"_id": 2}] == loop.run_until_complete(orders.find().sort("_id").to_list(None))
    assert {"_id": 1} == loop.run_until_complete(orders.find_one({"_id": 1}))
    grouped = orders.aggregate([{"$count": "all"}])
    assert [{"all": 2}] == loop.run_until_complete(grouped.to_list())
    loop.run_until_complete(orders.drop())
    client.close()


def test_run_sync(mongod_uri: str, io_loop: IOLoop) -> None:
    """
    Tornado's run_sync() with a method, and with a loop given to the client.
    """
    client = MotorClient(mongod_uri, io_loop=io_loop)

    assert 1.0 == io_loop.run_sync(lambda: client.admin.command("ping"))["ok"]
    assert "ok" in io_loop.run_sync(client.server_info)
    io_loop.run_sync(client.aclose)


def test_callbacks_and_start(mongod_uri: str, io_loop: IOLoop) -> None:
    """
    Calls with callback= and cursor.each() come first, IOLoop.start() after them.
    """
    orders = MotorClient(mongod_uri).motorish_test.before_the_start
    seen: list[Any] = []

    def dropped(result: Any, error: BaseException | None) -> None:
        orders.insert_one({"_id": 1}, callback=lambda *_: orders.find().each(take))

    def take(document: Any, error: BaseException | None) -> None:
        seen.append((document, error))
        if document is None:
            io_loop.stop()

    orders.drop(callback=dropped)
    io_loop.start()
    assert [({"_id": 1}, None), (None, None)] == seen

    orders.find().each(take)
    io_loop.start()
    assert [({"_id": 1}, None), (None, None)] * 2 == seen
    io_loop.run_sync(orders.drop)
    io_loop.run_sync(orders.database.client.aclose)
