"""
The contract's second group: calls that are cancelled, or whose deadline passes, at each of their waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Any

import pytest

import motorish

from ..chaos import Proxy
from .driver import Driver, Group, best_of_three, run, until
from .sweep import Cause, Sweep

END_S = 0.1
"""How long an aborted call may take to end."""

MOST_WAITS = 200
"""A call with more waits than these is not swept to its end."""

LATE_S = 0.001
MISSES = 2
"""So many calls in a row must have no such wait for the sweep to be at its end."""

LONG_S = 60.0
SERVER_STOPS_S = 4.0  # MariaDB itself looks every five seconds whether a sleeper is still wanted
ENDS: dict[Cause, type[BaseException]] = {
    "cancel": asyncio.CancelledError,
    "deadline": motorish.DeadlineExceeded,
}
both_causes = pytest.mark.parametrize("cause", ENDS)


class Aborts(Group):
    """
    What is given up ends at once, and leaves nothing that another call could stumble over.
    """

    @both_causes
    def test_abort_at_every_wait_of_a_session(self, subject: Driver[Any], cause: Cause) -> None:
        """
        Connect, echo and close in one call: aborted at each of its waits, it ends as it should.
        """

        async def prepare() -> Callable[[str], str]:
            return here.session

        with Proxy(subject.host, subject.port) as proxy:
            proxy.down.delay_s = LATE_S
            here = subject.at(proxy.host, proxy.port)
            best_of_three(lambda: run(lambda: _sweep(here, cause, prepare)), END_S)

    @both_causes
    def test_abort_at_every_wait_of_a_call(self, subject: Driver[Any], cause: Cause) -> None:
        """
        On a connection that is open: the next call on it gets its own answer or an error.
        """

        async def sweep() -> float:
            connection: Any = None

            async def prepare() -> Callable[[str], str]:
                nonlocal connection
                if connection is not None:
                    try:
                        answer = await motorish.spawn(here.echo, connection, "next")
                    except Exception:
                        await _close_broken(here, connection)
                        connection = None
                    else:
                        assert "next" == answer, "the answer to a call that was aborted"
                if connection is None:
                    connection = await motorish.spawn(here.open)
                    await motorish.spawn(here.echo, connection, "warm")
                return partial(here.echo, connection)

            slowest = await _sweep(here, cause, prepare)
            await motorish.spawn(here.close, connection)
            return slowest

        with Proxy(subject.host, subject.port) as proxy:
            proxy.down.delay_s = LATE_S
            here = subject.at(proxy.host, proxy.port)
            best_of_three(lambda: run(sweep), END_S)

    @both_causes
    def test_abort_while_the_server_works(self, subject: Driver[Any], cause: Cause) -> None:
        """
        The call ends at once; where the driver says so, the server's work ends soon, too.
        """

        async def main() -> float:
            connection = await motorish.spawn(subject.open)
            await motorish.spawn(subject.echo, connection, "warm")
            with motorish.timeout(1.0 if cause == "deadline" else None):
                assert subject.slow is not None
                deadline = monotonic() + 1.0
                future = motorish.spawn(subject.slow, connection, LONG_S)
            if subject.works_on is not None:
                await _until_in_thread(subject.works_on)
            if cause == "cancel":
                await asyncio.sleep(0.05)  # the server's reply to the statement is nowhere near
                future.cancel()
                deadline = monotonic()
            with pytest.raises(ENDS[cause]):
                await future
            took = monotonic() - deadline
            if subject.works_on is not None:
                await _until_in_thread(lambda: not subject.works_on())  # type: ignore[misc]
            await _close_broken(subject, connection)
            assert "after" == await motorish.spawn(subject.session, "after")
            return took

        if subject.slow is None:
            pytest.skip("the server has nothing slow")
        best_of_three(lambda: run(main), END_S)

    @both_causes
    def test_abort_many_at_once(self, subject: Driver[Any], cause: Cause) -> None:
        """
        Twenty calls whose answers are late are aborted at the same time.
        """
        with Proxy(subject.host, subject.port) as proxy:
            here = subject.at(proxy.host, proxy.port)

            async def main() -> None:
                connections = [await motorish.spawn(here.open) for _ in range(20)]
                for connection in connections:
                    await motorish.spawn(here.echo, connection, "warm")
                proxy.hold()
                with motorish.timeout(0.3 if cause == "deadline" else None):
                    calls = [motorish.spawn(here.echo, each, "late") for each in connections]
                if cause == "cancel":
                    await until(lambda: proxy.kept >= len(calls))
                    for call in calls:
                        call.cancel()
                ends = await asyncio.gather(*calls, return_exceptions=True)
                proxy.release()
                for connection in connections:
                    await _close_broken(here, connection)
                assert {ENDS[cause]} == {type(end) for end in ends}
                assert "after" == await motorish.spawn(here.session, "after")

            run(main)


async def _sweep(
    subject: Driver[Any], cause: Cause, prepare: Callable[[], Awaitable[Callable[[str], str]]]
) -> float:
    """
    Abort calls at their first wait, their second, and so on, until one has no such wait.

    Args:
        prepare: returns the function for the next call.

    Returns:
        The most seconds that one of them took to end.
    """
    sweep, slowest, wait, misses = Sweep(), 0.0, 1, 0
    while wait < MOST_WAITS and misses < MISSES:
        text = f"wait{wait}"
        function = await prepare()
        with sweep.watching():
            sweep.arm(wait, cause)
            result, seconds = await sweep.outcome(motorish.spawn(function, text))
        if seconds is None:  # it has no such wait; perhaps because the answer was there at once
            assert text == result
            misses += 1
            continue
        slowest = max(slowest, seconds)
        assert type(result) is ENDS[cause] or text == result, f"aborted at wait {wait}: {result!r}"
        wait, misses = wait + 1, 0
    assert wait > 1, "the call never waits: is the driver patched?"
    assert "after" == await motorish.spawn(subject.session, "after")
    return slowest


async def _close_broken(subject: Driver[Any], connection: Any) -> None:
    try:
        await motorish.spawn(subject.close, connection)
    except Exception:
        pass  # closed or not, that is all one can do


async def _until_in_thread(condition: Callable[[], bool]) -> None:
    end = monotonic() + SERVER_STOPS_S
    while not await asyncio.to_thread(condition):
        assert monotonic() < end, "the server's state did not change"
        await asyncio.sleep(0.02)
