"""
MotorGridIn: writing, fields of the file's document, and the ways to open and close one.
"""

import asyncio
import io
from typing import Any

import pytest
from pymongo.errors import ConfigurationError
from pymongo.write_concern import WriteConcern

import motorish
from motorish import MotorClient, MotorGridFSBucket, MotorGridIn


async def content(bucket: MotorGridFSBucket, stream: MotorGridIn) -> bytes:
    """
    What the file holds on the server.
    """
    file = await bucket.open_download_stream(stream._id)
    return bytes(await file.read())


async def test_used_directly(bucket: MotorGridFSBucket) -> None:
    """
    open_upload_stream() gives a stream that can be used at once; the file is there when it is closed.
    """
    stream = bucket.open_upload_stream("x")
    await stream.write(b"some ")
    await stream.write(io.BytesIO(b"thing"))
    assert 0 == await bucket.collection.files.count_documents({})
    await stream.close()

    assert b"some thing" == await content(bucket, stream)
    assert (True, 10) == (stream.closed, stream.length)
    assert stream.upload_date is not None
    with pytest.raises(ValueError, match="closed file"):
        await stream.write(b"more")


async def test_awaited(bucket: MotorGridFSBucket) -> None:
    """
    Awaiting it gives the stream itself.
    """
    stream = bucket.open_upload_stream("x")

    assert stream is await stream


async def test_async_with(bucket: MotorGridFSBucket) -> None:
    """
    Leaving the block closes the file.
    """
    async with bucket.open_upload_stream_with_id(1, "x", metadata={"a": 1}) as stream:
        await stream.writelines([b"one\n", b"two\n"])

    assert (1, "x", {"a": 1}) == (stream._id, stream.filename, stream.metadata)
    assert b"one\ntwo\n" == await content(bucket, stream)


async def test_a_block_left_by_an_exception_leaves_nothing(bucket: MotorGridFSBucket) -> None:
    """
    The exception comes out, no file is visible, and its chunks are removed.
    """
    with pytest.raises(ZeroDivisionError):
        async with bucket.open_upload_stream("x") as stream:
            await stream.write(b"more than one chunk")
            raise ZeroDivisionError

    assert stream.closed
    assert 0 == await bucket.collection.files.count_documents({})
    with motorish.timeout(5):
        while await bucket.collection.chunks.count_documents({}):
            await asyncio.sleep(0.01)


async def test_abort(bucket: MotorGridFSBucket) -> None:
    """
    abort() removes what was written; an exception after it changes nothing.
    """
    with pytest.raises(ZeroDivisionError):
        async with bucket.open_upload_stream("x", chunk_size_bytes=200_000) as stream:
            await stream.write(bytes(400_000))
            assert 2 == await bucket.collection.chunks.count_documents({})
            await stream.abort()
            raise ZeroDivisionError

    assert stream.closed
    assert 0 == await bucket.collection.chunks.count_documents({})


async def test_fields(bucket: MotorGridFSBucket) -> None:
    """
    Names that are assigned to become fields before the file is closed, and set() sets them any time.
    """
    stream = bucket.open_upload_stream("x")
    stream.filename = "y"
    stream.color = "red"
    await stream.set("size", "big")
    with pytest.raises(AttributeError):
        stream.length = 3
    with pytest.raises(AttributeError, match="length"):
        _ = stream.length
    assert ("y", "y", "red", "big", 8) == (
        stream.name,
        stream.filename,
        stream.color,
        stream.size,
        stream.chunk_size,
    )
    await stream.close()
    await stream.set("size", "small")
    await stream.set("filename", "z")
    with pytest.raises(AttributeError, match="await set"):
        stream.color = "blue"
    with pytest.raises(AttributeError, match="smell"):
        _ = stream.smell

    file = await bucket.open_download_stream(stream._id)
    assert ("z", "red", "small") == (file.filename, file.color, file.size)


async def test_deprecated_fields(bucket: MotorGridFSBucket) -> None:
    """
    content_type works, with PyMongo's own warning.
    """
    stream = MotorGridIn(bucket.collection, content_type="text/plain", chunk_size=4, encoding="utf-8")
    await stream.write("grün")
    await stream.close()
    file = await bucket.open_download_stream(stream._id)

    with pytest.warns(DeprecationWarning, match="contentType"):
        assert "text/plain" == stream.content_type
    with pytest.warns(DeprecationWarning, match="md5"):
        assert None is stream.md5
    with pytest.warns(DeprecationWarning, match="contentType"):
        assert "text/plain" == file.content_type
    assert ("text/plain", 4, 5) == (file.contentType, file.chunk_size, file.length)


async def test_what_it_is_not(bucket: MotorGridFSBucket) -> None:
    """
    It can neither be read nor moved, and takes only what has bytes.
    """
    stream = bucket.open_upload_stream("x")

    assert (False, False, True) == (stream.readable(), stream.seekable(), stream.writeable())
    with pytest.raises(io.UnsupportedOperation):
        stream.read()
    wrong: tuple[Any, ...] = (3, "text")
    for data in wrong:
        with pytest.raises(TypeError):
            await stream.write(data)
    with pytest.raises(TypeError, match="filename"):
        bucket.open_upload_stream(None)


def test_refusals(client: MotorClient) -> None:
    """
    The first argument is an acknowledged collection.
    """
    with pytest.raises(TypeError, match="must be a MotorCollection"):
        MotorGridIn(client.shop)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        MotorGridIn(client.shop.fs.with_options(write_concern=WriteConcern(w=0)))
