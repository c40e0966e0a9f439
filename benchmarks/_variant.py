"""
What every variant's process does: rounds of operations, whenever the runner asks for one on stdin.

A variant is a file ``benchmarks/SYSTEM/VARIANT.py``.  Its class has one method for each workload, and its
last line is ``serve(ItsClass)``.  The runner starts it with the server's address and the event loop to use
("asyncio", "uvloop"), and then writes lines of JSON, each of which is answered by one::

    {"do": "open", "workload": "find_one", "at": 50}     connect, for so many workers at a time
    {"do": "round", "operations": 3000}                  measure; the answer has the figures
    {"do": "close"}
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time
from typing import Any

Figures = dict[str, Any]

CONNECTING = 20
"""How many workers connect at a time."""


class _Variant:
    """
    Args:
        address: of the server, as its fixture gives it.
        at: how many workers there are at a time.
        workload: the method that will be measured.
    """

    def __init__(self, address: str, at: int, workload: str = "") -> None:
        self.address = address
        self.at = at
        self.workload = workload


class Asynchronous(_Variant):
    """
    A client on an event loop; its workloads are coroutine functions, given what `worker` returned.
    """

    async def open(self) -> None:
        """
        Make what all workers share.
        """

    async def worker(self) -> Any:
        """
        Make what one worker has for itself: a connection, if they do not share a pool.
        """

    async def leave(self, own: Any) -> None:
        """
        Close that.
        """

    async def close(self) -> None:
        """
        Close the rest.
        """


class Blocking(_Variant):
    """
    A synchronous client; its workloads are plain functions, given what `worker` returned.
    """

    def open(self) -> None:
        """
        Make what all workers share.
        """

    def worker(self) -> Any:
        """
        Make what one worker has for itself.
        """

    def leave(self, own: Any) -> None:
        """
        Close that.
        """

    def close(self) -> None:
        """
        Close the rest.
        """

    def at_once(self, functions: list[Callable[[], None]]) -> None:
        """
        Run all of them at the same time: in threads, kept from one round to the next.
        """
        if not hasattr(self, "_pool"):
            self._pool = ThreadPoolExecutor(self.at)
        for future in [self._pool.submit(function) for function in functions]:
            future.result()


def serve(kind: type[Asynchronous] | type[Blocking]) -> None:
    """
    Do what the runner asks for until it closes our stdin.
    """
    address, loop = sys.argv[1:]
    # asyncio receives into 256 KiB, for which glibc asks the kernel each time, 10 µs and more, until the
    # process has once freed a larger block.  Most programs have; a variant had or had not, by chance.
    bytes(1 << 20)
    if issubclass(kind, Blocking):
        _serve_blocking(kind, address)
    else:
        with asyncio.Runner(loop_factory=_loop_factory(loop)) as runner:
            runner.run(_serve_asynchronous(kind, address))


def _loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if name == "asyncio":
        return None
    import uvloop

    return uvloop.new_event_loop


async def _serve_asynchronous(kind: type[Asynchronous], address: str) -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):  # the loop runs on, as in a service
        asked = json.loads(line)
        figures: Figures = {}
        match asked["do"]:
            case "open":
                variant = kind(address, asked["at"], asked["workload"])
                await variant.open()
                workers: list[Any] = []
                while len(workers) < asked["at"]:
                    some = range(min(CONNECTING, asked["at"] - len(workers)))
                    workers += await asyncio.gather(*(variant.worker() for _ in some))
                operation = getattr(variant, asked["workload"])
            case "round":
                times: list[float] = []

                async def work(own: Any, count: int) -> None:
                    for _ in range(count):
                        began = perf_counter()
                        await operation(own)  # noqa: B023
                        times.append(perf_counter() - began)  # noqa: B023

                share = max(1, asked["operations"] // len(workers))
                wall, cpu = perf_counter(), process_time()
                await asyncio.gather(*(work(own, share) for own in workers))
                figures = _figures(process_time() - cpu, perf_counter() - wall, times)
            case "close":
                await asyncio.gather(*(variant.leave(own) for own in workers))
                await variant.close()
        print(json.dumps(figures), flush=True)


def _serve_blocking(kind: type[Blocking], address: str) -> None:
    while line := sys.stdin.readline():
        asked = json.loads(line)
        figures: Figures = {}
        match asked["do"]:
            case "open":
                variant = kind(address, asked["at"], asked["workload"])
                variant.open()
                workers: list[Any] = []
                connect = lambda: workers.append(variant.worker())  # noqa: B023, E731
                while len(workers) < asked["at"]:
                    variant.at_once([connect] * min(CONNECTING, asked["at"] - len(workers)))
                operation = getattr(variant, asked["workload"])
            case "round":
                times: list[float] = []

                def work(own: Any, count: int) -> None:
                    for _ in range(count):
                        began = perf_counter()
                        operation(own)  # noqa: B023
                        times.append(perf_counter() - began)  # noqa: B023

                share = max(1, asked["operations"] // len(workers))
                wall, cpu = perf_counter(), process_time()
                variant.at_once([lambda own=own: work(own, share) for own in workers])  # type: ignore[misc]  # noqa: B023
                figures = _figures(process_time() - cpu, perf_counter() - wall, times)
            case "close":
                for own in workers:
                    variant.leave(own)
                variant.close()
        print(json.dumps(figures), flush=True)


def _figures(cpu_s: float, wall_s: float, times: list[float]) -> Figures:
    times.sort()
    return {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "operations": len(times),
        "p50_s": times[len(times) // 2],
        "p99_s": times[int(len(times) * 0.99)],
    }
