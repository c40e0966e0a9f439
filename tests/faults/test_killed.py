"""
Row A1: the server is killed with SIGKILL amid queries, and comes back on the same port.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import signal
import socket
from collections import Counter
from math import inf
from operator import gt
from time import monotonic
from typing import NamedTuple

import pytest

from motorish.hub import current_hub
from motorish.integrations.contract.lag import measured
from motorish.integrations.contract.leaks import open_descriptors
from motorish.integrations.servers.base import Server
from tests.faults.figures import Figures
from tests.faults.victims import AT_ONCE, DRIVERS, Client, signal_all, until

ATTEMPTS = 3
TOKENS = itertools.count(1)

pytestmark = [pytest.mark.row("A1"), pytest.mark.timeout(1800)]


class Tally:
    """
    What became of the operations.
    """

    def __init__(self) -> None:
        self.started = self.results = self.errors = self.mixed_up = self.kills = self.left_busy = 0


class Times(NamedTuple):
    """
    Of one kill, in ms.

    Attributes:
        error_ms: from the end of another connection, which a thread sees, to the last error.
        back_ms: from the server's return to a success.
        lag_ms: the loop's, until the last error: a server that starts keeps the machine busy.
        kill_ms: from the kill to the last error: how long a process takes to die is the machine's affair.
    """

    error_ms: float
    back_ms: float
    lag_ms: float
    kill_ms: float


LIMITS = Times(100, 2000, 50, inf)


class Round:
    """
    One kill: half of the operations are held by the server, the others come and go.
    """

    def __init__(self, client: Client, server: Server, tally: Tally) -> None:
        self.client, self.server, self.tally = client, server, tally
        self.killed_at: float | None = None
        self.last_error_at = 0.0
        self.waiting = AT_ONCE // 2  # of those that come and go, for their first answer

    async def run(self) -> Times:
        """
        Kill the server, see all operations fail, start it again, see one succeed.
        """
        tasks = [asyncio.create_task(self.hold()) for _ in range(AT_ONCE // 2)]
        tasks += [asyncio.create_task(self.echo_on()) for _ in range(AT_ONCE // 2)]
        await until(lambda: not self.waiting and self.client.busy() >= AT_ONCE // 2)
        async with measured() as lag:
            witness = socket.create_connection((self.server.host, self.server.port))
            ended = asyncio.create_task(asyncio.to_thread(ended_at, witness))
            await asyncio.sleep(random.uniform(0.0, 0.02))  # at any point of the others' exchanges
            self.killed_at = signal_all(self.server, signal.SIGKILL)
            self.tally.kills += 1
            await asyncio.gather(*tasks)
            error_s = self.last_error_at - await ended
            self.tally.left_busy = max(self.tally.left_busy, self.client.busy())

        back = asyncio.create_task(self.first_success())
        ready_at = await asyncio.to_thread(self.restart)
        back_s = max(0.0, await back - ready_at)
        late_s = max(lag.callback_cpu_s, lag.ticker_s - lag.control_s)
        kill_s = self.last_error_at - self.killed_at
        return Times(max(0.0, error_s) * 1000, back_s * 1000, late_s * 1000, kill_s * 1000)

    async def hold(self) -> None:
        self.tally.started += 1
        try:
            await self.client.hold()  # should it come to its end, that is no outcome that counts
        except self.client.lost:
            self.failed()

    async def echo_on(self) -> None:
        is_first = True
        while self.killed_at is None:
            token = next(TOKENS)
            self.tally.started += 1
            try:
                answer = await self.client.echo(token)
            except self.client.lost:
                self.failed()
                return
            self.tally.results += 1
            self.tally.mixed_up += answer != token
            self.waiting -= is_first
            is_first = False

    def failed(self) -> None:
        self.tally.errors += 1
        self.last_error_at = monotonic()

    def restart(self) -> float:
        """
        Runs in a thread.
        """
        self.server.stop()  # it is dead: this collects it
        self.server.start()
        return monotonic()

    async def first_success(self) -> float:
        token = next(TOKENS)
        while True:
            try:
                self.tally.mixed_up += token != await self.client.echo(token)
            except self.client.lost:
                await asyncio.sleep(0.01)
            else:
                return monotonic()


def ended_at(witness: socket.socket) -> float:
    """
    Runs in a thread: wait until the server has gone, and say when that was.
    """
    with witness, contextlib.suppress(ConnectionResetError):
        while witness.recv(4096):  # a greeting
            pass
    return monotonic()


async def kill(driver: type[Client], server: Server, times: int) -> tuple[Tally, Times, str]:
    """
    Kill the server so often; return the tally, the worst times, and what is left.
    """
    tally, worst = Tally(), Times(0, 0, 0, 0)
    client = driver(server.host, server.port, server)
    before = counts()
    for _ in range(times):
        best = await Round(client, server, tally).run()
        for _ in range(ATTEMPTS - 1):  # what else the machine does can only add
            if any(map(gt, best, LIMITS)):
                best = Times(*map(min, best, await Round(client, server, tally).run()))
        worst = Times(*map(max, worst, best))
    await client.close()
    await until(lambda: not current_hub().calls and len(asyncio.all_tasks()) == 1)
    left = counts() - before
    return tally, worst, ", ".join(f"{count} {what}" for what, count in left.items()) or "nothing"


def counts() -> Counter[str]:
    """
    What must not grow.
    """
    return Counter(descriptors=open_descriptors(), tasks=len(asyncio.all_tasks()))


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.driver, indirect=True)
def test_killed_amid_queries(driver: type[Client], victim: Server, figures: Figures) -> None:
    """
    Each operation has one outcome, at once and its own; nothing is left; the client finds the server again.
    """
    tally, worst, left = asyncio.run(kill(driver, victim, figures.times(100, least=1)))

    name = driver.driver
    assert 0 == tally.left_busy, "the pool counts connections in use after a kill"
    figures.note(f"{name}, kills", tally.kills)
    figures.equal(f"{name}, outcomes of the operations", tally.started, tally.results + tally.errors)
    figures.equal(f"{name}, replies mixed up", 0, tally.mixed_up)
    figures.at_most(f"{name}, from the server's FIN to the last error", LIMITS.error_ms, worst.error_ms, "ms")
    figures.note(f"{name}, from the kill to the last error", worst.kill_ms, "ms")
    figures.at_most(f"{name}, from the server's return to a success", LIMITS.back_ms, worst.back_ms, "ms")
    figures.equal(f"{name}, left after closing", "nothing", left)
    figures.at_most(f"{name}, the loop was late", LIMITS.lag_ms, worst.lag_ms, "ms")
