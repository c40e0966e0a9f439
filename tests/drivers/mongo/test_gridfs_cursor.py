"""
MotorGridOutCursor: every way to use a cursor gives files.
"""

import asyncio
from typing import Any

import pytest

from motorish import MotorGridFSBucket, MotorGridOut, MotorGridOutCursor

NAMES = ["a", "b", "c"]


async def filled(bucket: MotorGridFSBucket) -> MotorGridOutCursor:
    """
    A cursor over three files that hold their own names, two in the first batch.
    """
    for name in NAMES:
        await bucket.upload_from_stream(name, name.encode())
    return bucket.find({}, batch_size=2).sort("filename")


async def contents(files: list[MotorGridOut]) -> str:
    """
    What the files hold.
    """
    return b"".join([await file.read() for file in files]).decode()


async def test_async_for(bucket: MotorGridFSBucket) -> None:
    """
    ``async for`` gives files that can be read.
    """
    files = [file async for file in await filled(bucket)]

    assert all(type(file) is MotorGridOut for file in files)
    assert "abc" == await contents(files)


async def test_next_and_to_list(bucket: MotorGridFSBucket) -> None:
    """
    next() and to_list() give files, from the batch at hand and from the next one; then comes the end.
    """
    cursor = await filled(bucket)

    assert "ab" == await contents([await cursor.next(), await cursor.next()])
    assert "c" == await contents(await cursor.to_list(5))
    assert [] == await cursor.to_list()
    with pytest.raises(StopAsyncIteration):
        await cursor.next()
    assert "b" == await contents(await bucket.find().sort("filename").skip(1).limit(1).to_list())
    assert [] == await bucket.find().to_list(0)


async def test_fetch_next(bucket: MotorGridFSBucket) -> None:
    """
    next_object() gives files.
    """
    cursor = await filled(bucket)
    files = []
    while await cursor.fetch_next:
        files.append(cursor.next_object())

    assert "abc" == await contents(files)  # type: ignore[arg-type]
    assert None is cursor.next_object()


async def test_each(bucket: MotorGridFSBucket) -> None:
    """
    each() calls back with files, until the callback returns False.
    """
    cursor = await filled(bucket)
    files: list[Any] = []
    done = asyncio.Event()

    def got(file: MotorGridOut | None, error: BaseException | None) -> bool | None:
        assert error is None
        if file is None:
            done.set()
            return None
        files.append(file)
        return None

    cursor.each(got)
    await done.wait()

    assert "abc" == await contents(files)
    for wrong in (None, 3):
        with pytest.raises(TypeError):
            cursor.each(wrong)  # type: ignore[arg-type]


async def test_callbacks(bucket: MotorGridFSBucket) -> None:
    """
    next() and to_list() hand over to callbacks.
    """
    cursor = await filled(bucket)
    outcomes: asyncio.Queue[Any] = asyncio.Queue()
    for _ in range(2):
        cursor.next(callback=lambda *outcome: outcomes.put_nowait(outcome))
        file, error = await outcomes.get()
        assert None is error
        assert isinstance(file, MotorGridOut)
    cursor.to_list(callback=lambda *outcome: outcomes.put_nowait(outcome))
    files, error = await outcomes.get()

    assert "c" == await contents(files)


async def test_clone_rewind_and_what_is_missing(bucket: MotorGridFSBucket) -> None:
    """
    Clones and rewound cursors give files again; add_option is refused, as by PyMongo.
    """
    cursor = await filled(bucket)
    await cursor.next()

    assert "abc" == await contents(await cursor.clone().to_list())
    assert "abc" == await contents(await cursor.rewind().to_list())
    assert NAMES == sorted(await bucket.find().distinct("filename"))
    assert cursor.collection is bucket.collection
    with pytest.raises(NotImplementedError):
        cursor.add_option(2)
