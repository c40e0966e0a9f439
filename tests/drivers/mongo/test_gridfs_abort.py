"""
Cancelled uploads leave nothing behind, whatever the server is still doing; cancelled reads lose nothing.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from bson import ObjectId
from gridfs.errors import FileExists
from pymongo.monitoring import CommandListener, CommandStartedEvent, CommandSucceededEvent

import motorish
from motorish import MotorClient, MotorGridFSBucket
from tests.loops import turns, until

CHUNK = 100_000
DATA = bytes(range(250)) * 2_000  # five chunks


class Finished(CommandListener):
    """
    Names of the commands that were answered, and of those that were sent; the sessions of these.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.answered: list[str] = []
        self.sessions: set[bytes] = set()
        self._collections: dict[int, tuple[str, str]] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """
        Note ``(command, collection)``, the latter without the bucket's name.
        """
        what = (event.command_name, str(event.command.get(event.command_name)).rpartition(".")[2])
        self._collections[event.request_id] = what
        self.sent.append(what)
        if "lsid" in event.command:
            self.sessions.add(bytes(event.command["lsid"]["id"]))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """
        Note the same, as text.
        """
        self.answered.append(" ".join(self._collections[event.request_id]))

    def failed(self, event: Any) -> None:
        """
        Nothing to note.
        """


@pytest.fixture
def finished() -> Finished:
    """
    Return the listener of the client.
    """
    return Finished()


@pytest.fixture
def client(mongod_uri: str, finished: Finished) -> MotorClient:
    """
    Return a client of its own name, with a listener.
    """
    return MotorClient(mongod_uri, appname=f"abort-{ObjectId()}", event_listeners=[finished])


@pytest.fixture
def bucket(client: MotorClient, bucket: MotorGridFSBucket) -> Iterator[MotorGridFSBucket]:
    """
    Return the same bucket with larger chunks.
    """
    return MotorGridFSBucket(client["motorish_test"], bucket.collection.name, chunk_size_bytes=CHUNK)


@asynccontextmanager
async def slow_inserts(client: MotorClient, skip: int = 0, ms: int = 400) -> AsyncIterator[None]:
    """
    Let the server take its time with this client's inserts, after *skip* of them.
    """
    data = {
        "failCommands": ["insert"],
        "blockConnection": True,
        "blockTimeMS": ms,
        "appName": client.options.pool_options.appname,
    }
    await client.admin.command("configureFailPoint", "failCommand", mode={"skip": skip}, data=data)
    try:
        yield
    finally:
        await client.admin.command("configureFailPoint", "failCommand", mode="off")


async def cancelled_while(call: Callable[[], Any], waits: Callable[[], bool]) -> None:
    """
    Start a call, and cancel it once *waits* holds.
    """
    future = call()
    await until(waits)
    future.cancel()
    with pytest.raises(asyncio.CancelledError):
        await future


async def left(bucket: MotorGridFSBucket) -> tuple[int, int]:
    """
    How many files and chunks there are.
    """
    files, chunks = bucket.collection.files, bucket.collection.chunks
    return await files.count_documents({}), await chunks.count_documents({})


