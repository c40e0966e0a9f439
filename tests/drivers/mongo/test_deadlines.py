"""
PyMongo's own time limits: `pymongo.timeout` around calls, and timeoutMS of a client.
"""

import asyncio
import time
from typing import Any

import pymongo
import pytest
from pymongo.errors import PyMongoError

import motorish
from motorish import MotorClient, MotorCollection

SLOW = {"$where": "sleep(5000) || true"}


@pytest.fixture
def ready(collection: MotorCollection, stock: pymongo.MongoClient[Any]) -> MotorCollection:
    """
    Return a collection with ten documents.
    """
    stock[collection.database.name][collection.name].insert_many([{"_id": n} for n in range(10)])
    return collection


async def test_pymongo_timeout(ready: MotorCollection) -> None:
    """
    It bounds an operation; the connection pool is as good as before.
    """
    started = time.monotonic()
    with pymongo.timeout(0.2), pytest.raises(PyMongoError) as caught:
        await ready.find_one(SLOW)

    assert caught.value.timeout
    assert 0.15 < time.monotonic() - started < 1
    assert {"_id": 0} == await ready.find_one({"_id": 0})


async def test_pymongo_timeout_is_the_context_s(ready: MotorCollection) -> None:
    """
    A task outside of the block is not bounded, cursors inside of it are, and nesting works as in PyMongo.
    """
    brief = {"$where": "sleep(300) || true"}
    with pymongo.timeout(0.1):
        inside = ready.find_one(brief)
        cursor = ready.find(brief).to_list()
        with pymongo.timeout(60):
            nested = ready.find_one(brief)
    outside = ready.find_one(brief)

    for call in (inside, cursor, nested):
        with pytest.raises(PyMongoError) as caught:
            await call
        assert caught.value.timeout
    assert await outside


@pytest.mark.parametrize("option", [{"timeoutMS": 200}, {"socketTimeoutMS": 200}])
async def test_options_of_the_client(ready: MotorCollection, mongod_uri: str, option: dict[str, int]) -> None:
    """
    timeoutMS bounds each operation of the client as a whole, socketTimeoutMS each wait.
    """
    async with MotorClient(mongod_uri, retryReads=False, **option) as client:
        same = client[ready.database.name][ready.name]
        assert await same.find_one()
        with pytest.raises(PyMongoError) as caught:
            await same.find_one(SLOW)
        assert caught.value.timeout
        assert await same.find_one()


async def test_the_nearer_of_both_kinds(ready: MotorCollection) -> None:
    """
    motorish.timeout and pymongo.timeout together: whichever comes first, with its own error.
    """
    with motorish.timeout(0.1), pymongo.timeout(5), pytest.raises(motorish.DeadlineExceeded):
        await ready.find_one(SLOW)
    with motorish.timeout(5), pymongo.timeout(0.1), pytest.raises(PyMongoError) as caught:
        await ready.find_one(SLOW)
    assert caught.value.timeout


async def test_server_selection_timeout() -> None:
    """
    Without a server, an operation fails after serverSelectionTimeoutMS; the loop goes on meanwhile.
    """
    client = MotorClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=300)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticker = asyncio.create_task(tick())
    with pytest.raises(pymongo.errors.ServerSelectionTimeoutError):
        await client.admin.command("ping")
    with pytest.raises(pymongo.errors.ServerSelectionTimeoutError):
        await client.aconnect()
    ticker.cancel()
    await client.close()
    assert ticks > 20
