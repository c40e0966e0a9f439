"""
AsyncMongoClient and what comes from it, on a real mongod: lazy, both call shapes, one family.
"""

import asyncio
import inspect
import time
from typing import Any

import pymongo
import pytest
from bson import SON, DBRef, decode_all
from pymongo.errors import InvalidOperation, OperationFailure, PyMongoError
from pymongo.write_concern import WriteConcern

import motorish
from motorish import AsyncCollection, AsyncCommandCursor, AsyncCursor, AsyncDatabase, AsyncMongoClient
from motorish.drivers.mongo.asynchronous import AsyncLatentCommandCursor

PIPELINE = [{"$match": {}}, {"$sort": {"_id": 1}}]
SLOW = {"$where": "sleep(5000) || true"}
TEN = [{"_id": n} for n in range(10)]


@pytest.fixture
def client(mongod_uri: str) -> AsyncMongoClient:
    """
    Return a client that has not been used yet.
    """
    return AsyncMongoClient(mongod_uri)


@pytest.fixture
def ready(collection: AsyncCollection, stock: pymongo.MongoClient[Any]) -> AsyncCollection:
    """
    Return a collection with ten documents.
    """
    stock[collection.database.name][collection.name].insert_many(list(TEN))
    return collection


async def test_nothing_starts_before_the_await(collection: AsyncCollection) -> None:
    """
    A coroutine that is closed has done nothing; one that is awaited later does it then.
    """
    abandoned, later = collection.insert_one({"_id": 1}), collection.insert_one({"_id": 2})
    assert inspect.iscoroutine(abandoned)
    await asyncio.sleep(0)
    assert 0 == await collection.count_documents({})
    abandoned.close()
    await later

    assert [{"_id": 2}] == await collection.find().to_list()


async def test_forgotten_await(collection: AsyncCollection) -> None:
    """
    Python itself warns, with the name of the method.
    """
    with pytest.warns(RuntimeWarning, match=r"'AsyncCollection\.insert_one' was never awaited"):
        collection.insert_one({"_id": 1})  # type: ignore[unused-coroutine]


async def test_task_groups(ready: AsyncCollection) -> None:
    """
    Take calls as they are, those too that return a cursor; the calls run at once.
    """
    async with asyncio.TaskGroup() as group:
        one = group.create_task(ready.find_one({"_id": 1}))
        count = group.create_task(ready.count_documents({}))
        cursor = group.create_task(ready.aggregate(PIPELINE))
        indexes = group.create_task(ready.list_indexes())
    gathered = await asyncio.gather(ready.find_one({"_id": 2}), ready.aggregate(PIPELINE))

    assert ({"_id": 1}, 10) == (one.result(), count.result())
    assert 10 == len(await cursor.result().to_list())
    assert ["_id_"] == [index["name"] async for index in indexes.result()]
    assert {"_id": 2} == gathered[0]
    assert isinstance(gathered[1], AsyncCommandCursor)


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("method", ["aggregate", "aggregate_raw_batches", "list_indexes"])
async def test_both_shapes_of_cursors(ready: AsyncCollection, method: str, awaited: bool) -> None:
    """
    With await, as in PyMongo, or without, as in Motor.
    """
    cursor = getattr(ready, method)(*([PIPELINE] if "aggregate" in method else []))
    assert isinstance(cursor, AsyncLatentCommandCursor)
    if awaited:
        assert cursor is await cursor
    async with cursor:
        items = [item async for item in cursor]

    if method == "aggregate_raw_batches":
        assert isinstance(cursor, motorish.AsyncRawBatchCommandCursor)
        assert TEN == [document for batch in items for document in decode_all(batch)]
    else:
        assert not isinstance(cursor, motorish.AsyncRawBatchCommandCursor)
        assert items == (TEN if method == "aggregate" else [{"v": 2, "key": SON({"_id": 1}), "name": "_id_"}])


async def test_search_indexes(ready: AsyncCollection) -> None:
    """
    The server's error (only Atlas has them) comes with the await, or with the first use.
    """
    with pytest.raises(OperationFailure):
        await ready.list_search_indexes()
    with pytest.raises(OperationFailure):
        await ready.list_search_indexes().to_list()


async def test_database_aggregate(client: AsyncMongoClient) -> None:
    """
    In both shapes.
    """
    pipeline = [{"$currentOp": {}}, {"$limit": 1}]

    assert 1 == len(await client.admin.aggregate(pipeline).to_list())
    assert 1 == len(await (await client.admin.aggregate(pipeline)).to_list())


