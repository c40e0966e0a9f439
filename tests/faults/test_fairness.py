"""
Row E43: sockets that are always ready.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import motorish
from motorish.green import socket as green_socket
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from tests.faults.figures import Figures

BUFFER_BYTES = 1 << 16
SECONDS = 0.5
LATE_MS = 50

pytestmark = pytest.mark.alone

PEER = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    peer = listener.accept()[0]
    data = bytearray(1 << 20)
    while peer.send(data) if sys.argv[1] == "sends" else peer.recv_into(data):
        pass
"""


@contextmanager
def peer(does: str) -> Iterator[int]:
    """
    Give the port of a process that sends, or receives, as fast as it can.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PEER, does], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    with process.stdout as said:
        yield int(said.readline())
    process.wait()


def receive(connection: Any) -> None:
    """
    Receive for ever.
    """
    while True:
        connection.recv(BUFFER_BYTES)


def receive_into(connection: Any) -> None:
    """
    The same into a buffer that is there already.
    """
    buffer = bytearray(BUFFER_BYTES)
    while True:
        connection.recv_into(buffer)


def read(connection: Any) -> None:
    """
    The same through a buffered file, as drivers do: a short head, and what it says will follow.
    """
    stream = connection.makefile("rb")
    while True:
        stream.read(4)
        stream.read(60)


def send(connection: Any) -> None:
    """
    Send for ever to one who is as fast.
    """
    data = bytes(BUFFER_BYTES)
    while True:
        connection.sendall(data)


@pytest.mark.row("E43")
@pytest.mark.parametrize("how", [receive, receive_into, read, send])
def test_a_socket_that_is_always_ready(how: Callable[[Any], None], figures: Figures) -> None:
    """
    The peer, a process of its own, is never slower than we are: the ticker is on time all the same.
    """
    lags: list[Lag] = []

    async def main() -> Lag:
        with peer("receives" if how is send else "sends") as port:
            connection = await motorish.spawn(green_socket.create_connection, ("127.0.0.1", port))
            call = motorish.spawn(how, connection)
            async with measured() as lag:
                await asyncio.sleep(SECONDS)
            assert not call.done()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            connection.close()
        lags.append(lag)
        return lag

    assert_no_lag(main)
    late_ms = min(max(0.0, lag.ticker_s - lag.control_s) for lag in lags) * 1000
    figures.at_most(f"{how.__name__}: the ticker is late by", LATE_MS, late_ms, "ms")
    cpu_ms = min(lag.callback_cpu_s for lag in lags) * 1000
    figures.at_most(f"{how.__name__}: longest turn of the loop", LATE_MS, cpu_ms, "ms of CPU")
