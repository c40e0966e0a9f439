"""
MotorGridFSBucket: files in and out, by name and by _id, from and to plain and asynchronous streams.
"""

import asyncio
import io
from collections.abc import Generator
from typing import Any

import gridfs
import pymongo
import pytest
from bson import ObjectId
from gridfs.errors import NoFile
from pymongo.errors import ConfigurationError, InvalidOperation
from pymongo.write_concern import WriteConcern
from tornado import gen

import motorish
from motorish import MotorClient, MotorGridFSBucket, MotorGridIn, MotorGridOut

TEXT = b"a text that is longer than three chunks"


class AsyncPipe:
    """
    A stream with coroutine methods, whose reads give less than was asked for.
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    async def read(self, size: int) -> bytes:
        """
        Give at most three bytes.
        """
        await asyncio.sleep(0)
        taken, self.data = self.data[: min(size, 3)], self.data[min(size, 3) :]
        return taken

    async def write(self, data: bytes) -> None:
        """
        Take it all.
        """
        await asyncio.sleep(0)
        self.data += data


@pytest.mark.parametrize("make", [bytes, io.BytesIO, AsyncPipe], ids=["bytes", "file", "asynchronous"])
async def test_upload_from(bucket: MotorGridFSBucket, make: Any) -> None:
    """
    Bytes, a file and an asynchronous stream arrive as they are.
    """
    file_id = await bucket.upload_from_stream("x", make(TEXT), metadata={"kind": "text"})
    file = await bucket.open_download_stream(file_id)

    assert TEXT == await file.read()
    assert ("x", len(TEXT), 8, {"kind": "text"}) == (file.name, file.length, file.chunk_size, file.metadata)


@pytest.mark.parametrize("make", [io.BytesIO, AsyncPipe], ids=["file", "asynchronous"])
@pytest.mark.parametrize("by_name", [False, True])
async def test_download_to(bucket: MotorGridFSBucket, make: Any, by_name: bool) -> None:
    """
    A plain and an asynchronous destination get the whole file.
    """
    destination = make()
    await bucket.upload_from_stream_with_id(1, "x", TEXT)
    if by_name:
        await bucket.download_to_stream_by_name("x", destination)
    else:
        await bucket.download_to_stream(1, destination)

    assert TEXT == (destination.getvalue() if make is io.BytesIO else destination.data)


async def test_a_file_is_source_and_destination_of_another(bucket: MotorGridFSBucket) -> None:
    """
    A MotorGridOut can be uploaded, and a MotorGridIn can be downloaded to.
    """
    await bucket.upload_from_stream_with_id(1, "x", TEXT)
    await bucket.upload_from_stream_with_id(2, "y", await bucket.open_download_stream(1))
    async with bucket.open_upload_stream_with_id(3, "z") as destination:
        await bucket.download_to_stream(2, destination)
    async with bucket.open_upload_stream_with_id(4, "w") as destination:
        await destination.writelines([b"> ", await bucket.open_download_stream(3)])

    assert b"> " + TEXT == await (await bucket.open_download_stream(4)).read()


async def test_what_pymongo_wrote_is_read_and_the_other_way_round(
    bucket: MotorGridFSBucket, stock: pymongo.MongoClient[Any]
) -> None:
    """
    The files are PyMongo's own, indexes included.
    """
    theirs = gridfs.GridFSBucket(stock["motorish_test"], bucket.collection.name)
    await bucket.upload_from_stream("ours", TEXT)
    assert "files_id_1_n_1" in await bucket.collection.chunks.index_information()

    def in_a_thread() -> bytes:
        theirs.upload_from_stream("theirs", TEXT)
        return theirs.open_download_stream_by_name("ours").read()

    assert TEXT == await asyncio.to_thread(in_a_thread)
    assert TEXT == await (await bucket.open_download_stream_by_name("theirs")).read()


async def test_revisions(bucket: MotorGridFSBucket) -> None:
    """
    Of several files of one name the last is the default; 0 is the first.
    """
    for content in (b"one", b"two", b"three"):
        await bucket.upload_from_stream("x", content)

    for revision, content in ((-1, b"three"), (-2, b"two"), (0, b"one"), (2, b"three")):
        file = await bucket.open_download_stream_by_name("x", revision)
        assert content == await file.read()
    with pytest.raises(NoFile):
        await bucket.open_download_stream_by_name("x", 3)


async def test_rename_and_delete(bucket: MotorGridFSBucket) -> None:
    """
    By _id and by name; no chunk is left, and what is not there is NoFile.
    """
    for file_id in (1, 2, 3):
        await bucket.upload_from_stream_with_id(file_id, "x", TEXT)
    await bucket.rename(1, "y")
    await bucket.rename_by_name("x", "z")
    assert ["y", "z", "z"] == [file.filename for file in await bucket.find().sort("_id").to_list()]
    await bucket.delete(1)
    await bucket.delete_by_name("z")

    assert 0 == await bucket.collection.files.count_documents({})
    assert 0 == await bucket.collection.chunks.count_documents({})
    for call in (bucket.delete(1), bucket.delete_by_name("z"), bucket.rename(1, "y")):
        with pytest.raises(NoFile):
            await call
    with pytest.raises(NoFile):
        await bucket.open_download_stream(ObjectId())


async def test_callbacks(bucket: MotorGridFSBucket) -> None:
    """
    Every asynchronous method hands over to a callback, without any coroutine.
    """
    results: list[Any] = []
    done = asyncio.Event()

    def uploaded(file_id: Any, error: BaseException | None) -> None:
        results.append(error)
        assert bucket.open_download_stream(file_id, callback=opened) is None

    def opened(file: MotorGridOut, error: BaseException | None) -> None:
        results.append(error)
        file.read(4, callback=read)

    def read(data: bytes, error: BaseException | None) -> None:
        results.extend([data, error])
        bucket.delete("nothing", callback=deleted)

    def deleted(result: None, error: BaseException | None) -> None:
        results.extend([result, type(error)])
        done.set()

    assert bucket.upload_from_stream("x", TEXT, callback=uploaded) is None
    await done.wait()

    assert [None, None, TEXT[:4], None, None, NoFile] == results
    with pytest.raises(TypeError, match="callback must be a function"):
        bucket.delete(1, callback=1)


async def test_gen_coroutine(bucket: MotorGridFSBucket) -> None:
    """
    The futures can be yielded in Tornado's generators.
    """

    @gen.coroutine
    def copy() -> Generator[Any, Any, Any]:
        file_id = yield bucket.upload_from_stream("x", TEXT)
        file = yield bucket.open_download_stream(file_id)
        return (yield file.read())

    assert TEXT == await copy()


async def test_sessions(bucket: MotorGridFSBucket, client: MotorClient) -> None:
    """
    All of it takes a session, given or bound, but refuses a transaction.
    """
    async with client.start_session() as session:
        file_id = await bucket.upload_from_stream("x", TEXT, session=session)
        async with bucket.open_upload_stream("y", session=session) as stream:
            await stream.write(TEXT)
        file = await bucket.open_download_stream(file_id, session)
        assert TEXT == await file.read()
        files = [file async for file in bucket.find({}, session=session).sort("filename")]
        assert ["x", "y"] == [file.name for file in files if await file.read()]
        async with session.bind(end_session=False):
            await bucket.upload_from_stream("z", TEXT)
        session.start_transaction()
        with pytest.raises(InvalidOperation, match="transaction"):
            await bucket.open_download_stream(file_id, session=session)
        with pytest.raises(InvalidOperation, match="transaction"):
            bucket.open_upload_stream("x", session=session)


async def test_timeout(bucket: MotorGridFSBucket) -> None:
    """
    pymongo.timeout bounds an upload as a whole.
    """
    with pymongo.timeout(0.001), pytest.raises(pymongo.errors.PyMongoError) as caught:
        await bucket.upload_from_stream("x", b"x" * 100_000)

    assert caught.value.timeout


def test_refusals(client: MotorClient) -> None:
    """
    What is no database, or not acknowledged, is refused at once; making a bucket needs no loop.
    """
    with pytest.raises(TypeError, match="must be a MotorDatabase"):
        MotorGridFSBucket(client)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        MotorGridFSBucket(client.shop, write_concern=WriteConcern(w=0))
    with pytest.warns(DeprecationWarning, match="bucket_name"):
        assert "pictures" == MotorGridFSBucket(client.shop, collection="pictures").collection.name


async def test_wrap(bucket: MotorGridFSBucket) -> None:
    """
    wrap() makes proxies of PyMongo's own objects, and leaves others alone.
    """
    theirs = gridfs.GridFSBucket(bucket.collection.database.delegate, bucket.collection.name)

    assert isinstance(bucket.wrap(theirs.open_upload_stream("x")), MotorGridIn)
    assert isinstance(bucket.wrap(theirs.find()), motorish.MotorGridOutCursor)
    assert 1 == bucket.wrap(1)
    assert bucket.io_loop is bucket.get_io_loop() is bucket.collection.get_io_loop()
