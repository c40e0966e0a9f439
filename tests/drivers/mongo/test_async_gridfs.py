"""
AsyncGridFSBucket, AsyncGridFS and their files; MotorGridFS, which is the same with calls that start at once.
"""

import asyncio
import inspect
import io
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from bson import ObjectId
from gridfs.errors import FileExists, NoFile
from pymongo.errors import ConfigurationError, InvalidOperation
from pymongo.write_concern import WriteConcern

import motorish
from motorish import (
    AsyncGridFS,
    AsyncGridFSBucket,
    AsyncGridIn,
    AsyncGridOut,
    AsyncGridOutCursor,
    AsyncMongoClient,
    MotorGridFS,
)
from motorish.drivers.mongo.gridfs_flat_out import FlatGridOut

TEXT = b"a first line\nand a second one, longer\n"
LINES = TEXT.splitlines(keepends=True)


@pytest.fixture
def client(mongod_uri: str) -> AsyncMongoClient:
    """
    Return a client that has not been used yet.
    """
    return AsyncMongoClient(mongod_uri)


@pytest.fixture
def name(stock: pymongo.MongoClient[Any]) -> Iterator[str]:
    """
    Return the name of a bucket, which is dropped at the end.
    """
    name = f"g{ObjectId()}"
    yield name
    for suffix in ("files", "chunks"):
        stock["motorish_test"][name][suffix].drop()


@pytest.fixture
def bucket(client: AsyncMongoClient, name: str) -> AsyncGridFSBucket:
    """
    Return a bucket with chunks of 8 bytes.
    """
    return AsyncGridFSBucket(client["motorish_test"], name, chunk_size_bytes=8)


@pytest.fixture
def fs(client: AsyncMongoClient, name: str) -> AsyncGridFS:
    """
    Return the older interface to the same files.
    """
    return AsyncGridFS(client["motorish_test"], name)


async def test_bucket(bucket: AsyncGridFSBucket) -> None:
    """
    Up and down, by _id and by name, renamed and deleted; the files are of the family.
    """
    file_id = await bucket.upload_from_stream("x", TEXT)
    async with bucket.open_upload_stream_with_id(2, "x", metadata={"version": 2}) as stream:
        assert type(stream) is AsyncGridIn
        await stream.write(TEXT[:10])
        await stream.writelines([TEXT[10:20], TEXT[20:]])
        stream.kind = "text"
    destination = io.BytesIO()
    await bucket.download_to_stream(file_id, destination)
    assert TEXT == destination.getvalue()
    found = await bucket.open_download_stream_by_name("x")
    assert type(found) is AsyncGridOut
    assert (2, "text", {"version": 2}) == (found._id, found.kind, found.metadata)
    await bucket.rename_by_name("x", "y")
    await bucket.rename(2, "z")
    assert ["y", "z"] == sorted([file.filename async for file in bucket.find()])
    await bucket.delete_by_name("y")
    await bucket.delete(2)

    with pytest.raises(NoFile):
        await bucket.open_download_stream(2)


async def test_calls_are_lazy(bucket: AsyncGridFSBucket) -> None:
    """
    Nothing is uploaded before the await; tasks can be made of the calls.
    """
    upload = bucket.upload_from_stream("x", TEXT)
    assert inspect.iscoroutine(upload)
    assert [] == await bucket.find().to_list()
    async with asyncio.TaskGroup() as group:
        group.create_task(upload)
        group.create_task(bucket.upload_from_stream("y", TEXT))

    assert 2 == len(await bucket.find().to_list())
    with pytest.raises(TypeError, match=r"delete\(\) takes no callback=: await it"):
        await bucket.delete(1, callback=print)


async def test_a_file_is_read_as_pymongo_reads_it(bucket: AsyncGridFSBucket) -> None:
    """
    Iteration gives lines; seek() and open() are coroutines.
    """
    file_id = await bucket.upload_from_stream("x", TEXT)
    async with await bucket.open_download_stream(file_id) as file:
        assert LINES == [line async for line in file]
        assert 5 == await file.seek(5)
        assert TEXT[5:8] == await file.readchunk()
        assert 2 == await file.seek(-6, 1)
        assert TEXT[2:6] == await file.read(4)
        await file.seek(0)
        assert LINES[0] == await file.readline()
        assert LINES[1:] == await file.readlines()
        await file.seek(0)
        assert LINES == await file.to_list()
    unopened = AsyncGridOut(bucket.collection, file_id)
    with pytest.raises(InvalidOperation, match=r"AsyncGridOut\.length is not known .* await open\(\) first"):
        _ = unopened.length
    await unopened.open()

    assert len(TEXT) == unopened.length


