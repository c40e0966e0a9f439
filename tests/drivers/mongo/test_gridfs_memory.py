"""
However large a file is, three of its chunks are in memory at the most, up and down.

MOTORISH_GRIDFS_MB=200 makes the files ten times as large.
"""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from gridfs import DEFAULT_CHUNK_SIZE

from motorish import MotorGridFSBucket
from tests import memory

FILE_BYTES = int(os.environ.get("MOTORISH_GRIDFS_MB", "20")) << 20
LARGE_CHUNK = 4 << 20
Measure = Callable[[], int]


class Source:
    """
    A stream of so many bytes that holds none of them.
    """

    def __init__(self, left_bytes: int) -> None:
        self.left_bytes = left_bytes

    def read(self, size: int) -> bytes:
        """
        Give *size* bytes, as long as there are.
        """
        size = min(size, self.left_bytes)
        self.left_bytes -= size
        return bytes(size)


class Sink:
    """
    A stream that counts what it gets.
    """

    got_bytes = 0

    async def write(self, data: bytes) -> None:
        """
        Count.
        """
        self.got_bytes += len(data)


@contextmanager
def traced() -> Iterator[Measure]:
    """
    Give what tells the peak of what Python allocates.
    """
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@contextmanager
def resident() -> Iterator[Measure]:
    """
    Give what tells the peak of what the process takes from the system.
    """
    memory.forget_peak()
    before = memory.resident_bytes(memory.NOW)
    yield lambda: memory.resident_bytes(memory.AT_PEAK) - before


MEASURES = [
    pytest.param(traced, DEFAULT_CHUNK_SIZE, 64 << 10, id="what Python allocates"),
    pytest.param(
        resident,
        LARGE_CHUNK,
        2 << 20,
        id="what the process takes",
        marks=pytest.mark.skipif(not memory.IS_KNOWN, reason="needs Linux's /proc"),
    ),
]


@pytest.mark.parametrize(("measure", "chunk", "all_else"), MEASURES)
async def test_three_chunks_are_enough(
    bucket: MotorGridFSBucket, measure: Callable[[], Iterator[Measure]], chunk: int, all_else: int
) -> None:
    """
    An upload and a download of many chunks take three of them, and little for all else.
    """
    bucket = MotorGridFSBucket(bucket.collection.database, bucket.collection.name, chunk)
    warm = await bucket.upload_from_stream("warm", Source(3 * chunk))
    await bucket.download_to_stream(warm, Sink())
    sink = Sink()

    with measure() as peak:  # type: ignore[attr-defined]
        file_id = await bucket.upload_from_stream("x", Source(FILE_BYTES))
        up = peak()
    with measure() as peak:  # type: ignore[attr-defined]
        await bucket.download_to_stream(file_id, sink)
        down = peak()
    with measure() as peak:  # type: ignore[attr-defined]
        file = await bucket.open_download_stream(file_id)
        async for _ in file:
            pass
        iterated = peak()

    assert FILE_BYTES == sink.got_bytes
    for taken in (up, down, iterated):
        assert taken <= 3 * chunk + all_else


async def test_small_chunks_come_many_at_a_time(bucket: MotorGridFSBucket) -> None:
    """
    The chunks of a batch are as large together as one of the usual size.
    """
    file_id = await bucket.upload_from_stream("x", bytes(300_000), chunk_size_bytes=1000)
    with traced() as peak:
        await bucket.download_to_stream(file_id, Sink())
        taken = peak()

    assert taken <= 3 * DEFAULT_CHUNK_SIZE + (128 << 10)
