"""
What goes wrong in the soak's storms: on the network, by the server, and with the server.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motorish.testing.chaos import Proxy

    from tests.faults.soak_subjects import Subject
    from tests.faults.soak_verdict import Ledger

RESTARTS_EVERY_S = 20.0


class Faults:
    """
    One fault after the other, at random, each for one driver; and every server is restarted in turn.

    Args:
        pairs: the drivers, and what stands before the server of each.
        ledger: where they are counted.
        rng: the random numbers.
        attempt: how to do something with a driver that may fail.
    """

    def __init__(
        self,
        pairs: list[tuple[Subject, Proxy]],
        ledger: Ledger,
        rng: random.Random,
        attempt: Callable[[Subject, Callable[[], Awaitable[Any]], float], Awaitable[Any]],
    ) -> None:
        self._pairs = pairs
        self._ledger = ledger
        self._rng = rng
        self._attempt = attempt
        self._restarted_at = 0.0
        self._servers = itertools.cycle(list({id(each.server): each.server for each, _ in pairs}.values()))

    async def go_on_until(self, end: float) -> None:
        """
        Break things until *end* on the monotonic clock, and repair each after a moment.
        """
        faults = (self._reset, self._freeze, self._trickle, self._delay, self._cut, self._crash, self._kill)
        while monotonic() < end:
            fault = self._rng.choice(faults)
            if monotonic() - self._restarted_at > min(RESTARTS_EVERY_S, self._ledger.seconds / 5):
                self._restarted_at = monotonic()
                fault = self._restart
            self._ledger.faults[fault.__name__.strip("_")] += 1
            await fault(*self._rng.choice(self._pairs))
            await asyncio.sleep(self._rng.random() * 0.3)

    async def _reset(self, subject: Subject, proxy: Proxy) -> None:
        proxy.reset()

    async def _freeze(self, subject: Subject, proxy: Proxy) -> None:
        direction = self._rng.choice((proxy.up, proxy.down))
        direction.frozen = True
        await asyncio.sleep(self._rng.random())
        direction.frozen = False

    async def _trickle(self, subject: Subject, proxy: Proxy) -> None:
        proxy.down.trickle = (7, 0.01)
        await asyncio.sleep(self._rng.random())
        proxy.down.trickle = None

    async def _delay(self, subject: Subject, proxy: Proxy) -> None:
        proxy.down.delay_s = self._rng.random() * 0.1
        await asyncio.sleep(self._rng.random())
        proxy.down.delay_s = 0.0

    async def _cut(self, subject: Subject, proxy: Proxy) -> None:
        proxy.down.cut_after = self._rng.randrange(2000)
        await asyncio.sleep(0.3)
        proxy.down.cut_after = None

    async def _crash(self, subject: Subject, proxy: Proxy) -> None:
        proxy.crash()
        await asyncio.sleep(self._rng.random() * 0.5)
        proxy.restart()

    async def _kill(self, subject: Subject, proxy: Proxy) -> None:
        await self._attempt(subject, subject.kill_all, 5.0)

    async def _restart(self, subject: Subject, proxy: Proxy) -> None:
        server = next(self._servers)
        await asyncio.to_thread(self._rng.choice((server.kill, server.stop)))
        await asyncio.to_thread(server.start)
