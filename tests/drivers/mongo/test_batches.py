"""
Batches that go by how long decoding takes: what cursors ask the server for, and what they leave alone.
"""

import asyncio
import copy
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import CursorType, message
from pymongo.monitoring import CommandListener
from pymongo.synchronous.command_cursor import CommandCursor, RawBatchCommandCursor
from pymongo.synchronous.cursor import Cursor, RawBatchCursor

from motorish import AsyncMongoClient, MotorClient, MotorGridFSBucket
from motorish.drivers.mongo import _batches, command_cursor

FIRST = 101
"""Documents that the server sends first."""

COUNT = 1500
LATE_MS = 50


class Asked(CommandListener):
    """
    Attributes:
        first: the commands that made a cursor.
        sizes: the batch size of each getMore, None where the server was left to choose.
    """

    def __init__(self) -> None:
        self.first: list[Any] = []
        self.sizes: list[int | None] = []

    def started(self, event: Any) -> None:
        """
        Take note of the commands of cursors.
        """
        if event.command_name == "getMore":
            self.sizes.append(event.command.get("batchSize"))
        elif event.command_name in ("find", "aggregate"):
            self.first.append(event.command)

    def succeeded(self, event: Any) -> None:
        """
        Required by PyMongo.
        """

    failed = succeeded