async def test_all_is_of_the_family(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    Whatever comes from a client is of its family.
    """
    database = ready.database
    made = await database.create_collection(f"{ready.name}_2")
    session = client.start_session()
    try:
        for found in (
            client.get_database("x"),
            client["x"],
            client.x,
            database,
            database.with_options(write_concern=WriteConcern("majority")),
        ):
            assert type(found) is AsyncDatabase
        for found in (
            database.get_collection("x"),
            database.x.y,
            made,
            ready.with_options(write_concern=WriteConcern("majority")),
            ready.find().collection,
        ):
            assert type(found) is AsyncCollection
        for cursor in (ready.find(), ready.find().sort("_id").clone(), ready.find()[1:2]):
            assert type(cursor) is AsyncCursor
        assert type(ready.find_raw_batches()) is motorish.AsyncRawBatchCursor
        for given in (
            await client.list_databases(),
            await database.list_collections(),
            await database.cursor_command("find", ready.name),
        ):
            assert type(given) is AsyncCommandCursor
        assert type(session) is motorish.AsyncClientSession
        assert type(ready.find(session=session).session) is motorish.AsyncClientSession
        assert type(client.watch()) is motorish.AsyncClusterChangeStream
        assert type(database.watch()) is motorish.AsyncDatabaseChangeStream
        assert type(ready.watch()) is motorish.AsyncCollectionChangeStream
        assert client is session.client is database.client
    finally:
        await session.end_session()
        await made.drop()


async def test_every_kind_of_call(client: AsyncMongoClient, collection: AsyncCollection) -> None:
    """
    Reads, writes, commands, indexes.
    """
    database = collection.database
    await collection.insert_many([{"_id": n, "kind": n % 2} for n in range(4)])
    await collection.create_index("kind")
    await collection.bulk_write([pymongo.UpdateOne({"_id": 0}, {"$set": {"seen": True}})])

    assert ["_id_", "kind_1"] == list(await collection.index_information())
    assert [0, 1] == await collection.distinct("kind")
    assert 2 == (await collection.update_many({"kind": 1}, {"$set": {"kind": 3}})).modified_count
    assert {"_id": 0, "kind": 0, "seen": True} == await collection.find_one({"seen": True})
    assert {"_id": 1, "kind": 3} == await collection.find_one_and_delete({"_id": 1})
    assert {"_id": 2, "kind": 0} == await database.dereference(DBRef(collection.name, 2))
    assert (await database.command("ping"))["ok"]
    assert collection.name in await database.list_collection_names()
    assert (await database.validate_collection(collection))["valid"]
    assert "version" in await client.server_info()
    await database.drop_collection(collection)
    assert collection.name not in await database.list_collection_names()


async def test_cursors(ready: AsyncCollection) -> None:
    """
    Every method; those that PyMongo has as coroutine functions are some.
    """
    cursor = ready.find().sort("_id").batch_size(3)
    assert {"_id": 0} == await cursor.next()
    assert TEN[1:4] == await cursor.to_list(3)
    assert TEN[4:] == [document async for document in cursor]
    with pytest.raises(StopAsyncIteration):
        await cursor.next()
    assert cursor is await cursor.rewind()
    assert cursor is await cursor.add_option(16)
    assert TEN == await cursor.to_list()
    await cursor.close()

    assert list(range(10)) == await ready.find().distinct("_id")
    assert "queryPlanner" in await ready.find().explain()
    first = await (await ready.aggregate(PIPELINE)).try_next()
    assert {"_id": 0} == first
    batches = await ready.find_raw_batches().sort("_id").to_list()
    assert TEN == decode_all(b"".join(batches))


async def test_a_tailable_cursor_gives_what_there_is(client: AsyncMongoClient) -> None:
    """
    to_list() ends where there is nothing new, as PyMongo's does.
    """
    log = client["local"]["oplog.rs"]
    (last,) = await log.find().sort("$natural", -1).limit(1).to_list()
    news = log.find({"ts": {"$gte": last["ts"]}}, cursor_type=pymongo.CursorType.TAILABLE_AWAIT)

    assert last == (await news.max_await_time_ms(1).to_list())[0]
    await news.close()


async def test_a_cursor_knows_what_it_was_made_of(ready: AsyncCollection) -> None:
    """
    Its session and its collection are those that the application has, and cannot be replaced.
    """
    async with ready.database.client.start_session() as session:
        cursor = ready.find(session=session)

        assert session is cursor.session
        assert session is cursor.clone().session
        assert ready is cursor.collection
        with pytest.raises(AttributeError):
            cursor.collection = ready  # type: ignore[misc]
        await cursor.close()


async def test_the_client(client: AsyncMongoClient, mongod_uri: str) -> None:
    """
    aconnect(), `async with`, close() twice, and what a client knows.
    """
    async with client as same:
        assert client is same
        assert None is await client.aconnect()
        assert client.is_primary
        assert repr(client).startswith("AsyncMongoClient(")
    await client.close()
    await client.aclose()

    with pytest.raises(InvalidOperation, match="after close"):
        await client.admin.command("ping")
    assert client == AsyncMongoClient(mongod_uri)


async def test_cancelled(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    Cancelling the task ends the call at its wait, and the next call is right.
    """
    started = time.monotonic()
    task = asyncio.create_task(ready.find_one(SLOW))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ready.find_one(SLOW)

    assert {"_id": 3} == await ready.find_one({"_id": 3})
    assert time.monotonic() - started < 3


async def test_deadlines(ready: AsyncCollection) -> None:
    """
    `pymongo.timeout` and `motorish.timeout` around the await bound the call.
    """
    made_before = ready.find_one(SLOW)
    with pymongo.timeout(0.1), pytest.raises(PyMongoError) as caught:
        await made_before
    assert caught.value.timeout
    with motorish.timeout(0.1), pytest.raises(motorish.DeadlineExceeded):
        await ready.find_one(SLOW)
    with pymongo.timeout(0.1), pytest.raises(PyMongoError):
        await ready.find(SLOW).to_list()

    assert {"_id": 3} == await ready.find_one({"_id": 3})


async def test_mistakes(client: AsyncMongoClient, ready: AsyncCollection) -> None:
    """
    The error says what was wrong and what to do.
    """
    with pytest.raises(TypeError, match=r"find_one\(\) takes no callback=: await it, or use MotorCollection"):
        await ready.find_one(callback=print)
    with pytest.raises(TypeError, match=r"AsyncCursor\.to_list\(\) takes no more than 1 positional argument"):
        await ready.find().to_list(1, print)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"aggregate\(\) takes no callback="):
        ready.aggregate([], callback=print)
    with pytest.raises(TypeError, match="there is no method 'save'"):
        ready.save({})
    with pytest.raises(TypeError, match="not iterable"):
        list(ready.find())  # type: ignore[call-overload]
    with pytest.raises(RuntimeError, match="use AsyncCursor in 'async with'"), ready.find():
        pass
    with pytest.raises(ValueError, match=r"await database\.create_collection\('x', \.\.\.\)"):
        AsyncCollection(client.x, "x", create=True)
    with pytest.raises(TypeError, match="must be an AsyncDatabase of motorish, not AsyncDatabase"):
        AsyncCollection(pymongo.AsyncMongoClient()["x"], "x")  # type: ignore[arg-type]
    for future in (False, True):
        with pytest.raises(ValueError, match="must not be negative"):
            await (ready.aggregate([]) if future else ready.find()).to_list(-1)


