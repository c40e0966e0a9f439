"""
Rows A6, A8 and C21: the drivers over sockets that take each byte alone, and whose n-th operation fails.

psycopg2 is not among them: libpq makes its system calls itself, which no Python can come between.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pymongo
import pytest

import motorish
from motorish.integrations.contract.driver import run, until
from motorish.integrations.contract.leaks import open_descriptors
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.subjects import SUBJECTS, Subject

LONG = "text" * 250
LEFT_S = 5.0
PIECE = 5

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # pg8000, when a login fails


@pytest.fixture(params=SUBJECTS)
def name(request: pytest.FixtureRequest) -> str:
    """
    Return the driver's name.
    """
    return str(request.param)


@pytest.fixture
def subject(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    """
    Return the driver, patched.  PyMongo looks again at a server it has lost sooner than after half a second.
    """
    monkeypatch.setattr(pymongo.common, "MIN_HEARTBEAT_INTERVAL", 0.02)
    package, fixture, make = SUBJECTS[name]
    with motorish.patch(package):
        subject = make(request.getfixturevalue(fixture))
        run(lambda: motorish_spawn(subject.driver.session, "warm"))  # what is made once, is made now
        yield subject


async def motorish_spawn(function: Callable[..., Any], *args: Any) -> Any:
    """
    Run a function on a child.
    """
    return await motorish.spawn(function, *args)


class Outcomes:
    """
    Talks in which something goes wrong at one socket operation, and how they ended.

    Attributes:
        ends: how many calls ended in each way.
        operations: how many the last talk had.
        wrong: answers that were another's, and clients that did not go on.
    """

    def __init__(self, subject: Subject) -> None:
        self.driver, self.errors, self.renews = subject
        self.ends: Counter[str] = Counter()
        self.operations = 0
        self.wrong: list[str] = []

    async def talk(self, **faults: Any) -> bool:
        """
        Connect, ask twice, then ask again without a fault, and close.

        Returns:
            Whether there was such an operation.
        """
        with chaos.transport(**faults) as wire:
            connection = await self._ended(motorish.spawn(self.driver.open))
            if connection is not None:
                for text in ("first", "second"):
                    await self._ask(connection, text)
        self.operations = wire.operations
        if connection is not None:
            said = await self._ask(connection, "next")
            if self.renews and said is None:
                self.wrong.append(f"{faults}: the client did not go on")
            await asyncio.gather(motorish.spawn(self.driver.close, connection), return_exceptions=True)
        if "after" != await motorish.spawn(self.driver.session, "after"):
            self.wrong.append(f"{faults}: a new connection does not work")
        return wire.hit

    async def count_left(self, talks: Callable[[], Coroutine[Any, Any, int]]) -> tuple[int, int]:
        """
        Have talks, and return what they do, and how many descriptors are left after them.
        """
        before = open_descriptors()
        result = await talks()
        gc.collect()
        with suppress(AssertionError):
            await until(lambda: before >= open_descriptors(), LEFT_S)
        return result, open_descriptors() - before

    async def _ask(self, connection: Any, text: str) -> Any:
        said = await self._ended(motorish.spawn(self.driver.echo, connection, text))
        if said not in (text, None):
            self.wrong.append(f"asked {text}, heard {said}")
        return said

    async def _ended(self, call: asyncio.Future[Any]) -> Any:
        try:
            result = await call
        except asyncio.CancelledError:
            if not call.cancelled():
                raise  # the test itself
            self.ends["cancelled"] += 1
        except self.errors:
            self.ends["error"] += 1
        else:
            self.ends["success"] += 1
            return result
        return None


@pytest.mark.row("A8")
def test_byte_by_byte(name: str, subject: Subject, figures: Figures) -> None:
    """
    Every receive and every send takes a single byte: the work is done as ever.
    """
    with chaos.transport(split=1) as wire:
        assert LONG == run(lambda: motorish_spawn(subject.driver.session, LONG))

    figures.at_least(f"{name}, socket operations of one byte, all well", 2 * len(LONG), wire.operations)


@pytest.mark.row("A6")
def test_reset_at_every_operation(name: str, subject: Subject, figures: Figures) -> None:
    """
    The n-th operation finds its connection reset, n = 1, 2, … to the end: the driver's own error, or success.

    PyMongo's calls are a retryable write and a read: they succeed.
    """
    outcomes = Outcomes(subject)

    async def talks() -> int:
        number = 1
        while await outcomes.talk(reset_at=number):
            number += 1
        return number - 1

    resets, left = asyncio.run(outcomes.count_left(talks))
    figures.at_least(f"{name}, socket operations that were reset", 7, resets)
    if name == "PyMongo":
        figures.equal("PyMongo, calls that failed by a reset", 0, outcomes.ends["error"])
    else:
        figures.note(f"{name}, calls that failed by a reset, with its own error", outcomes.ends["error"])
    figures.equal(f"{name}, wrong answers, and calls after it that failed", 0, len(outcomes.wrong))
    figures.at_most(f"{name}, descriptors left", 0, left)


@pytest.mark.row("C21")
@pytest.mark.timeout(600)
def test_cancelled_at_every_operation(name: str, subject: Subject, figures: Figures) -> None:
    """
    The call is cancelled in its n-th operation: in all of them, and in some of those that take a few bytes.
    """
    outcomes, rng = Outcomes(subject), Random(name)

    async def talks() -> int:
        number = 1
        while await outcomes.talk(cancel_at=number):
            number += 1
        await outcomes.talk(split=PIECE, seed=0)
        most = outcomes.operations
        for seed in range(figures.times(200, least=5)):
            await outcomes.talk(cancel_at=rng.randint(1, most), split=PIECE, seed=seed)
        return number - 1

    cancels, left = asyncio.run(outcomes.count_left(talks))
    figures.at_least(f"{name}, socket operations that were cancelled", 7, cancels)
    figures.at_least(f"{name}, calls that were cancelled", cancels, outcomes.ends["cancelled"])
    figures.equal(f"{name}, wrong answers, and calls after it that failed", 0, len(outcomes.wrong))
    figures.at_most(f"{name}, descriptors left", 0, left)
