"""
Messages per second that the example chat delivers to 500 WebSockets.

The server is ``python -m examples.chat`` as a user starts it, with a private mongod, both on the last core.
The clients are one process on the first.  All 500 are in one room; ten of them send, each its next message
when its last one is stored.  The rate is all deliveries by the time from the first message until everybody
has the last.  ``python -m benchmarks.chat ADDRESS`` is that process.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks import _fresh, runner

CLIENTS, SENDERS, EACH = 500, 10, 30
BURST = 15  # messages of each sender that do not count: a warm-up
ROOM = "bench"


def measure() -> list[_fresh.Record]:
    """
    Deliveries per second, and the server's CPU time for each.
    """
    with chat() as (address, server):
        before = cpu_s(server)
        found = _fresh.ask("-m", "benchmarks.chat", address)
        used = cpu_s(server) - before
    per = found["deliveries"] / found["seconds"]
    everything = CLIENTS * SENDERS * (BURST + EACH)
    what, variant = f"chat: messages to {CLIENTS} WebSockets", "examples/chat"
    return [
        {"what": f"{what}, deliveries", "variant": variant, "value": per, "unit": "per second"},
        {"what": f"{what}, sent", "variant": variant, "value": per / CLIENTS, "unit": "per second"},
        {"what": f"{what}, CPU of the server", "variant": variant, "value": used / everything * 1e6}
        | {"unit": "µs per delivery"},
    ]


@contextmanager
def chat() -> Iterator[tuple[str, int]]:
    """
    Start a chat server; give its address and its process.
    """
    allowed = runner.cores()
    with tempfile.TemporaryDirectory(prefix="motorish-bench-") as data:
        server = subprocess.Popen(
            [sys.executable, "-m", "examples.chat", "--port", "0", "--data-dir", data],
            cwd=_fresh.ROOT,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "MONGODB_URI"},
            text=True,
        )
        try:
            if len(allowed) > 1:
                os.sched_setaffinity(server.pid, {allowed[-1]})
            assert server.stdout is not None
            found = re.search(r"http://(\S+)", server.stdout.readline())
            if found is None:
                raise SystemExit(f"the chat server ended with status {server.wait()}")
            yield found[1], server.pid
        finally:
            server.terminate()  # it stops its mongod
            server.communicate()


def cpu_s(pid: int) -> float:
    """
    CPU seconds of a process until now.
    """
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Client:
    """
    Counts the messages that it gets.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = self.wanted = 0
        self.stored = asyncio.Event()
        self.complete = asyncio.Event()
        self._connection: WebSocketClientConnection | None = None

    async def connect(self, address: str) -> None:
        """
        Enter the room.
        """
        self._connection = await websocket_connect(
            f"ws://{address}/ws/{ROOM}?after=0", on_message_callback=self._on_frame
        )

    def _on_frame(self, frame: str | bytes | None) -> None:
        if frame is None:
            if self.count < self.wanted:
                raise SystemExit(f"the chat server hung up on client {self.number}")
            return
        if frame.startswith('{"ack"'):  # type: ignore[arg-type]
            self.stored.set()
            return
        self.count += frame.count('"client_id"')  # type: ignore[arg-type]
        if self.count >= self.wanted:
            self.complete.set()

    async def send(self, count: int) -> None:
        """
        Send messages, one when the one before is stored.
        """
        assert self._connection is not None
        for _ in range(count):
            self.stored.clear()
            body = {"name": "Ann", "text": "Hello, everybody!", "client_id": os.urandom(8).hex()}
            await self._connection.write_message(json.dumps(body))
            await self.stored.wait()


async def main(address: str) -> None:
    """
    Be the clients, and print how many messages came in how many seconds.
    """
    clients = [Client(number) for number in range(CLIENTS)]
    for client in clients:
        await client.connect(address)
    for each in (BURST, EACH):
        for client in clients:
            client.wanted += each * SENDERS
            client.complete.clear()
        began = perf_counter()
        await asyncio.gather(*(client.send(each) for client in clients[:SENDERS]))
        await asyncio.gather(*(client.complete.wait() for client in clients))
        seconds = perf_counter() - began
    print(json.dumps({"deliveries": CLIENTS * SENDERS * EACH, "seconds": seconds}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