def test_a_second_loop_takes_over(mongod_uri: str) -> None:
    """
    When the first is closed; meanwhile it cannot.
    """
    client = AsyncMongoClient(mongod_uri)

    async def ping() -> Any:
        return (await client.admin.command("ping"))["ok"]

    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert 1.0 == first.run(ping())
        with pytest.raises(motorish.ForeignLoopError, match="this AsyncMongoClient belongs to"):
            second.run(ping())

    async def ping_and_close() -> Any:
        async with client:
            return await ping()

    assert 1.0 == asyncio.run(ping_and_close())


def test_resynchronized(mongod_uri: str) -> None:
    """
    The family without await.
    """
    with motorish.resynchronize(AsyncMongoClient)(mongod_uri) as client:
        collection = client.motorish_test.resynchronized
        collection.drop()
        collection.insert_many(list(TEN))

        assert {"_id": 1} == collection.find_one({"_id": 1})
        assert TEN == list(collection.find().sort("_id"))
        assert TEN == collection.aggregate(PIPELINE).to_list()
        with client.start_session() as session:
            assert 10 == collection.count_documents({}, session=session)
        collection.drop()


async def test_what_motor_s_classes_have_to_do_with_it(ready: AsyncCollection) -> None:
    """
    Each class is a subclass of Motor's, whose methods start calls on the same object at once.
    """
    assert isinstance(ready, motorish.MotorCollection)
    future = motorish.MotorCollection.find_one(ready, {"_id": 1})

    assert isinstance(future, motorish.CallFuture)
    assert {"_id": 1} == await future
