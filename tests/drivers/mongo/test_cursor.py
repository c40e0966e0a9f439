"""
Cursors: every way to get at the documents, batch by batch.
"""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import bson
import pytest
from pymongo.errors import InvalidOperation, OperationFailure

from motorish import MotorClient, MotorCollection, MotorCursor, MotorRawBatchCursor, hub
from motorish.drivers.mongo import _iteration

TEN = [{"_id": n} for n in range(10)]


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
    """
    Return a list that grows by each function that a cursor starts in a child.
    """
    functions: list[Callable[..., Any]] = []
    call = _iteration.BaseCursor._call

    def counted(self: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        functions.append(function)
        return call(self, function, *args, **kwargs)

    monkeypatch.setattr(_iteration.BaseCursor, "_call", counted)
    return functions


async def outcomes_of_each(cursor: Any, last: int = -1) -> list[tuple[Any, Any]]:
    """
    Return what each() hands out, up to its end, or to document number *last*.
    """
    outcomes: list[tuple[Any, Any]] = []
    done = asyncio.get_running_loop().create_future()

    def take(document: Any, error: BaseException | None) -> bool | None:
        outcomes.append((document, error))
        if document is None or document["_id"] == last:
            done.set_result(None)
            return False
        return None

    assert cursor.each(callback=take) is None
    assert not outcomes
    await done
    return outcomes


async def test_async_for_fetches_by_the_batch(
    collection: MotorCollection, spawned: list[Callable[..., Any]]
) -> None:
    """
    Ten documents in batches of four are three calls, not ten.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=4).sort("_id")

    assert TEN == [document async for document in cursor]
    assert 3 == len(spawned)
    assert not cursor.alive
    assert 10 == cursor.retrieved


async def test_next(collection: MotorCollection) -> None:
    """
    One document each; StopAsyncIteration at the end, to the callback too.
    """
    await collection.insert_many(TEN[:2])
    cursor = collection.find().sort("_id")
    done = asyncio.get_running_loop().create_future()

    assert TEN[:2] == [await cursor.next(), await cursor.next()]
    with pytest.raises(StopAsyncIteration):
        await cursor.next()
    assert cursor.next(callback=lambda *outcome: done.set_result(outcome)) is None
    assert isinstance((await done)[1], StopAsyncIteration)


async def test_a_wrong_callback_takes_no_document(collection: MotorCollection) -> None:
    """
    TypeError at once, and the next call gets the document.
    """
    await collection.insert_many(TEN)
    cursor = collection.find().sort("_id")
    assert {"_id": 0} == await cursor.next()

    with pytest.raises(TypeError, match="callback"):
        cursor.next(callback=1)
    assert {"_id": 1} == await cursor.next()


async def test_to_list(collection: MotorCollection, spawned: list[Callable[..., Any]]) -> None:
    """
    All that are left, or so many; one call for all batches.
    """
    await collection.insert_many(TEN)

    assert TEN == await collection.find(batch_size=2).sort("_id").to_list()
    assert 1 == len(spawned)
    cursor = collection.find(batch_size=4).sort("_id")
    assert [] == await cursor.to_list(0)
    assert TEN[:3] == await cursor.to_list(3)
    assert TEN[3:] == await cursor.to_list(length=None)
    assert [] == await cursor.to_list(5)


async def test_to_list_refuses_bad_lengths(collection: MotorCollection) -> None:
    """
    At once: what is no number, what is negative, and a cursor without an end.
    """
    cursor = collection.find()

    with pytest.raises(TypeError):
        cursor.to_list("3")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        cursor.to_list(-1)
    with pytest.raises(InvalidOperation, match="tailable"):
        cursor.add_option(2).to_list()


async def test_fetch_next_and_next_object(collection: MotorCollection) -> None:
    """
    The pair of old code: is there one, then give it.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=3).sort("_id")
    documents = []

    assert cursor.next_object() is None
    while await cursor.fetch_next:
        documents.append(cursor.next_object())
    assert TEN == documents
    assert cursor.next_object() is None


async def test_each(collection: MotorCollection) -> None:
    """
    Each document, later, then (None, None); nothing but that for an empty result.
    """
    await collection.insert_many(TEN)

    outcomes = await outcomes_of_each(collection.find(batch_size=3).sort("_id"))
    assert [*((document, None) for document in TEN), (None, None)] == outcomes
    assert [(None, None)] == await outcomes_of_each(collection.find({"_id": 99}))
    assert [(None, None)] == await outcomes_of_each(collection.aggregate([{"$match": {"_id": 99}}]))


