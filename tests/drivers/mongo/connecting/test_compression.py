"""
Compressed messages: zlib, zstd and snappy, as the server confirms.
"""

import warnings
from typing import Any

import pytest

from motorish import MotorClient
from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.helpers import ROOT, client_of

SIZE = 400_000


async def compressed_bytes(client: MotorClient, compressor: str) -> tuple[int, int]:
    """
    Return how many bytes the server has compressed and decompressed, counted before and after that.
    """
    status: dict[str, Any] = await client.admin.command("serverStatus")
    counters = status["network"]["compression"][compressor]
    return counters["compressor"]["bytesIn"], counters["decompressor"]["bytesOut"]


@pytest.mark.parametrize("compressor", ["zlib", "zstd", "snappy"])
async def test_compressor(plain_mongod: Mongod, compressor: str) -> None:
    """
    Both directions are compressed, and the documents are what they were.
    """
    document = {"_id": compressor, "text": "ever and ever " * (SIZE // 14)}
    async with client_of(plain_mongod, user=ROOT, compressors=compressor) as client:
        sent, received = await compressed_bytes(client, compressor)
        await client.compression_test.things.replace_one({"_id": compressor}, document, upsert=True)

        assert document == await client.compression_test.things.find_one({"_id": compressor})
        sent_then, received_then = await compressed_bytes(client, compressor)
        assert sent + SIZE - 14 <= sent_then
        assert received + SIZE - 14 <= received_then


async def test_first_that_both_know(plain_mongod: Mongod) -> None:
    """
    Of several compressors the first is used, and zlib takes a level.
    """
    options = {"compressors": ["zlib", "zstd"], "zlibCompressionLevel": 9}
    async with client_of(plain_mongod, user=ROOT, **options) as client:
        before = await compressed_bytes(client, "zstd")
        sent, _ = await compressed_bytes(client, "zlib")

        assert before == await compressed_bytes(client, "zstd")
        assert sent < (await compressed_bytes(client, "zlib"))[0]


def test_unknown_compressor() -> None:
    """
    A compressor that there is not is left out with PyMongo's warning.
    """
    with pytest.warns(UserWarning, match="Unsupported compressor: rar"):
        MotorClient(compressors="rar")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MotorClient(compressors="zlib,zstd,snappy")
