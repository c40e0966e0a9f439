"""
Asynchronous tests on a real mongod: each has a loop of its own, and a client that is closed on it.
"""

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from bson import ObjectId

from motorish import MotorClient, MotorCollection, MotorGridFSBucket


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """
    Run a coroutine function as a test.
    """
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(_run(pyfuncitem, {name: pyfuncitem.funcargs[name] for name in names}))
    return True


async def _run(test: pytest.Function, arguments: dict[str, Any]) -> None:
    try:
        await test.obj(**arguments)
    finally:
        used: dict[str, Any] = test.funcargs
        if "collection" in used:
            await used["collection"].drop()
        if "client" in used:
            await used["client"].close()


@pytest.fixture
def client(mongod_uri: str) -> MotorClient:
    """
    Return a client that has not been used yet.
    """
    return MotorClient(mongod_uri)


@pytest.fixture
def collection(client: MotorClient) -> MotorCollection:
    """
    Return a collection that does not exist yet; an asynchronous test drops it at its end.
    """
    return client["motorish_test"][f"c{ObjectId()}"]


@pytest.fixture
def stock(mongod_uri: str) -> Iterator[pymongo.MongoClient[Any]]:
    """
    Return PyMongo's own client, in the same patched process.
    """
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        yield stock


@pytest.fixture
def bucket(client: MotorClient, stock: pymongo.MongoClient[Any]) -> Iterator[MotorGridFSBucket]:
    """
    Return a GridFS bucket with chunks of 8 bytes, which is dropped at the end.
    """
    bucket = MotorGridFSBucket(client["motorish_test"], f"g{ObjectId()}", chunk_size_bytes=8)
    yield bucket
    for suffix in ("files", "chunks"):
        stock["motorish_test"][bucket.collection.name][suffix].drop()
