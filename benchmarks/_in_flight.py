"""
The process of one of memory.py's variants: its resident set before, with all operations waiting, and after.

It is given the variant's name and the URI of a mongod on this machine, and prints a line of JSON.
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] == ["gevent"]:
    from gevent import monkey

    monkey.patch_all()

import asyncio
import gc
import json
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pymongo import MongoClient

COUNT, THREADS = 10_000, 1_000
POOL_OF_ONE = {"maxPoolSize": 1, "connectTimeoutMS": 600_000}  # the server stops for a while


def resident() -> int:
    """
    Bytes of this process that are in memory, with all garbage gone.
    """
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def in_tasks(operation: Callable[[], Awaitable[Any]], block: Any, unblock: Any) -> dict[str, int]:
    """
    Await *operation* in so many tasks; *block* makes it wait, and *unblock* ends that.
    """

    async def one() -> None:
        await operation()

    async def some(count: int) -> list[asyncio.Task[None]]:
        block()
        tasks = [asyncio.create_task(one()) for _ in range(count)]
        await asyncio.sleep(1)  # all have begun, and wait
        assert not any(task.done() for task in tasks)
        return tasks

    tasks = await some(100)
    unblock()
    await asyncio.gather(*tasks)
    found = {"before": resident()}
    tasks = await some(COUNT)
    found["in flight"] = resident()
    unblock()
    await asyncio.gather(*tasks)
    del tasks
    return {**found, "idle afterwards": resident()}


def in_threads(operation: Callable[[], Any], count: int, block: Any, unblock: Any) -> dict[str, int]:
    """
    The same with threads, or with gevent's greenlets where these stand in for them.
    """

    done = []

    def some(count: int) -> list[Thread]:
        block()
        threads = [Thread(target=lambda: done.append(operation())) for _ in range(count)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        return threads

    def end(threads: list[Thread]) -> None:
        assert not done
        unblock()
        for thread in threads:
            thread.join()
        assert len(done) == len(threads)
        done.clear()

    end(some(100))
    found = {"before": resident()}
    threads = some(count)
    found["in flight"] = resident()
    end(threads)
    del threads
    return {**found, "idle afterwards": resident()}


async def waits(name: str) -> dict[str, int]:
    """
    Measure one of those that wait for an Event.
    """
    if name == "motorish":
        import motorish
        from motorish.green.threading import Event as GreenEvent

        green = GreenEvent()
        return await in_tasks(lambda: motorish.spawn(green.wait), green.clear, green.set)
    event = asyncio.Event()
    if name == "asyncio":
        return await in_tasks(event.wait, event.clear, event.set)
    from sqlalchemy.util import await_only, greenlet_spawn

    return await in_tasks(lambda: greenlet_spawn(lambda: await_only(event.wait())), event.clear, event.set)


async def finds(name: str, uri: str, block: Any, unblock: Any) -> dict[str, int]:
    """
    Measure one of the asynchronous clients.
    """
    if name == "motorish_client":
        from motorish import MotorClient as Client
    else:
        from pymongo import AsyncMongoClient as Client  # type: ignore[assignment]
    client = Client(uri, **POOL_OF_ONE)
    collection = client.motorish_bench.small
    await collection.find_one()
    return await in_tasks(collection.find_one, block, unblock)


def main(name: str, uri: str) -> None:
    """
    Measure one variant in this process.
    """
    with MongoClient(uri) as client:
        server = client.admin.command("serverStatus")["pid"]

    def block() -> None:
        os.kill(server, signal.SIGSTOP)
        time.sleep(0.1)  # until all its threads have stopped

    unblock = partial(os.kill, server, signal.SIGCONT)
    if name == "threads":
        event = Event()
        found = in_threads(event.wait, THREADS, event.clear, event.set)
    elif name in ("motorish", "asyncio", "greenlet_spawn"):
        found = asyncio.run(waits(name))
    elif name in ("gevent", "pymongo_threads"):
        with MongoClient(uri, **POOL_OF_ONE) as client:
            collection = client.motorish_bench.small
            collection.find_one()
            found = in_threads(collection.find_one, COUNT if name == "gevent" else THREADS, block, unblock)
    else:
        found = asyncio.run(finds(name, uri, block, unblock))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
