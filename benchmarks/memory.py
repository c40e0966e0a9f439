"""
Memory per operation in flight: 10,000 that wait at the same time, with few connections or none.

Each variant runs in a process of its own, `benchmarks/_in_flight.py`.  PyMongo's operations wait for the one
connection of their pool, whose server is stopped (SIGSTOP) meanwhile; so the driver's whole stack and its
objects are there.  1,000 threads stand for 10,000.
"""

from __future__ import annotations

from benchmarks import _fresh

GOAL_KIB = 12.0
WAITS = {
    "motorish": "a call that waits for an Event",
    "asyncio": "a task that awaits an Event",
    "greenlet_spawn": "SQLAlchemy's greenlet_spawn, awaiting an Event",
    "threads": "a thread that waits for an Event",
}
FINDS = {
    "motorish_client": "MotorClient",
    "async_client": "AsyncMongoClient",
    "gevent": "gevent + PyMongo",
    "pymongo_threads": "PyMongo in threads",
}


def measure() -> list[_fresh.Record]:
    """
    KiB per waiting operation, and what stays per operation when all are done.
    """
    with _fresh.mongod() as uri:
        found = {name: _fresh.ask("-m", "benchmarks._in_flight", name, uri) for name in (*WAITS, *FINDS)}
    return [
        _record(f"memory: {what}, {when}", name, variant, found[name][when] - found[name]["before"])
        for what, variants in (("a wait", WAITS), ("find_one, waiting for the pool", FINDS))
        for when in ("in flight", "idle afterwards")
        for name, variant in variants.items()
    ]


def _record(what: str, name: str, variant: str, size: int) -> _fresh.Record:
    count, note = (1_000, " (1,000 of them)") if "threads" in name else (10_000, "")
    goal = {"goal": f"≤ {GOAL_KIB:g} KiB"} if name.startswith("motorish") and "in flight" in what else {}
    return {"what": what, "variant": variant + note, "value": size / count / 1024, "unit": "KiB", **goal}
