"""
Sessions, transactions and change streams of the AsyncMongoClient family.
"""

import asyncio
from typing import Any

import pymongo
import pytest
from pymongo.errors import InvalidOperation

from motorish import AsyncClientSession, AsyncCollection, AsyncMongoClient
from tests.loops import until


@pytest.fixture
def client(mongod_uri: str) -> AsyncMongoClient:
    """
    Return a client that has not been used yet.
    """
    return AsyncMongoClient(mongod_uri)


@pytest.fixture
def ready(collection: AsyncCollection, stock: pymongo.MongoClient[Any]) -> AsyncCollection:
    """
    Return a collection that exists.
    """
    stock[collection.database.name].create_collection(collection.name)
    return collection


@pytest.mark.parametrize("awaited", [False, True])
async def test_transaction(client: AsyncMongoClient, ready: AsyncCollection, awaited: bool) -> None:
    """
    Committed at the end of its block, aborted by an exception; start_transaction() awaited or not.
    """
    async with client.start_session() as session:
        started = session.start_transaction()
        async with await started if awaited else started:
            await ready.insert_one({"_id": 1}, session=session)
        with pytest.raises(ZeroDivisionError):
            async with await session.start_transaction() if awaited else session.start_transaction():
                await ready.insert_one({"_id": 2}, session=session)
                raise ZeroDivisionError
        assert not session.in_transaction

    assert session.has_ended
    assert [{"_id": 1}] == await ready.find().to_list()


async def test_commit_and_abort(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    By hand, when they are awaited.
    """
    async with await client.start_session() as session:
        await session.start_transaction()
        await ready.insert_one({"_id": 1}, session=session)
        commit = session.commit_transaction()
        assert session.in_transaction
        await commit
        await session.start_transaction()
        await ready.insert_one({"_id": 2}, session=session)
        await session.abort_transaction()
        with pytest.raises(InvalidOperation, match="abortTransaction twice"):
            await session.abort_transaction()
        with pytest.raises(TypeError, match=r"start_transaction\(\) takes no callback="):
            session.start_transaction(callback=print)  # type: ignore[arg-type]

    assert [{"_id": 1}] == await ready.find().to_list()


async def test_with_transaction(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    It takes a coroutine function, or a plain one, under PyMongo's name; nothing runs before the await.
    """

    async def insert(session: AsyncClientSession) -> str:
        assert type(session) is AsyncClientSession
        await ready.insert_one({"_id": 1}, session=session)
        return "inserted"

    def insert_plainly(session: AsyncClientSession) -> str:
        ready.delegate.insert_one({"_id": 2}, session=session.delegate)
        return "inserted too"

    async with client.start_session() as session:
        coroutine = session.with_transaction(insert)
        assert not session.in_transaction
        assert "inserted" == await coroutine
        assert "inserted too" == await session.with_transaction(callback=insert_plainly)
        with pytest.raises(TypeError, match="needs one function"):
            await session.with_transaction(None)  # type: ignore[arg-type]

    assert [{"_id": 1}, {"_id": 2}] == await ready.find().sort("_id").to_list()


async def test_a_cancelled_task_aborts_its_transaction(
    client: AsyncMongoClient, ready: AsyncCollection
) -> None:
    """
    On the server, so that others can write.
    """
    inserted = asyncio.Event()

    async def insert(session: AsyncClientSession) -> None:
        await ready.insert_one({"_id": 1}, session=session)
        inserted.set()
        await asyncio.sleep(60)

    async with client.start_session() as session:
        task = asyncio.create_task(session.with_transaction(insert))
        await inserted.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await ready.insert_one({"_id": 1})
    assert 1 == await ready.count_documents({})


async def test_deadline_in_a_transaction(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    A block that ran out of time is aborted on the server nevertheless.
    """
    async with client.start_session() as session:
        with pymongo.timeout(0.2):
            with pytest.raises(TimeoutError):
                async with session.start_transaction():
                    await ready.insert_one({"_id": 1}, session=session)
                    await asyncio.sleep(0.25)
                    raise TimeoutError
            assert not session.in_transaction
        await ready.insert_one({"_id": 1})


async def test_bound_session(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    In its block, what is given no session uses it; at its end it is ended, with `with` too.
    """
    session = client.start_session()
    async with session.bind() as bound:
        assert session is bound
        async with session.start_transaction():
            await ready.insert_one({"_id": 1})
    assert session.has_ended

    other = client.start_session()
    with other.bind():
        await ready.insert_one({"_id": 2})
    await until(lambda: other.has_ended)

    assert 2 == await ready.count_documents({})


@pytest.mark.parametrize("awaited", [False, True])
async def test_change_streams(client: AsyncMongoClient, ready: AsyncCollection, awaited: bool) -> None:
    """
    Of a collection, a database and a client; watch() awaited or not.
    """
    for target in (ready, ready.database, client):
        made = target.watch([{"$match": {"ns.coll": ready.name}}], max_await_time_ms=50)
        async with await made if awaited else made as stream:
            assert made is stream
            await ready.insert_one({})
            assert "insert" == (await stream.next())["operationType"]
            assert await stream.try_next() is None
            async with asyncio.TaskGroup() as group:
                change = group.create_task(anext(stream))
                group.create_task(ready.update_one({}, {"$set": {"x": 1}}))
            assert "update" == change.result()["operationType"]
        assert not stream.alive
        await ready.delete_many({})


async def test_a_stream_is_opened_by_a_task(ready: AsyncCollection) -> None:
    """
    watch() can be made a task of, as PyMongo's.
    """
    stream = await asyncio.create_task(ready.watch())
    await ready.insert_one({"_id": 1})

    assert 1 == (await stream.next())["documentKey"]["_id"]
    await stream.close()