async def test_cursor(bucket: AsyncGridFSBucket) -> None:
    """
    It gives files of the family, in each of the ways.
    """
    await bucket.upload_from_stream_with_id(1, "x", TEXT)
    cursor = bucket.find().sort("_id")
    assert type(cursor) is AsyncGridOutCursor
    file = await cursor.next()
    assert type(file) is AsyncGridOut
    assert TEXT == await file.read()
    await cursor.rewind()
    assert [AsyncGridOut] == [type(file) for file in await cursor.to_list()]
    assert [AsyncGridOut] == [type(file) async for file in bucket.find()]
    with pytest.raises(StopAsyncIteration):
        await cursor.next()
    with pytest.raises(NotImplementedError):
        cursor.add_option(16)


async def test_grid_in(bucket: AsyncGridFSBucket) -> None:
    """
    PyMongo's constructor: the session is second; abort() leaves nothing.
    """
    async with bucket.collection.database.client.start_session() as session:
        stream = AsyncGridIn(bucket.collection, session, filename="x", chunk_size=8)
        await stream.write(TEXT)
        await stream.close()
        await stream.set("kind", "text")
    aborted = AsyncGridIn(bucket.collection, filename="y", chunk_size=8)
    await aborted.write(TEXT)
    await aborted.abort()
    (file,) = await bucket.find().to_list()

    assert ("x", "text", len(TEXT)) == (file.filename, file.kind, file.length)
    assert -(-len(TEXT) // 8) == await bucket.collection.chunks.count_documents({})


async def test_legacy(fs: AsyncGridFS) -> None:
    """
    Each of AsyncGridFS's methods.
    """
    first = await fs.put(TEXT, filename="x", chunk_size=8, kind="text")
    async with fs.new_file(filename="x") as stream:
        assert type(stream) is AsyncGridIn
        await stream.write(b"second")
    with pytest.raises(FileExists):
        await fs.put(b"", _id=first)

    file = await fs.get(first)
    assert type(file) is AsyncGridOut
    assert type(file.delegate) is FlatGridOut
    assert TEXT == await file.read()
    assert TEXT == await (await fs.get_version("x", 0)).read()
    assert b"second" == await (await fs.get_last_version("x")).read()
    assert first == (await fs.get_version(kind="text"))._id
    assert ["x"] == await fs.list()
    assert await fs.exists(first)
    assert await fs.exists(kind="text")
    assert not await fs.exists({"filename": "y"})
    assert [first, stream._id] == [file._id async for file in fs.find().sort("uploadDate")]
    found = await fs.find_one({"kind": "text"})
    assert type(found) is AsyncGridOut
    assert first == found._id
    assert await fs.find_one("nothing") is None
    await fs.delete(first)
    for call in (fs.get(first), fs.get_version("x", 1)):
        with pytest.raises(NoFile):
            await call


async def test_legacy_with_callbacks(fs: AsyncGridFS) -> None:
    """
    MotorGridFS starts its calls at once, and calls back.
    """
    eager = MotorGridFS(fs.collection.database, fs.collection.name)
    done = asyncio.get_running_loop().create_future()

    assert eager.put(TEXT, filename="x", callback=lambda *outcome: done.set_result(outcome)) is None
    file_id, error = await done
    assert error is None
    file = await eager.get(file_id)
    assert type(file) is motorish.MotorGridOut
    assert [TEXT] == [chunk async for chunk in file]
    assert [motorish.MotorGridOut] == [type(file) for file in await eager.find().to_list()]
    assert eager.io_loop is fs.get_io_loop()


async def test_mistakes(client: AsyncMongoClient, stock: pymongo.MongoClient[Any]) -> None:
    """
    PyMongo's own objects are refused, and unacknowledged writes.
    """
    for cls in (AsyncGridFS, AsyncGridFSBucket):
        with pytest.raises(TypeError, match="must be an AsyncDatabase of motorish, not Database"):
            cls(stock["x"])
        with pytest.raises(ConfigurationError, match="acknowledged"):
            cls(client.get_database("x", write_concern=WriteConcern(0)))
    for file in (AsyncGridIn, AsyncGridOut):
        with pytest.raises(TypeError, match="must be an AsyncCollection of motorish"):
            file(stock["x"]["fs"])
    with pytest.raises(TypeError, match="must be a MotorDatabase"):
        MotorGridFS(stock["x"])  # type: ignore[arg-type]
