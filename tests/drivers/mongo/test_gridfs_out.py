"""
MotorGridOut: reading by bytes, chunks and lines, moving about, and the fields of the file's document.
"""

import asyncio
import io
import os
from typing import Any

import pytest
from bson import ObjectId
from gridfs.errors import CorruptGridFile, NoFile
from pymongo.errors import InvalidOperation

from motorish import MotorClient, MotorGridFSBucket, MotorGridOut

LINES = [b"first\n", b"a second that is longer than a chunk\n", b"\n", b"last"]
TEXT = b"".join(LINES)


async def opened(bucket: MotorGridFSBucket) -> MotorGridOut:
    """
    A file that holds LINES.
    """
    file: MotorGridOut = await bucket.open_download_stream(await bucket.upload_from_stream("x", TEXT))
    return file


async def test_read(bucket: MotorGridFSBucket) -> None:
    """
    So many bytes, the rest, then nothing.
    """
    file = await opened(bucket)

    assert [TEXT[:5], TEXT[5:20], b"", TEXT[20:], b""] == [
        await file.read(size) for size in (5, 15, 0, -1, -1)
    ]


async def test_iteration_gives_chunks(bucket: MotorGridFSBucket) -> None:
    """
    ``async for`` gives what is left of the file, chunk by chunk.
    """
    file = await opened(bucket)
    await file.read(3)

    assert [TEXT[3:8], TEXT[8:16]] == [chunk async for chunk in file][:2]
    assert b"" == await file.readchunk()


async def test_lines(bucket: MotorGridFSBucket) -> None:
    """
    readline, readlines and to_list give lines with their newline.
    """
    file = await opened(bucket)

    assert LINES[0] == await file.readline()
    assert LINES[1][:10] == await file.readline(10)
    file.seek(0)
    assert LINES[:2] == await file.readlines(10)
    assert LINES[2:] == await file.readlines()
    file.seek(0)
    assert LINES == await file.to_list()
    assert b"" == await file.readline()


async def test_seek(bucket: MotorGridFSBucket) -> None:
    """
    seek() takes effect at once, whether awaited or not, and gives the new position.
    """
    file = await opened(bucket)
    await file.read(20)

    assert 3 == file.seek(3)
    assert TEXT[3:9] == await file.read(6)
    assert 11 == await file.seek(2, os.SEEK_CUR)
    assert (11, TEXT[11:13]) == (file.tell(), await file.read(2))
    assert len(TEXT) - 4 == file.seek(-4, os.SEEK_END)
    assert b"last" == await file.read()
    for pos, whence in ((-1, os.SEEK_SET), (0, 7)):
        with pytest.raises(OSError, match="Invalid value"):
            file.seek(pos, whence)


async def test_fields(bucket: MotorGridFSBucket) -> None:
    """
    Fields of the document are attributes; what is none is an AttributeError.
    """
    file_id = await bucket.upload_from_stream("x", b"", metadata={"a": 1})
    file = await bucket.open_download_stream(file_id)

    assert (file_id, "x", "x", 0, {"a": 1}) == (
        file._id,
        file.name,
        file.filename,
        file.length,
        file.metadata,
    )
    assert file.uploadDate == file.upload_date
    with pytest.warns(DeprecationWarning, match="aliases"):
        assert None is file.aliases
    with pytest.raises(AttributeError, match="smell"):
        _ = file.smell
    with pytest.raises(AttributeError, match="_smell"):
        _ = file._smell


async def test_made_by_hand(bucket: MotorGridFSBucket) -> None:
    """
    It is opened by open() or a read; before that its fields are not known.
    """
    file_id = await bucket.upload_from_stream("x", TEXT)
    file = MotorGridOut(bucket.collection, file_id)
    for name in ("length", "name", "_id", "color"):
        with pytest.raises(InvalidOperation, match=rf"{name} is not known .*: await open\(\) first"):
            getattr(file, name)
    with pytest.raises(InvalidOperation, match="open"):
        file.seek(0, os.SEEK_END)
    assert file is await file.open()
    assert len(TEXT) == file.length

    assert TEXT[:1] == await MotorGridOut(bucket.collection, file_id).read(1)
    with pytest.raises(NoFile):
        await MotorGridOut(bucket.collection, ObjectId()).open()


async def test_open_with_a_callback(bucket: MotorGridFSBucket) -> None:
    """
    open() hands the file over.
    """
    file = MotorGridOut(bucket.collection, await bucket.upload_from_stream("x", TEXT))
    given = asyncio.get_running_loop().create_future()
    assert file.open(callback=lambda *outcome: given.set_result(outcome)) is None

    assert (file, None) == await given


async def test_closing(bucket: MotorGridFSBucket) -> None:
    """
    close() can be awaited or not, and ``async with`` does it.
    """
    async with await opened(bucket) as file:
        await file.read(3)
    assert file.closed
    other = await opened(bucket)
    other.close()

    assert other.closed


async def test_what_it_is_not(bucket: MotorGridFSBucket) -> None:
    """
    It behaves like a file that can be read only.
    """
    file = await opened(bucket)
    refused: list[tuple[Any, ...]] = [
        (file.fileno,),
        (file.truncate,),
        (file.write, b""),
        (file.writelines, []),
    ]

    assert (True, True, False, False) == (file.readable(), file.seekable(), file.writable(), file.isatty())
    file.flush()
    for method, *args in refused:
        with pytest.raises(io.UnsupportedOperation):
            method(*args)


async def test_corrupt_files_are_noticed(bucket: MotorGridFSBucket) -> None:
    """
    A missing, a truncated and a superfluous chunk are CorruptGridFile, in small batches too.
    """
    chunks = bucket.collection.chunks
    missing = await opened(bucket)
    await chunks.delete_one({"files_id": missing._id, "n": 2})
    truncated = await opened(bucket)
    await chunks.update_one({"files_id": truncated._id, "n": 1}, {"$set": {"data": b"short"}})
    extra = await opened(bucket)
    await chunks.insert_one({"files_id": extra._id, "n": 99, "data": b"more"})

    for file in (missing, truncated, extra):
        with pytest.raises(CorruptGridFile):
            await file.read()


async def test_stream_to_handler(bucket: MotorGridFSBucket) -> None:
    """
    Each chunk is written and flushed, and the flush is waited for.
    """
    seen: list[Any] = []

    class Handler:
        def write(self, chunk: bytes) -> None:
            seen.append(chunk)

        async def flush(self) -> None:
            await asyncio.sleep(0)
            seen.append("flushed")

    file = await opened(bucket)
    await file.read(8)
    await file.stream_to_handler(Handler())  # type: ignore[arg-type]

    assert [TEXT[8:16], "flushed", TEXT[16:24], "flushed"] == seen[:4]
    assert "flushed" == seen[-1]


def test_refusals(client: MotorClient) -> None:
    """
    The first argument is a collection.
    """
    with pytest.raises(TypeError, match="must be a MotorCollection"):
        MotorGridOut(client.shop)  # type: ignore[arg-type]
