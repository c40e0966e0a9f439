"""
Row D29: a program ends, or closes its loop, with 50 operations in flight.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.faults.figures import Figures

OPERATIONS = 50
LIMIT_S = 1.0
NEVER = "a loop never closed"
PROGRAM = """
import asyncio, atexit, collections, json, sys, time
sys.path.insert(0, {root!r})
import motorish
from motorish import hub
from tests.faults.test_closing import in_queue_s
from tests.loops import run_asyncio, run_tornado, run_uvloop

ends, seen = collections.Counter(), {{}}
client = motorish.MotorClient({uri!r})
slow = {{"$where": "sleep(20000) || true"}}

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # on a busy machine it would be mentioned
    things = client.motorish_test.closing
    await things.replace_one({{"_id": 1}}, {{}}, upsert=True)
    for number in range({operations}):
        def end(result, error, number=number):
            ends[number] += 1
        if number % 2:
            things.find_one(slow, callback=end)
        else:
            things.find_one(slow).add_done_callback(lambda future, end=end: end(None, future.cancelled()))
    here = hub.current_hub()
    while sum(stream.reader is not None for stream in here.streams.values()) < 20:
        await asyncio.sleep(0.01)
    # Two connections are made at a time: others wait for their turn, and some for a reply.
    seen["at"], seen["in_queue_s"] = time.monotonic(), in_queue_s("self")


def leave():
    print(json.dumps(seen | dict(twice=sum(count > 1 for count in ends.values()), ended=len(ends))))

atexit.register(leave)
{how}
"""
CLOSES_LATER = """
def run(new_loop):
    loop = new_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
"""
WAYS = {
    "asyncio.run": "run_asyncio(main)",
    "Tornado's run_sync": "run_tornado(main)",
    "uvloop": "run_uvloop(main)",
    "loop.close": f"{CLOSES_LATER}\nrun(asyncio.new_event_loop)",
    "sys.exit": "async def leaves():\n    await main()\n    sys.exit(3)\nrun_asyncio(leaves)",
    NEVER: "loop = asyncio.new_event_loop()\nloop.run_until_complete(main())",
}


@pytest.mark.row("D29")
@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", WAYS)
def test_program_ends_with_operations_in_flight(
    way: str, mongod_uri: str, figures: Figures, pytestconfig: pytest.Config
) -> None:
    """
    Each has one end at most; all that is printed is where the client was opened; then the process is gone.

    A future's callbacks are the loop's to call: after close() it calls none, as with any asyncio.Future.
    """
    program = PROGRAM.format(
        root=str(pytestconfig.rootpath), uri=mongod_uri, how=WAYS[way], operations=OPERATIONS
    )

    took = []
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        gone, in_queue = monotonic(), in_queue_s(process.pid)
        printed, complained = process.communicate()
        assert (3 if way == "sys.exit" else 0) == process.returncode, complained
        seen: dict[str, Any] = json.loads(printed)
        took.append(gone - seen["at"] - (in_queue - seen["in_queue_s"]))
        if took[-1] <= LIMIT_S:
            break

    figures.equal(f"PyMongo, {way}: operations with two ends", 0, seen["twice"])
    said, rest = _split(complained)
    figures.equal(f"PyMongo, {way}: lines printed besides the ResourceWarning", 0, len(rest))
    assert (way != NEVER) == any('File "<string>"' in line for line in said)
    figures.at_most(f"PyMongo, {way}: from the end of main to that of the process", LIMIT_S, min(took), "s")


def in_queue_s(process: int | str) -> float:
    """
    For how long a process has waited for a processor that others had; on Linux.
    """
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def _split(printed: str) -> tuple[list[str], list[str]]:
    """
    The lines of PyMongo's ResourceWarning, and all others.
    """
    warning = re.search(
        # Up to Python 3.12, or later.
        r"^(?:sys:1|<sys>:0): ResourceWarning: Unclosed MongoClient opened at:\n"
        r"(.*?) to safely shut down your client and free up resources\.\n",
        printed,
        re.DOTALL | re.MULTILINE,
    )
    if warning is None:
        return [], printed.splitlines()
    rest = printed[: warning.start()] + printed[warning.end() :]
    return warning[1].splitlines(), rest.splitlines()