async def test_each_stops_at_false_and_can_go_on(collection: MotorCollection) -> None:
    """
    The cursor stays open: the rest comes afterwards.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=4).sort("_id")

    assert 6 == len(await outcomes_of_each(cursor, last=5))
    assert TEN[6:] == await cursor.to_list()


async def test_each_ends_with_an_error(collection: MotorCollection) -> None:
    """
    What the server refuses is the last call.
    """
    ((document, error),) = await outcomes_of_each(collection.find({"$no": 1}))

    assert document is None
    assert isinstance(error, OperationFailure)


async def test_each_ends_silently_when_the_callback_closes_the_cursor(
    collection: MotorCollection,
) -> None:
    """
    After close() there is no further call.
    """
    await collection.insert_many(TEN)
    cursor = collection.find()
    documents: list[Any] = []
    closed = asyncio.get_running_loop().create_future()

    def take(document: Any, error: Any) -> None:
        documents.append(document)
        cursor.close(callback=lambda *_: closed.set_result(None))

    cursor.each(take)
    await closed
    assert 1 == len(documents)


async def test_an_exception_in_each_s_callback_is_told_to_the_loop(
    collection: MotorCollection,
) -> None:
    """
    Once for each, and the following documents come all the same.
    """
    await collection.insert_many(TEN[:3])
    told: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(type(context["exception"])))
    seen: list[Any] = []
    done = loop.create_future()

    def take(document: Any, error: Any) -> None:
        if document is None:
            done.set_result(error)
        else:
            seen.append(document)
            raise KeyError(document["_id"])

    collection.find().each(take)
    assert await done is None
    assert 3 == len(seen)
    assert [KeyError] * 3 == told


async def test_each_needs_a_callback(collection: MotorCollection) -> None:
    """
    Anything that cannot be called is a TypeError.
    """
    for wrong in (None, 3):
        with pytest.raises(TypeError):
            collection.find().each(wrong)  # type: ignore[arg-type]


async def test_each_leaves_room_for_others(
    collection: MotorCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A large batch is handed out in slices; other callbacks of the loop run in between.
    """
    monkeypatch.setattr(_iteration, "EACH_SLICE_S", -1.0)
    await collection.insert_many(TEN)
    ticks: list[int] = []
    loop = asyncio.get_running_loop()

    def tick() -> None:
        ticks.append(1)
        if not done:
            loop.call_soon(tick)

    cursor = collection.find()
    await cursor.fetch_next
    done: list[Any] = []
    loop.call_soon(tick)
    done += await outcomes_of_each(cursor)
    assert 11 == len(done)
    assert len(ticks) >= 10


async def test_chaining(collection: MotorCollection) -> None:
    """
    Every chaining method returns the cursor itself and takes effect.
    """
    await collection.insert_many([{"_id": n, "a": n % 2} for n in range(10)])
    await collection.create_index("a")
    cursor = collection.find({"a": 1})

    assert cursor is cursor.sort("_id", -1).skip(1).limit(3).batch_size(2).hint("a_1")
    assert cursor is cursor.comment("c").max_time_ms(5000).allow_disk_use(True).collation({"locale": "en"})
    assert cursor is cursor.max_await_time_ms(100).add_option(16).remove_option(16).max_scan(None)
    assert [7, 5, 3] == [document["_id"] async for document in cursor]
    with pytest.raises(InvalidOperation):
        cursor.limit(1)
    bounded = collection.find().hint("_id_").min([("_id", 3)]).max([("_id", 5)])
    assert [3, 4] == [document["_id"] for document in await bounded.to_list()]
    where = collection.find().where("this._id == 4")
    assert [4] == [document["_id"] for document in await where.to_list()]


async def test_distinct_and_explain(collection: MotorCollection) -> None:
    """
    Both obey the cursor's query.
    """
    await collection.insert_many(TEN)

    assert [7, 8, 9] == await collection.find({"_id": {"$gt": 6}}).distinct("_id")
    assert "queryPlanner" in await collection.find().explain()


