"""
What every variant's process does: a round of operations whenever the runner asks for one on stdin.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

URI = sys.argv[1] if len(sys.argv) > 1 else ""
CONCURRENCY = int(sys.argv[2]) if len(sys.argv) > 2 else 50
OPERATIONS = int(sys.argv[3]) if len(sys.argv) > 3 else 2000


def share() -> int:
    """
    Operations for each of the workers of a round.
    """
    return OPERATIONS // CONCURRENCY


def serve(one_round: Callable[[], Any]) -> None:
    """
    Run *one_round* for each line on stdin; print its CPU and wall seconds, and how many operations it did.
    """
    while sys.stdin.readline():
        report(*_measured(one_round))


async def serve_async(one_operation: Callable[[], Awaitable[Any]]) -> None:
    """
    The same on an event loop: CONCURRENCY workers await one operation after the other.
    """
    loop = asyncio.get_running_loop()

    async def worker() -> None:
        for _ in range(share()):
            await one_operation()

    while await loop.run_in_executor(None, sys.stdin.readline):
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
        report(time.process_time() - cpu, time.perf_counter() - wall)


def report(cpu_s: float, wall_s: float) -> None:
    """
    Answer the runner.
    """
    done = share() * CONCURRENCY
    print(json.dumps({"cpu_s": cpu_s, "wall_s": wall_s, "operations": done}), flush=True)


def _measured(one_round: Callable[[], Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    one_round()
    return time.process_time() - cpu, time.perf_counter() - wall