class Slow(dict[str, Any]):
    """
    A document that takes its own field ``ms`` to decode, on a clock of its own.
    """

    now_s = 0.0

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        if name == "ms":
            Slow.now_s += value / 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Let decoding take the time that the documents say, and no other.
    """
    monkeypatch.setattr(_batches, "thread_time", lambda: Slow.now_s)
    monkeypatch.setattr(command_cursor, "thread_time", lambda: Slow.now_s)


@pytest.fixture
def asked() -> Asked:
    """
    Return what listens to the client of the test.
    """
    return Asked()


@pytest.fixture
def client(mongod_uri: str, asked: Asked) -> MotorClient:
    """
    Return a client with default settings whose commands are noted.
    """
    return MotorClient(mongod_uri, event_listeners=[asked])


async def fill(collection: Any, times_ms: list[float]) -> None:
    """
    Insert a document for each time, numbered.
    """
    await collection.insert_many([{"_id": n, "ms": ms} for n, ms in enumerate(times_ms)])


async def by_async_for(cursor: Any) -> list[Any]:
    """
    Read one by one.
    """
    return [document async for document in cursor]


async def by_to_list(cursor: Any) -> list[Any]:
    """
    Read all in one call.
    """
    return list(await cursor.to_list())


async def by_next(cursor: Any) -> list[Any]:
    """
    Read with a call for each.
    """
    documents = []
    while True:
        try:
            documents.append(await cursor.next())
        except StopAsyncIteration:
            return documents


async def by_fetch_next(cursor: Any) -> list[Any]:
    """
    Read as in Motor 0.1.
    """
    documents = []
    while await cursor.fetch_next:
        documents.append(cursor.next_object())
    return documents


async def by_each(cursor: Any) -> list[Any]:
    """
    Read with a callback.
    """
    documents: list[Any] = []
    done = asyncio.get_running_loop().create_future()

    def take(document: Any, error: BaseException | None) -> None:
        if document is None:
            done.set_result(error)
        else:
            documents.append(document)

    cursor.each(take)
    assert await done is None
    return documents


@pytest.mark.parametrize("read", [by_async_for, by_to_list, by_next, by_fetch_next, by_each])
@pytest.mark.parametrize("what", ["find", "aggregate"])
async def test_every_batch_after_the_first_is_sized(
    client: MotorClient, asked: Asked, collection: Any, read: Callable[[Any], Any], what: str
) -> None:
    """
    However a cursor is read, the server chooses the first batch, and none after it.
    """
    await fill(collection, [0] * COUNT)
    cursor = collection.find() if what == "find" else collection.aggregate([{"$match": {}}])

    assert list(range(COUNT)) == [document["_id"] for document in await read(cursor)]
    assert asked.first[0].get("batchSize", asked.first[0].get("cursor")) in (None, {})
    assert asked.sizes
    assert None not in asked.sizes
    assert not cursor.delegate._batch_size


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("family", [MotorClient, AsyncMongoClient])
@pytest.mark.parametrize("what", ["find", "aggregate"])
@pytest.mark.parametrize(
    "times_ms",
    [
        pytest.param([0.1] * 200 + [0.4] * 1300, id="larger"),
        pytest.param([0.4] * 200 + [0.1] * 1300, id="smaller"),
        pytest.param([0.1, 0.4] * 750, id="mixed"),
        pytest.param([2.0] * 150 + [8.0] * 100, id="very slow"),
    ],
)
async def test_no_batch_is_late_where_sizes_vary_fourfold(
    mongod_uri: str, asked: Asked, collection: Any, family: Any, what: str, times_ms: list[float]
) -> None:
    """
    From the second batch on none takes 50 ms to decode, and most take about 5 ms.
    """
    await fill(collection, times_ms)
    async with family(mongod_uri, event_listeners=[asked]) as client:
        slow = client[collection.database.name].get_collection(collection.name, CodecOptions(Slow))
        cursor = slow.find() if what == "find" else await slow.aggregate([{"$match": {}}])
        batches_ms: list[float] = []
        while document := await anext(cursor, None):
            batches_ms.append(document["ms"] + sum(each["ms"] for each in cursor.delegate._data))
            for _ in range(len(cursor.delegate._data)):
                await anext(cursor)

    assert sum(times_ms) == pytest.approx(sum(batches_ms))
    assert max(batches_ms[1:]) < LATE_MS
    assert len(times_ms) < sum(asked.sizes) + FIRST  # type: ignore[arg-type]
    assert 2 < median(batches_ms[1:]) < 10


@pytest.mark.usefixtures("clock")
async def test_a_batch_is_at_most_twenty_times_the_one_before(asked: Asked, collection: Any) -> None:
    """
    Documents that cost nothing, as far as one can tell, are asked for in batches that grow step by step.
    """
    await fill(collection, [0] * COUNT)
    cursor = await collection.database.cursor_command({"find": collection.name})
    await cursor.to_list()

    assert [_batches.UNKNOWN, _batches.UNKNOWN * 20, _batches.UNKNOWN * 400] == asked.sizes


async def test_a_batch_size_that_was_set_is_left_alone(asked: Asked, collection: Any) -> None:
    """
    In find() and aggregate(), by the method, and of a cursor that has begun.
    """
    await fill(collection, [0] * 300)

    await collection.find(batch_size=200).to_list()
    await collection.find().batch_size(200).to_list()
    await collection.aggregate([], batchSize=200).to_list()
    await collection.aggregate([]).batch_size(200).to_list()
    cursor = await collection.aggregate([])
    cursor.batch_size(200)
    await cursor.to_list()
    assert [200] * 5 == asked.sizes


async def test_it_can_be_turned_off(mongod_uri: str, asked: Asked, collection: Any) -> None:
    """
    With None the server is left to choose, and PyMongo's cursors are of PyMongo's classes.
    """
    await fill(collection, [0] * 300)
    async with MotorClient(mongod_uri, batch_time_ms=None, event_listeners=[asked]) as client:
        same = client[collection.database.name][collection.name]
        cursor = same.find()
        assert 300 == len(await cursor.to_list())
        assert 300 == len(await same.aggregate([]).to_list())

    assert [None, None] == asked.sizes
    assert Cursor is type(cursor.delegate)


@pytest.mark.parametrize(("wrong", "error"), [("5", TypeError), (True, TypeError), (0, ValueError)])
def test_a_wrong_setting(wrong: Any, error: type[Exception]) -> None:
    """
    Is refused at once, by its name.
    """
    with pytest.raises(error, match="batch_time_ms"):
        MotorClient(batch_time_ms=wrong)


@pytest.mark.usefixtures("clock")
async def test_a_limit_is_kept(asked: Asked, collection: Any) -> None:
    """
    No more is asked for than the limit leaves, and to_list(length) takes no more than it is to.
    """
    await fill(collection, [0] * COUNT)

    assert 150 == len(await collection.find().limit(150).to_list())
    cursor = collection.find()
    assert 120 == len(await cursor.to_list(120))
    assert COUNT - 120 == len(await cursor.to_list())
    assert [49, FIRST * 20] == asked.sizes
    await collection.update_many({}, {"$set": {"ms": 1}})
    slow = collection.with_options(CodecOptions(Slow))
    assert 109 == len(await slow.find().limit(109).to_list())
    assert [5, 3] == asked.sizes[2:]


async def test_copies_begin_anew(asked: Asked, collection: Any) -> None:
    """
    A clone's first batch is the server's, the next ones are sized; so it is after rewind().
    """
    await fill(collection, [0] * 300)
    cursor = collection.find()
    await cursor.to_list()

    for again in (cursor.clone(), copy.copy(cursor), copy.deepcopy(cursor), cursor.rewind()):
        asked.sizes.clear()
        assert 300 == len(await again.to_list())
        assert asked.sizes
        assert None not in asked.sizes
    assert all("batchSize" not in command for command in asked.first)


async def test_what_is_not_decoded_at_once(client: MotorClient, asked: Asked, collection: Any) -> None:
    """
    Raw batches are as large as the server makes them, and so are those of a cursor that it streams.
    """
    await fill(collection, [0] * 300)

    assert 2 == len(await collection.find_raw_batches().to_list())
    assert 1 == len(await collection.aggregate_raw_batches([]).to_list())
    assert 300 == len(await collection.find(cursor_type=CursorType.EXHAUST).to_list())
    assert {None} == set(asked.sizes)


async def test_other_cursors(client: MotorClient, asked: Asked, collection: Any) -> None:
    """
    Of a command, in a session, of GridFS, tailable ones and change streams: all are sized.
    """
    await fill(collection, [0] * 300)
    database = collection.database

    by_command = await database.cursor_command({"find": collection.name})
    assert 300 == len(await by_command.to_list())
    assert _batches.UNKNOWN == asked.sizes[0]
    async with client.start_session() as session:
        assert 300 == len(await collection.find(session=session).to_list())
        assert 300 == len(await collection.aggregate([], session=session).to_list())
    bucket = MotorGridFSBucket(database, f"files_{collection.name}")
    await bucket.collection.files.insert_many([{"_id": n, "filename": "x"} for n in range(300)])
    assert 300 == len(await bucket.find().to_list())
    await bucket.collection.files.drop()
    log = await database.create_collection(f"log_{collection.name}", capped=True, size=1 << 20)
    await fill(log, [0] * 300)
    tailing = log.find(cursor_type=CursorType.TAILABLE)
    assert list(range(300)) == [(await anext(tailing))["_id"] for _ in range(300)]
    await tailing.close()
    await log.drop()
    async with collection.watch() as stream:
        await collection.delete_many({})
        assert list(range(300)) == [(await anext(stream))["documentKey"]["_id"] for _ in range(300)]
    assert None not in asked.sizes


async def test_lazy_documents_count_when_they_are_laid_out(asked: Asked, collection: Any) -> None:
    """
    PyMongo's raw documents are read from the reply after it was decoded, at PyMongo's first look.
    """
    await fill(collection, [0] * 300)
    raw = collection.with_options(CodecOptions(RawBSONDocument))

    assert 300 == len(await raw.find().to_list())
    assert asked.sizes
    assert None not in asked.sizes


async def test_the_loop_has_its_turn_between_batches(mongod_uri: str, collection: Any) -> None:
    """
    One call that reads many batches lets others run before each, even if the reply is there at once.
    """
    turns, at = 0, []

    class Turns(Asked):
        def started(self, event: Any) -> None:
            """
            Note in which turn of the loop a getMore is sent.
            """
            if event.command_name == "getMore":
                at.append(turns)

    def turn() -> None:
        nonlocal turns
        turns += 1
        asyncio.get_running_loop().call_soon(turn)

    await fill(collection, [0] * 1000)
    async with MotorClient(mongod_uri, event_listeners=[Turns()]) as client:
        turn()
        await client[collection.database.name][collection.name].find(batch_size=20).to_list()

    assert 40 < len(at)
    assert len(at) == len(set(at))


async def test_find_one_is_not_slowed_down(monkeypatch: pytest.MonkeyPatch, collection: Any) -> None:
    """
    Its cursor is PyMongo's own, from beginning to end: nothing is measured.
    """
    await fill(collection, [0] * 3)
    measured: list[None] = []

    def look_at_the_clock() -> float:
        measured.append(None)
        return 0.0

    monkeypatch.setattr(_batches, "thread_time", look_at_the_clock)

    assert {"_id": 1, "ms": 0} == await collection.find_one({"_id": 1})
    assert [] == measured


def test_the_private_names_of_pymongo_s_that_are_overridden(stock: Any) -> None:
    """
    They mean what they are taken for; cursors of raw batches are told by the class of their getMore.
    """
    for cls in (Cursor, CommandCursor):
        assert cls._getmore_class is message._GetMore
        assert callable(cls._send_message)
        assert callable(cls._unpack_response)
    for raw in (RawBatchCursor, RawBatchCommandCursor):
        assert raw._getmore_class is not message._GetMore
    cursor = stock.test.orders.find(batch_size=7)
    assert 7 == cursor._batch_size
    assert cursor._id is None
    for name in ("ntoreturn", "exhaust"):
        assert name in message._GetMore.__slots__
