"""
A program that forks: before its loop runs, or again and again while each driver has calls in flight.

``python forking.py early|amid OPERATIONS FORKS ADDRESSES`` prints one line of JSON for each process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import struct
import sys
import termios
import time
import warnings
from fcntl import ioctl
from functools import partial
from pathlib import Path
from typing import Any

from tornado.process import fork_processes

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import motorish  # noqa: E402
from motorish.hub import current_hub  # noqa: E402
from tests.faults import everyday  # noqa: E402

EXIT = 7
WORKERS = 3
BYTES_RECEIVED, BYTES_SENT, INFO_SIZE = 128, 200, 232  # in Linux's struct tcp_info


async def ask(client: Any, who: str, operations: int) -> int:
    """
    Have the server say different things.

    Returns:
        How many answers were not one's own.
    """
    mixed_up = 0
    for number in range(operations):
        text = f"{who}x{number}"
        cursor = client.admin.aggregate([{"$documents": [{"said": text}]}])
        mixed_up += [{"said": text}] != await cursor.to_list()
    return mixed_up


def report(**seen: Any) -> None:
    """
    Print one line, at once.
    """
    os.write(1, json.dumps(seen).encode() + b"\n")


def early(where: everyday.Addresses, operations: int) -> None:
    """
    The client is made, then the processes.
    """
    client = motorish.MotorClient(**where["PyMongo"], directConnection=True)
    number = fork_processes(4, max_restarts=0)

    async def main() -> int:
        try:
            return await ask(client, f"early{number}", operations)
        finally:
            await client.close()

    report(mixed_up=asyncio.run(main()), operations=operations)


class Traffic:
    """
    What has gone through a process's sockets, as the kernel counts it.
    """

    def __init__(self) -> None:
        self.sent: dict[int, int] = {}
        self.read: dict[int, int] = {}
        for fd, stream in current_hub().streams.items():
            owner = None if stream.owner is None else stream.owner()
            with socket.socket(fileno=os.dup(fd)) as sock:
                if owner is None and not _is_tcp(sock):
                    continue
                info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, INFO_SIZE)
                received, self.sent[fd] = (
                    struct.unpack_from("Q", info, at)[0] for at in (BYTES_RECEIVED, BYTES_SENT)
                )
                unread = struct.unpack("i", ioctl(sock, termios.FIONREAD, bytes(4)))[0]
                self.read[fd] = received - unread


def traffic_at_rest() -> Traffic:
    """
    What has gone through by now; replies that arrive between two of the kernel's figures would spoil them.
    """
    last, now = Traffic(), Traffic()
    while (last.sent, last.read) != (now.sent, now.read):
        last, now = now, Traffic()
    return now


def _is_tcp(sock: socket.socket) -> bool:
    return sock.family == socket.AF_INET and sock.type == socket.SOCK_STREAM


def forked(client: Any, where: everyday.Addresses, operations: int, leaves: bool) -> None:
    """
    The life of a child process.
    """
    began = time.monotonic()
    refused = None
    try:
        asyncio.run(ask(client, "same", 1))
    except motorish.ForeignLoopError as error:
        refused = str(error)
    took = time.monotonic() - began

    async def main() -> int:
        client = motorish.MotorClient(**where["PyMongo"], directConnection=True)
        try:
            return await ask(client, f"fork{os.getpid()}", operations)
        finally:
            await client.close()

    report(refused=refused, refused_s=took, mixed_up=asyncio.run(main()), operations=operations)
    if leaves:
        sys.exit(EXIT)
    os._exit(EXIT)


async def amid(where: everyday.Addresses, operations: int, forks: int) -> None:
    """
    Fork while calls are in flight; the parent does nothing meanwhile, so that its sockets must be still.
    """
    rng = random.Random(31)
    client = motorish.MotorClient(**where["PyMongo"], directConnection=True)
    drivers = everyday.drivers(where)
    open_now = {name: [await motorish.spawn(each.open) for _ in range(2)] for name, each in drivers.items()}
    done = mixed_up = touched = failed = 0
    stop = False

    async def work(number: int) -> None:
        nonlocal done, mixed_up
        while not stop:
            mixed_up += await ask(client, f"parent{number}x{done}", 1)
            done += 1

    async def work_of(name: str, connection: Any) -> None:
        nonlocal done, mixed_up
        while not stop:
            text = f"{name.replace('-', '')}x{done}"
            mixed_up += text != await motorish.spawn(drivers[name].echo, connection, text)
            done += 1

    def fork_here(leaves: bool) -> None:
        nonlocal touched, failed
        before = traffic_at_rest()
        pid = os.fork()
        if not pid:
            forked(client, where, operations, leaves)
        failed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != EXIT
        after = traffic_at_rest()
        touched += before.sent != after.sent or before.read != after.read

    workers = [asyncio.ensure_future(work(number)) for number in range(WORKERS)]
    workers += [
        asyncio.ensure_future(work_of(name, each)) for name, all_of in open_now.items() for each in all_of
    ]
    for number in range(forks):
        target = done + operations
        await asyncio.sleep(rng.random() * 0.01)
        # From a callback of the loop and from a call; the process ends at once, or through the parent's loop.
        run = partial(fork_here, number % 4 == 0)
        if number % 2:
            await motorish.spawn(run)
        else:
            run()
        while done < target:
            await asyncio.sleep(0.001)
    stop = True
    await asyncio.gather(*workers)
    await client.close()
    for name, all_of in open_now.items():
        for each in all_of:
            await motorish.spawn(drivers[name].close, each)
    report(touched=touched, failed=failed, done=done, mixed_up=mixed_up, forks=forks)


if __name__ == "__main__":
    how, operations, forks, where = sys.argv[1], *map(int, sys.argv[2:4]), json.loads(sys.argv[4])
    warnings.filterwarnings("ignore", category=ResourceWarning)  # forked processes leave the parent's open
    warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
    if how == "early":
        early(where, operations)
    else:
        with motorish.patch("pymysql", "psycopg2", "redis"):
            asyncio.run(amid(where, operations, forks))
