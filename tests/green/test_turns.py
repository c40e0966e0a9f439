"""
Many sockets that are ready at once: the calls that wait for them do not hold up the rest of the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import motorish
from motorish.green import socket
from motorish.hub import TURN_S
from tests.loops import on_every_loop, turns

CALLS = 20


def work(sock: Any) -> bytes:
    """
    Wait for a byte, then compute for half a turn.
    """
    received: bytes = sock.recv(1)
    end = monotonic() + TURN_S / 2
    while monotonic() < end:
        pass
    return received


@on_every_loop
def test_the_loop_comes_round(run: Callable[..., Any]) -> None:
    """
    Between two or three calls, not after all of them; each gets what it waits for.
    """
    rounds = 0

    async def main() -> None:
        nonlocal rounds
        pairs = [socket.socketpair() for _ in range(CALLS)]
        calls = [motorish.spawn(work, near) for near, _ in pairs]
        await turns(2)
        for _, far in pairs:
            far.send(b"x")
        before = sum(call.done() for call in calls)
        while not all(call.done() for call in calls):
            await asyncio.sleep(0)
            now = sum(call.done() for call in calls)
            rounds += now > before
            before = now
        assert [b"x"] * CALLS == await asyncio.gather(*calls)
        for pair in pairs:
            for sock in pair:
                sock.close()

    run(main)
    assert CALLS // 4 <= rounds
