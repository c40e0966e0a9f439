"""
What the contract must know of a driver, and the base of its groups of tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Generic, TypeVar

import pytest

import motorish

C = TypeVar("C")
T = TypeVar("T")

PATIENCE_S = 30.0
"""After so long a test has failed, however busy the machine is."""


@dataclass(frozen=True, kw_only=True)
class Driver(Generic[C]):
    """
    A synchronous driver, its server, and what can be done with them.

    Args:
        packages: what to give to `motorish.patch`.
        host: of a server that is running, as a number: ``"127.0.0.1"``.
        port: of that server.
        connect: given a host and a port, returns a connection (or a client, or a pool of connections).
            It must not insist on a certificate for the host's name.
        echo: given a connection and a text of ASCII letters and digits, has the server say that text
            (``SELECT 'text'``), and returns what it said.
        close: given a connection, closes it; also one that is broken.
        slow: given a connection and a number of seconds, lets the server take so long (``SELECT
            SLEEP(0.3)``).  Where servers cannot, None: the contract then delays the answer itself.
        works_on: says whether the server is still at work on something slow that the client has given up;
            None if it need not stop.
        at_once: how many connections the server has room for, 100 at most are used.
    """

    packages: tuple[str, ...]
    host: str
    port: int
    connect: Callable[[str, int], C]
    echo: Callable[[C, str], str]
    close: Callable[[C], object]
    slow: Callable[[C, float], object] | None = None
    works_on: Callable[[], bool] | None = None
    at_once: int = 100

    def open(self) -> C:
        """
        Return a new connection to the server.
        """
        return self.connect(self.host, self.port)

    def session(self, text: str) -> str:
        """
        Connect, have *text* echoed, close.
        """
        connection = self.open()
        try:
            return self.echo(connection, text)
        finally:
            self.close(connection)

    def at(self, host: str, port: int) -> Driver[C]:
        """
        The same with another address.
        """
        return replace(self, host=host, port=port)


class Group:
    """
    Base of the groups of tests: the driver is patched in each of them.
    """

    @pytest.fixture
    def subject(self, driver: Driver[Any]) -> Iterator[Driver[Any]]:
        """
        Return the driver, patched for the length of a test.
        """
        with motorish.patch(*driver.packages):
            yield driver


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """
    Run *main* on a new event loop, for 30 seconds at the most; afterwards no call may be in flight.

    Raises:
        TimeoutError: it took longer.
    """

    async def bounded() -> T:
        async with asyncio.timeout(PATIENCE_S):
            result = await main()
        await until(lambda: not motorish.hub.current_hub().calls)
        return result

    return asyncio.run(bounded())


async def until(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """
    Let the loop turn until *condition* holds.

    Raises:
        AssertionError: it did not within *seconds*.
    """
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "what the test waits for did not come true"
        await asyncio.sleep(0.001)


def best_of_three(measure: Callable[[], float], limit_s: float) -> None:
    """
    Fail if *measure* gives more than *limit_s* seconds three times.
    """
    times = []
    for _ in range(3):
        times.append(measure())
        if times[-1] <= limit_s:
            return
    raise AssertionError(f"took {times} seconds, and may take {limit_s}")
