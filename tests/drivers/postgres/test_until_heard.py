"""
CancelRequests that come too early are sent again.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

import pytest

import motorish
from motorish.drivers.postgres import until_heard
from motorish.drivers.postgres.until_heard import UntilHeard


@pytest.mark.parametrize("end", [lambda peer: peer.send(b"canceled"), lambda peer: peer.close()])
def test_until_the_server_says_something(end: Callable[[socket.socket], object]) -> None:
    """
    Though the connection itself was closed meanwhile; then no more.
    """
    ours, peer = socket.socketpair()
    sent: list[bool] = []

    def send() -> None:
        sent.append(True)
        if len(sent) == 2:  # the first comes to nothing
            end(peer)

    async def main() -> None:
        cancel = UntilHeard(ours.fileno(), send)
        ours.close()
        await motorish.spawn(cancel)

    asyncio.run(main())
    assert [True, True] == sent
    peer.close()


def test_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A server that says nothing is left alone, and the duplicate closed.
    """
    monkeypatch.setattr(until_heard, "AGAIN_S", (0.001, 0.001, 0.001))
    ours, peer = socket.socketpair()
    sent: list[bool] = []
    before = len(os.listdir("/proc/self/fd"))

    async def main() -> None:
        await motorish.spawn(UntilHeard(ours.fileno(), lambda: sent.append(True)))

    asyncio.run(main())
    assert [True] * 3 == sent
    assert before == len(os.listdir("/proc/self/fd"))
    ours.close()
    peer.close()
