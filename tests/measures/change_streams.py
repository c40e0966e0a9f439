"""
A program: hundreds of idle change streams, and what they cost; run by test_change_streams.py.

    python change_streams.py {motorish|pymongo} URI STREAMS MAX_AWAIT_TIME_MS SECONDS

Prints JSON: the CPU time of this process and the getMores of the server during SECONDS, and how long after a
write each stream had its event.  MAX_AWAIT_TIME_MS 0 is the server's default, a second.
"""

import asyncio
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pymongo

SPARE = 10  # connections for all else
PATIENCE_S = 40.0


def main(bridge: str, uri: str, streams: str, await_ms: str, seconds: str) -> None:
    """
    Run one of the two variants.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options = {"max_await_time_ms": int(await_ms)} if int(await_ms) else {}
    measure = Measure(uri, int(streams), float(seconds))
    if bridge == "pymongo":
        in_threads(measure, options)
    else:
        asyncio.run(on_one_loop(measure, options))
    print(json.dumps(measure.results), flush=True)
    os._exit(0)  # the threads wait for changes


class Measure:
    """
    The measurement, in a thread of its own: it waits most of the time.
    """

    def __init__(self, uri: str, streams: int, seconds: float) -> None:
        self.uri, self.streams, self.seconds = uri, streams, seconds
        self.open = 0
        self.arrived: list[float] = []
        self.results: dict[str, Any] = {}

    def run(self) -> None:
        with pymongo.MongoClient[Any](self.uri) as client:
            wait_until(lambda: self.open == self.streams)
            time.sleep(1.5)  # each has begun its first getMore
            getmores, cpu = count_getmores(client), time.process_time()
            time.sleep(self.seconds)
            self.results["cpu_s"] = time.process_time() - cpu
            self.results["getmores"] = count_getmores(client) - getmores
            written = time.monotonic()
            client.motorish_streams.things.insert_one({})
            wait_until(lambda: len(self.arrived) == self.streams)
            self.results["latest_event_s"] = max(self.arrived) - written


def wait_until(condition: Callable[[], bool]) -> None:
    """
    Look every 50 ms.

    Raises:
        TimeoutError: it did not come true.
    """
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def count_getmores(client: pymongo.MongoClient[Any]) -> int:
    """
    What the server has counted since it was started.
    """
    return int(client.admin.command("serverStatus")["opcounters"]["getmore"])


async def on_one_loop(measure: Measure, options: dict[str, Any]) -> None:
    """
    Follow the changes in a coroutine for each stream.
    """
    import motorish

    client = motorish.MotorClient(measure.uri, maxPoolSize=measure.streams + SPARE)

    async def follow() -> None:
        async with client.motorish_streams.things.watch(**options) as stream:
            measure.open += 1
            async for _ in stream:
                measure.arrived.append(time.monotonic())

    tasks = [asyncio.create_task(follow()) for _ in range(measure.streams)]
    await asyncio.to_thread(measure.run)
    assert not any(task.done() for task in tasks)


def in_threads(measure: Measure, options: dict[str, Any]) -> None:
    """
    The same in a thread for each, with a PyMongo that nobody has patched.
    """
    client = pymongo.MongoClient[Any](measure.uri, maxPoolSize=measure.streams + SPARE)
    lock = threading.Lock()

    def follow() -> None:
        with client.motorish_streams.things.watch(**options) as stream:
            with lock:
                measure.open += 1
            for _ in stream:
                measure.arrived.append(time.monotonic())

    for _ in range(measure.streams):
        threading.Thread(target=follow, daemon=True).start()
    measure.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
