"""
time.sleep: parks a child, blocks a thread, warns on the loop.
"""

from __future__ import annotations

import asyncio
import time as stdlib
import warnings
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from motorish.errors import BlockingCallError, BlockingCallWarning
from motorish.green import outside, time
from motorish.hub import spawn
from tests.loops import Runner, in_threads, on_every_loop, outcome, same_everywhere, what


def test_parity() -> None:
    """
    Results and the types of errors are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        sleep = modules.time.sleep
        values: list[Any] = [0, 0.0, 0.001, False, -1, -0.001, float("nan"), "1", None]
        ends = [what(sleep, value) for value in values]
        return [end and end[0] for end in ends] + [what(sleep)[0], what(lambda: sleep(secs=1))[0]]

    assert [None] * 4 == same_everywhere(script)[:4]


@on_every_loop
def test_sleeps_overlap(run: Runner) -> None:
    """
    A hundred children sleep at the same time, each no less than it asked for.
    """
    short: list[float] = []

    def nap(seconds: float) -> None:
        begun = monotonic()
        time.sleep(seconds)
        short.append(seconds - (monotonic() - begun))

    async def main() -> float:
        begun = monotonic()
        await asyncio.gather(*[spawn(nap, (0.02 + n / 10000,)) for n in range(100)])
        return monotonic() - begun

    assert 0.02 <= run(main) < 1
    assert max(short) <= 0


@on_every_loop
def test_zero_lets_the_loop_run_once(run: Runner) -> None:
    """
    sleep(0) in a child gives way to whatever is ready.
    """
    order: list[str] = []

    def call(name: str) -> None:
        for _ in range(3):
            order.append(name)
            time.sleep(0)

    async def main() -> None:
        await asyncio.gather(*[spawn(call, (name,)) for name in "ab"])

    run(main)

    assert list("ababab") == order


@on_every_loop
@pytest.mark.parametrize("seconds", [0, 60])
def test_can_be_cancelled(run: Runner, seconds: float) -> None:
    """
    A sleeping call ends at once when it is cancelled; no stray wake-up reaches the next call.
    """

    def twice() -> str:
        time.sleep(0)
        time.sleep(0)
        return "undisturbed"

    async def main() -> list[Any]:
        sleeping = spawn(time.sleep, (seconds,))
        sleeping.cancel()
        first = await outcome(sleeping)
        return [first, await spawn(twice)]

    assert run(main)[1] == "undisturbed"


def test_blocks_a_plain_thread() -> None:
    """
    Without a running loop it is the stdlib's sleep, silently.
    """

    def nap() -> bool:
        begun = monotonic()
        time.sleep(0.01)
        return monotonic() - begun >= 0.01

    assert [True, True] == [nap(), *in_threads([nap])]


def test_warns_once_per_call_site_on_the_loop() -> None:
    """
    Outside a child it blocks the loop as ever, and warns: once per line, naming that line.
    """
    outside._warned.clear()

    async def main() -> None:
        for _ in range(3):
            time.sleep(0.0001)
        time.sleep(0.0001)
        time.sleep(0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main())

    assert [BlockingCallWarning] * 2 == [warning.category for warning in caught]
    assert {__file__} == {warning.filename for warning in caught}
    assert "time.sleep(0.0001) blocks the event loop" in str(caught[0].message)


def test_policy_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In a package patched with on_loop="error" it raises instead; with "allow" it is silent.
    """

    async def main() -> None:
        with pytest.raises(BlockingCallError, match=r"await motorish\.spawn\("):
            time.sleep(0.001)

    async def allowed() -> None:
        time.sleep(0.001)

    monkeypatch.setitem(outside.policies, __name__.partition(".")[0], "error")
    asyncio.run(main())
    monkeypatch.setitem(outside.policies, __name__.partition(".")[0], "allow")
    asyncio.run(allowed())


def test_other_names_are_the_stdlibs() -> None:
    """
    monotonic and the rest are the originals; the stdlib's sleep is untouched.
    """
    assert time.monotonic is stdlib.monotonic
    assert stdlib.sleep is not time.sleep
    assert "built-in" in repr(stdlib.sleep)
