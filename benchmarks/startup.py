"""
How soon a program is there: the time to import it, and from its start to its first answer.

Each is a fresh process, timed from outside, to its first line of output; the median of seven.
The variants take turns, so that they meet the same noise; the CPU time of the process meets less of it.
"""

from __future__ import annotations

import statistics

from benchmarks import _fresh

RUNS = 7

IMPORTS = {
    "Python alone": "pass",
    "motorish": "import motorish",
    "motorish's MotorClient": "from motorish import MotorClient",
    "PyMongo": "import pymongo",
    "AsyncMongoClient": "from pymongo import AsyncMongoClient",
    "Motor": "from motor.motor_asyncio import AsyncIOMotorClient",
    "gevent + PyMongo": "from gevent import monkey; monkey.patch_all(); import pymongo",
}

ASYNCHRONOUS = """
import asyncio, sys
from {package} import {client} as Client
async def main():
    print(await Client(sys.argv[1]).motorish_bench.small.find_one({{"_id": 1}}), flush=True)
asyncio.run(main())
"""
SYNCHRONOUS = """
import sys
from pymongo import MongoClient
print(MongoClient(sys.argv[1]).motorish_bench.small.find_one({"_id": 1}), flush=True)
"""
FIRST_ANSWERS = {
    "motorish": ASYNCHRONOUS.format(package="motorish", client="MotorClient"),
    "AsyncMongoClient": ASYNCHRONOUS.format(package="pymongo", client="AsyncMongoClient"),
    "Motor": ASYNCHRONOUS.format(package="motor.motor_asyncio", client="AsyncIOMotorClient"),
    "PyMongo": SYNCHRONOUS,
    "gevent + PyMongo": "from gevent import monkey; monkey.patch_all()" + SYNCHRONOUS,
}


def measure() -> list[_fresh.Record]:
    """
    Milliseconds from the start of the process, and of its CPU; the interpreter's own are in both.
    """
    imports = {name: f"{statements}\nprint(1, flush=True)" for name, statements in IMPORTS.items()}
    records = _medians("import, with the start of Python", imports)
    with _fresh.mongod() as uri:
        return records + _medians("from process start to the answer of find_one", FIRST_ANSWERS, uri)


def _medians(what: str, programs: dict[str, str], *arguments: str) -> list[_fresh.Record]:
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(1 + RUNS):  # the first run writes bytecode and fills the page cache
        for name, program in programs.items():
            runs[name].append(_fresh.first_line("-c", program, *arguments))
    return [
        {"what": what + kind, "variant": name, "unit": "ms"}
        | {"value": statistics.median(run[which] for run in found[1:]) * 1000}
        for which, kind in enumerate(("", ", CPU"))
        for name, found in runs.items()
    ]