async def test_a_cancelled_upload_leaves_nothing(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    Chunks that the server stores only after the cancel are removed too.
    """
    async with slow_inserts(client, skip=1):
        await cancelled_while(
            lambda: bucket.upload_from_stream("x", DATA),
            lambda: 2 <= finished.sent.count(("insert", "chunks")),
        )
        await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


async def test_a_cancelled_write_gives_the_stream_up(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    The stream is closed at once, and what it had written before goes as well.
    """
    stream = bucket.open_upload_stream("x")
    await stream.write(DATA)
    async with slow_inserts(client):
        count = finished.sent.count(("insert", "chunks"))
        await cancelled_while(
            lambda: stream.write(DATA), lambda: count < finished.sent.count(("insert", "chunks"))
        )
        assert stream.closed
        with pytest.raises(ValueError, match="closed file"):
            await stream.write(DATA)
        await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


async def test_a_cancelled_close_leaves_no_file(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    Even if the file's document arrives after the cancel.
    """
    stream = bucket.open_upload_stream("x")
    await stream.write(DATA[:1000])
    async with slow_inserts(client, skip=1):
        await cancelled_while(stream.close, lambda: ("insert", "files") in finished.sent)
        await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


@pytest.mark.parametrize("use", ["close", "write", "abort"])
async def test_a_call_that_is_cancelled_behind_close(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished, use: str
) -> None:
    """
    What close() has stored stays, though a call that waited for its turn meanwhile is cancelled.
    """
    stream = bucket.open_upload_stream("x")
    await stream.write(DATA[:1000])
    async with slow_inserts(client, skip=1):
        closing = stream.close()
        waiting = getattr(stream, use)(*[DATA] * (use == "write"))
        await until(lambda: ("insert", "files") in finished.sent)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        last = stream.close()  # waits behind whatever the cancel has begun
        assert [None, None] == await asyncio.gather(closing, last)

    assert "delete files" not in finished.answered
    assert DATA[:1000] == await (await bucket.open_download_stream(stream._id)).read()


async def test_close_behind_a_cancelled_write(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    It does not succeed: the file lacks what was not written.  Closing what is given up does nothing.
    """
    stream = bucket.open_upload_stream("x")
    async with slow_inserts(client):
        writing, waiting, closing = stream.write(DATA), stream.write(DATA), stream.close()
        await until(lambda: ("insert", "chunks") in finished.sent)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await writing
        with pytest.raises(ValueError, match=r"not stored: .* given up"):
            await closing
        await stream.close()
        await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


async def test_a_dropped_stream_gives_its_session_back(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    Also one whose close() has failed: one stream after the other needs one session on the server.
    """
    await bucket.upload_from_stream_with_id(1, "x", DATA)
    for _ in range(3):
        await bucket.open_upload_stream("x").write(DATA)
        with pytest.raises(FileExists):
            async with bucket.open_upload_stream_with_id(1, "x") as stream:
                await stream.write(b"not many bytes")
        del stream
        await turns(1)  # this step of the loop holds the future that has failed
        gc.collect()

    assert 1 == len(finished.sessions)


async def test_a_task_that_is_cancelled_in_the_block(bucket: MotorGridFSBucket, finished: Finished) -> None:
    """
    An ``async with`` that is cancelled somewhere else leaves nothing either.
    """
    written = asyncio.Event()

    async def upload() -> None:
        async with bucket.open_upload_stream("x") as stream:
            await stream.write(DATA)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(upload())
    await written.wait()
    task.cancel()
    await asyncio.wait([task])
    await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


async def test_a_deadline(bucket: MotorGridFSBucket, client: MotorClient, finished: Finished) -> None:
    """
    motorish.timeout ends an upload the same way.
    """
    await bucket.upload_from_stream("first", b"")
    async with slow_inserts(client):
        with motorish.timeout(0.1), pytest.raises(motorish.DeadlineExceeded):
            await bucket.upload_from_stream("x", DATA)
        await until(lambda: "delete chunks" in finished.answered)

    assert (1, 0) == await left(bucket)


async def test_a_source_that_fails(bucket: MotorGridFSBucket, finished: Finished) -> None:
    """
    Its exception comes out, and what it gave before is removed.
    """

    class Source:
        given = 0

        async def read(self, size: int) -> bytes:
            self.given += size
            if self.given > len(DATA):
                raise ZeroDivisionError
            return bytes(size)

    with pytest.raises(ZeroDivisionError):
        await bucket.upload_from_stream("x", Source())
    await until(lambda: "delete chunks" in finished.answered)

    assert (0, 0) == await left(bucket)


async def test_another_file_of_the_same_id_is_safe(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    Giving up an upload whose _id is taken does not touch the file that has it.
    """
    await bucket.upload_from_stream_with_id(1, "x", DATA)
    count = finished.sent.count(("insert", "chunks"))
    async with slow_inserts(client):
        await cancelled_while(
            lambda: bucket.upload_from_stream_with_id(1, "y", DATA[::-1]),
            lambda: count < finished.sent.count(("insert", "chunks")),
        )
        await until(lambda: "delete chunks" in finished.answered)

    assert DATA == await (await bucket.open_download_stream(1)).read()


async def test_an_id_is_used_once(bucket: MotorGridFSBucket, finished: Finished) -> None:
    """
    A second upload with the same _id is FileExists, and leaves the first file alone.
    """
    await bucket.upload_from_stream_with_id(1, "x", DATA)
    with pytest.raises(FileExists):
        await bucket.upload_from_stream_with_id(1, "y", DATA[::-1])
    await until(lambda: "delete chunks" in finished.answered)

    assert DATA == await (await bucket.open_download_stream(1)).read()


async def test_in_a_session_of_the_caller_s(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished
) -> None:
    """
    There a late document cannot be fenced off: the file is then whole.  A cancelled write is removed.
    """
    session = client.delegate.start_session()
    stream = bucket.open_upload_stream("x", session=session)
    await stream.write(DATA[:1000])
    async with slow_inserts(client, skip=1, ms=800):
        await cancelled_while(stream.close, lambda: ("insert", "files") in finished.sent)
        await until(lambda: 2 == finished.answered.count("delete files"))
        while not await bucket.collection.files.count_documents({}):
            await asyncio.sleep(0.01)
    assert DATA[:1000] == await (await bucket.open_download_stream(stream._id)).read()
    await bucket.delete(stream._id)
    finished.answered.clear()

    async with slow_inserts(client, ms=50):
        sent = len(finished.sent)
        await cancelled_while(
            lambda: bucket.upload_from_stream("x", DATA, session=session),
            lambda: ("insert", "chunks") in finished.sent[sent:],
        )
        await until(lambda: "delete chunks" in finished.answered)
    await motorish.spawn(session.end_session)

    assert (0, 0) == await left(bucket)


@pytest.mark.parametrize("use", ["read", "readchunk", "readline", "readlines"])
async def test_a_cancelled_read_loses_nothing(
    bucket: MotorGridFSBucket, client: MotorClient, finished: Finished, use: str
) -> None:
    """
    The position is where it was, the next read works, and the server's cursor is closed.
    """
    file = await bucket.open_download_stream(await bucket.upload_from_stream("x", DATA))
    await file.read(CHUNK * 2)
    fail_point = "waitAfterPinningCursorBeforeGetMoreBatch"
    await client.admin.command("configureFailPoint", fail_point, mode="alwaysOn")
    try:
        sent = len(finished.sent)
        await cancelled_while(getattr(file, use), lambda: "getMore" in dict(finished.sent[sent:]))
    finally:
        await client.admin.command("configureFailPoint", fail_point, mode="off")
    await until(lambda: any(answer.startswith("killCursors") for answer in finished.answered))

    assert 2 * CHUNK == file.tell()
    assert DATA[2 * CHUNK :] == await file.read()


async def test_calls_that_are_not_awaited_keep_their_order(bucket: MotorGridFSBucket) -> None:
    """
    Writes, and reads, of one file that are started together follow each other.
    """
    stream = bucket.open_upload_stream("x")
    parts = [DATA[at : at + 150_000] for at in range(0, len(DATA), 150_000)]
    await asyncio.gather(*[stream.write(part) for part in parts], stream.close())
    file = await bucket.open_download_stream(stream._id)

    assert parts == await asyncio.gather(*[file.read(len(part)) for part in parts])
