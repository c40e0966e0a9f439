"""
PyMongo's own clients keep working in the process where it is patched.
"""

import asyncio
import threading
from typing import Any

import pymongo
import pytest
from bson import ObjectId

from motorish import BlockingCallWarning, patcher
from motorish.drivers.mongo.adapter import PYMONGO


@pytest.fixture(autouse=True)
def patched() -> None:
    """
    Patch PyMongo, and leave it so: other tests need it too.
    """
    report = patcher.patch(PYMONGO.name, strict=True)
    assert ("pymongo", "bson", "gridfs") == report.packages[:3]


def test_async_mongo_client(mongod_uri: str) -> None:
    """
    AsyncMongoClient connects, writes and reads, many at a time.
    """

    async def main() -> list[Any]:
        async with pymongo.AsyncMongoClient[Any](mongod_uri) as client:
            collection = client.motorish_test[f"c{ObjectId()}"]
            await asyncio.gather(*(collection.insert_one({"_id": n}) for n in range(20)))
            found = [document["_id"] async for document in collection.find().sort("_id")]
            await collection.drop()
            return found

    assert list(range(20)) == asyncio.run(main())


def test_mongo_client_in_plain_threads(mongod_uri: str) -> None:
    """
    A MongoClient used by threads, none of which has a loop, works as before.
    """
    with pymongo.MongoClient[Any](mongod_uri) as client:
        collection = client.motorish_test[f"c{ObjectId()}"]
        threads = [threading.Thread(target=collection.insert_one, args=({"_id": n},)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [document["_id"] for document in collection.find().sort("_id")]
        collection.drop()

    assert list(range(20)) == found


def test_mongo_client_on_the_loop_s_thread(mongod_uri: str) -> None:
    """
    A coroutine's direct call blocks the loop, warns, and gets its answer, the very first one too.
    """

    async def main() -> set[float]:
        answers = set()
        for _ in range(10):  # the first call waits for the monitor's thread, or comes too late for that
            with pymongo.MongoClient[Any](mongod_uri) as client:
                answers.add(client.admin.command("ping")["ok"])
        return answers

    with pytest.warns(BlockingCallWarning, match=r"blocks the event loop .* await motorish\.spawn\("):
        assert {1.0} == asyncio.run(main())