async def test_clone_copy_and_rewind(collection: MotorCollection, stock: Any) -> None:
    """
    A clone is fresh; a rewound cursor starts again, and its server cursor does not stay.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=2).sort("_id")
    await cursor.next()
    for other in (cursor.clone(), copy.copy(cursor), copy.deepcopy(cursor)):
        assert isinstance(other, MotorCursor)
        assert TEN == await other.to_list()

    before = cursor.cursor_id
    assert before
    assert cursor.started
    assert cursor is cursor.rewind()
    assert not cursor.started
    assert TEN == await cursor.to_list()
    assert before in {entry[1] for entry in collection.database.client.delegate._kill_cursors_queue}


async def test_slices(collection: MotorCollection) -> None:
    """
    An index or a slice limits the cursor itself, as Motor's once did, and nothing is sent before its use.
    """
    await collection.insert_many(TEN)

    def ten() -> Any:
        return collection.find().sort("_id")

    cursor = ten()
    assert cursor[2] is cursor
    assert [{"_id": 2}] == await cursor.to_list()
    assert {"_id": 5} == await ten().skip(2).limit(1)[3].next()
    assert [{"_id": 3}, {"_id": 4}] == [document async for document in ten()[3:5]]
    assert TEN[8:] == await ten().skip(2)[8:].to_list()
    assert TEN[:2] == await ten()[:2].to_list()
    with pytest.raises(StopAsyncIteration):
        await ten()[10].next()
    cursor = ten()[4]
    assert await cursor.fetch_next
    assert {"_id": 4} == cursor.next_object()
    assert not await cursor.fetch_next


async def test_an_empty_slice(collection: MotorCollection) -> None:
    """
    Nothing, by every way to get at documents.
    """
    await collection.insert_many(TEN)

    assert [] == await collection.find()[3:3].to_list()
    assert [] == [document async for document in collection.find()[3:3]]
    assert not await collection.find()[3:3].fetch_next
    assert [(None, None)] == await outcomes_of_each(collection.find()[3:3])


async def test_indices_that_make_no_sense(collection: MotorCollection) -> None:
    """
    PyMongo's errors, at once.
    """
    for index in (-1, slice(-1, 3), slice(1, 5, 2), slice(5, 1)):
        with pytest.raises(IndexError):
            collection.find()[index]
    with pytest.raises(TypeError):
        collection.find()["x"]
    with pytest.raises(InvalidOperation):
        collection.find_raw_batches()[0]
    cursor = collection.find()
    await cursor.to_list()
    with pytest.raises(InvalidOperation, match="after executing"):
        cursor[0]


async def test_awaiting_a_cursor(collection: MotorCollection) -> None:
    """
    It gives the cursor and sends nothing: rewind() and add_option() are coroutines in PyMongo's own.
    """
    await collection.insert_one({"_id": 1})
    cursor = collection.find()

    assert await cursor.add_option(64) is cursor
    assert not cursor.started
    assert [{"_id": 1}] == await cursor.to_list()
    assert [{"_id": 1}] == await (await cursor.rewind()).to_list()


async def test_close_kills_the_server_s_cursor(collection: MotorCollection, client: MotorClient) -> None:
    """
    By close() and by leaving async with; closing again does nothing.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=2)
    async with cursor as entered:
        assert entered is cursor
        await cursor.next()
        assert 1 == await open_cursors(client, collection)

    assert 0 == await open_cursors(client, collection)
    assert cursor.closed
    assert not [document async for document in cursor][1:]
    await cursor.close()
    with pytest.raises(RuntimeError, match="async with"), collection.find():
        pass


async def test_a_dropped_cursor_is_killed(collection: MotorCollection, client: MotorClient) -> None:
    """
    Broken off and forgotten, it is put on the list of cursors that the client kills.
    """
    await collection.insert_many(TEN)
    async for _ in collection.find(batch_size=2):
        break

    assert 1 == len(client.delegate._kill_cursors_queue)
    await hub.spawn(client.delegate._process_kill_cursors)
    assert 0 == await open_cursors(client, collection)


async def test_raw_batches(collection: MotorCollection) -> None:
    """
    Each item is a batch as BSON.
    """
    await collection.insert_many(TEN)
    cursor = collection.find_raw_batches(batch_size=5).sort("_id")

    assert isinstance(cursor, MotorRawBatchCursor)
    batches = [bson.decode_all(batch) async for batch in cursor]
    assert [TEN[:5], TEN[5:]] == batches
    raw = await collection.aggregate_raw_batches([{"$sort": {"_id": 1}}]).to_list()
    assert TEN == bson.decode_all(b"".join(raw))


async def test_attributes(collection: MotorCollection) -> None:
    """
    What Motor's cursors have.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=2)
    assert cursor.alive
    assert cursor.address is None
    assert cursor.cursor_id is None
    await cursor.next()

    assert collection is cursor.collection
    assert cursor.cursor_id
    assert collection.database.client.address == cursor.address
    assert cursor.session is None
    await cursor.close()


async def open_cursors(client: MotorClient, collection: MotorCollection) -> int:
    """
    Return how many idle cursors of the collection the server has.
    """
    pipeline = [
        {"$currentOp": {"idleCursors": True, "localOps": True}},
        {"$match": {"type": "idleCursor", "ns": collection.full_name}},
    ]
    return len(await client.admin.aggregate(pipeline).to_list())


def test_a_plain_for_is_refused(mongod_uri: str) -> None:
    """
    It is a TypeError at once, not cursor[0], cursor[1] and so on for ever.
    """

    async def main() -> None:
        client = MotorClient(mongod_uri)
        with pytest.raises(TypeError, match="not iterable"):
            list(client.motorish_test.things.find())  # type: ignore[call-overload]
        await client.close()

    asyncio.run(main())
