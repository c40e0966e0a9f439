"""
What is too large, or as large as it may be.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import bson
import pymongo
import pytest

from tests.faults.figures import Figures
from tests.faults.mongo_replay import PLACEHOLDER, message, record

ROOT = Path(__file__).parents[2]
REPLY_MB = 47.9
SEND_MB = 47


@pytest.mark.row("A10")
def test_oversize(mongod_uri: str, figures: Figures) -> None:
    """
    16 MB and a byte are refused, the connection kept; 48 MB come and 47 MB go, in three times their memory.

    16 MB and a byte are sent, as PyMongo allows for 16 KB more, and refused by the server: a WriteError.  For
    what is larger than that PyMongo raises DocumentTooLarge, and closes the connection itself.
    The reply comes from a server of the tests' own: a real one says 16 MB at a time.
    """
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        replay = record(stock)
    large = {"_id": bson.Int64(PLACEHOLDER), "data": bson.Binary(bytes(int(REPLY_MB * 1e6)))}
    found = bson.encode({"cursor": {"firstBatch": [large], "id": 0, "ns": "motorish_test.replay"}, "ok": 1})

    async def main() -> dict[str, float]:
        replay.spoilt = {2: lambda reply: message(int.from_bytes(reply[8:12], "little", signed=True), found)}
        async with replay.serving():
            program = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.faults.oversize_program",
                mongod_uri,
                f"mongodb://127.0.0.1:{replay.port}/?loadBalanced=true",
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
            )
            output, _ = await program.communicate()
            assert 0 == program.returncode
        return {name: float(value) for name, value in map(str.split, output.decode().splitlines())}

    said = asyncio.run(main())
    figures.equal("16 MB, 16 KB and a byte: DocumentTooLarge", 1, int(said["far_over"]))
    figures.note("16 MB and a byte", "DocumentTooLarge" if said["over"] else "the server's WriteError")
    figures.equal("connections closed for a document of 16 MB and a byte", 0, int(said["over_closed"]))
    closed, closed_alone = int(said["far_over_closed"]), int(said["far_over_closed_alone"])
    figures.equal("connections closed for one of 16 KB more, as by PyMongo alone", closed_alone, closed)
    figures.equal("documents of 1 MB that were inserted in one call", SEND_MB, int(said["sent"]))
    figures.at_most("memory for that, at its peak", 3 * SEND_MB, said["send"], "MB")
    figures.equal("a reply of 48 MB brought so many MB", REPLY_MB, said["received"])
    figures.at_most("memory for that, at its peak", 3 * REPLY_MB, said["reply"], "MB")
