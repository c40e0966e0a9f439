"""
What an operation costs, counted and not timed: calls, switches, system calls, what the loop is given.

Python tells a profile function about every Python and C function that is called in the thread, children
included; greenlet tells a trace function about every switch.
"""

from __future__ import annotations

import _socket
import asyncio
import gc
import linecache
import math
import select
import sys
import tracemalloc
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import greenlet

import motorish
from motorish.hub import Child, current_hub
from motorish.patcher.imports import green_import

AT, EACH, ROUNDS, WARM_UPS = 50, 4, 3, 8
"""So many tasks, each with so many operations in a round; the best of so many rounds counts."""

TASKS_OWN = 2 * AT
"""Handles of the loop that the tasks themselves need, to begin and to end."""

PACKAGE = f"{Path(motorish.__file__).parent}/"
LOOPS = ("/asyncio/", "/tornado/", "/selectors.py")
POLLERS = tuple(getattr(select, name) for name in ("epoll", "kqueue") if hasattr(select, name))
POLL = type(select.poll())
NO_SYSTEM_CALL = {"fileno", "gettimeout", "settimeout", "detach"}
EVENTS: dict[CodeType, str] = {
    asyncio.Handle.__init__.__code__: "callbacks and timers given to the loop",
    asyncio.TimerHandle.__init__.__code__: "timers",
    Child.__init__.__code__: "new greenlets",
    green_import.__code__: "imports inside the driver's functions",
}
CALLBACKS, TIMERS, NEW_GREENLETS, IMPORTS = EVENTS.values()
CALLS, SENT_AND_RECEIVED, SWITCHES = "Python calls in motorish", "sends and receives", "greenlet switches"
POLLS, REGISTRATIONS, OTHER = "polls by the loop", "changes of what it polls", "other system calls"
PER_OPERATION = (CALLS, SENT_AND_RECEIVED, POLLS, REGISTRATIONS, OTHER, SWITCHES, *EVENTS.values())
NOTHING_KEPT = 50
"""Blocks that are nothing in 1,000 operations: a list that has grown, a cache that was filled."""

KEPT, GARBAGE = "memory blocks that 1,000 operations leave behind", "objects left to the garbage collector"
BYTES = "bytes that motorish allocated, in flight"

Operation = Callable[[], Awaitable[Any]]


async def many(operation: Operation, each: int = EACH) -> None:
    """
    Await *operation* so many times in each of 50 tasks.
    """

    async def work() -> None:
        for _ in range(each):
            await operation()

    await asyncio.gather(*(work() for _ in range(AT)))


async def warm_up(operation: Operation) -> None:
    """
    Make the connections, and whatever else the first operations make.
    """
    for _ in range(WARM_UPS):
        await many(operation, each=2)


@dataclass
class Counts:
    """
    Attributes:
        per: each figure, per operation.
        where: functions of motorish and how often each was called, per operation; its lines and their bytes.
    """

    per: dict[str, float]
    where: dict[str, dict[str, float]]


async def count(operation: Operation) -> Counts:
    """
    Take all figures of an operation, in a steady state.
    """
    hub = current_hub()
    hub.turn_s = hub.long_s = math.inf  # being counted takes time, too
    await warm_up(operation)
    rounds = [await _round(operation) for _ in range(ROUNDS)]  # a heartbeat may come into one of them
    per = {name: min(events[name] for events, _ in rounds) / (AT * EACH) for name in PER_OPERATION}
    functions = min((functions for _, functions in rounds), key=Counter.total)
    lines = await _bytes_in_flight(operation)
    per |= {KEPT: await _kept_blocks(operation), GARBAGE: await _garbage(operation)}
    per[BYTES] = sum(lines.values())
    where = {
        f"{code.co_qualname} ({Path(code.co_filename).name})": number / (AT * EACH)
        for code, number in functions.most_common()
    }
    return Counts(per, {CALLS: where, BYTES: lines})


async def _round(operation: Operation) -> tuple[Counter[str], Counter[CodeType]]:
    events: Counter[str] = Counter()
    functions: Counter[CodeType] = Counter()

    def on_call(frame: FrameType, event: str, function: Any) -> None:
        code = frame.f_code
        if event == "call":
            if code in EVENTS:
                events[EVENTS[code]] += 1
            elif code.co_filename.startswith(PACKAGE):
                functions[code] += 1
        elif event == "c_call" and (kind := _kind_of_system_call(function)) and _is_ours(code.co_filename):
            events[kind] += 1

    def on_switch(event: str, _: object) -> None:
        events[SWITCHES] += 1

    profile, trace = sys.getprofile(), greenlet.settrace(on_switch)
    sys.setprofile(on_call)
    try:
        await many(operation)
    finally:
        sys.setprofile(profile)
        greenlet.settrace(trace)
    events[CALLBACKS] -= TASKS_OWN
    events[CALLS] = functions.total()
    return events, functions


def _is_ours(file: str) -> bool:
    # Not what the driver itself asks the system for: PyMongo calls getpid() four times for a find_one.
    return file.startswith(PACKAGE) or any(loop in file for loop in LOOPS)


def _kind_of_system_call(function: Any) -> str | None:
    owner = function.__self__
    if isinstance(owner, _socket.socket) and function.__name__ not in NO_SYSTEM_CALL:
        return SENT_AND_RECEIVED if function.__name__.startswith(("send", "recv")) else OTHER
    if isinstance(owner, POLLERS):
        return POLLS if function.__name__ in ("poll", "control") else REGISTRATIONS
    if isinstance(owner, POLL) and function.__name__ == "poll":
        return OTHER
    return OTHER if getattr(owner, "__name__", None) == "posix" else None


async def _kept_blocks(operation: Operation) -> int:
    kept: list[int] = []
    while len(kept) < ROUNDS and (not kept or kept[-1] > NOTHING_KEPT):  # the first may fill caches
        gc.collect()
        before = sys.getallocatedblocks()
        await many(operation, each=1000 // AT)
        gc.collect()
        kept.append(sys.getallocatedblocks() - before)
    return min(kept)


async def _garbage(operation: Operation) -> float:
    gc.collect()
    gc.disable()
    try:
        await many(operation)
        return gc.collect() / (AT * EACH)
    finally:
        gc.enable()


async def _bytes_in_flight(operation: Operation) -> dict[str, float]:
    tracemalloc.start()
    try:
        waiting = [asyncio.ensure_future(operation()) for _ in range(AT)]
        found = tracemalloc.take_snapshot()  # all have been sent, and the loop has not turned
    finally:
        tracemalloc.stop()
    await asyncio.gather(*waiting)
    lines = {}
    for line in found.filter_traces([tracemalloc.Filter(True, f"{PACKAGE}*")]).statistics("lineno"):
        path, number = line.traceback[0].filename, line.traceback[0].lineno
        if ".switch(" not in linecache.getline(path, number):  # a copy of the C stack: as large as C's frames
            lines[f"{Path(path).name}:{number}"] = line.size / AT
    return lines
