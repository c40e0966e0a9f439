"""
The contract's fourth group: nothing is left of calls that are over, however they ended.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import motorish
from motorish import hub

from ..chaos import Proxy
from .driver import Driver, Group, run, until

CALLS = 10
ROUNDS = 3


class Leaks(Group):
    """
    Descriptors, threads, calls and the driver's own objects are counted.
    """

    def test_nothing_is_left(self, subject: Driver[Any]) -> None:
        """
        Calls complete, are cancelled, run out of time and lose their server; then the counts are as before.
        """
        with Proxy(subject.host, subject.port) as proxy:
            run(lambda: _live(subject.at(proxy.host, proxy.port), proxy))  # what is made once, is made now
            before = counts(subject.packages)
            for _ in range(ROUNDS):
                run(lambda: _live(subject.at(proxy.host, proxy.port), proxy))
            after = counts(subject.packages)

        grown = {what: count - before[what] for what, count in after.items() if count > before[what]}
        assert {} == {what: more for what, more in grown.items() if more >= ROUNDS}, "left after each round"

    def test_nothing_is_left_on_the_loop(self, subject: Driver[Any]) -> None:
        """
        While the loop runs on: no call in flight, no descriptor registered, no more open than before.
        """

        async def main() -> None:
            await motorish.spawn(subject.session, "first")
            await until(lambda: not hub.current_hub().calls)
            gc.collect()
            before = open_descriptors()
            calls = [motorish.spawn(subject.session, "text") for _ in range(CALLS)]
            for call in calls[::2]:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            del calls, call
            here = hub.current_hub()
            await until(lambda: not here.calls)
            gc.collect()
            await until(lambda: not here.streams)
            await until(lambda: before >= open_descriptors())  # servers in this process close theirs later

        run(main)


async def _live(here: Driver[Any], proxy: Proxy) -> None:
    """
    Let calls end in each way that there is.
    """
    await asyncio.gather(*(motorish.spawn(here.session, f"text{number}") for number in range(CALLS)))
    proxy.hold()
    cancelled = [motorish.spawn(here.session, "late") for _ in range(CALLS)]
    await until(lambda: proxy.kept >= CALLS)
    for call in cancelled:
        call.cancel()
    with motorish.timeout(0.05):
        late = [motorish.spawn(here.session, "late") for _ in range(CALLS)]
    await asyncio.gather(*cancelled, *late, return_exceptions=True)
    proxy.release()
    proxy.hold()
    killed = [motorish.spawn(here.session, "late") for _ in range(CALLS)]
    await until(lambda: proxy.kept >= CALLS)
    proxy.crash()
    await asyncio.gather(*killed, return_exceptions=True)
    proxy.restart()


def counts(packages: Sequence[str]) -> Counter[str]:
    """
    What must not grow: open descriptors, threads, hubs, and the driver's objects by class.
    """
    gc.collect()
    gc.collect()
    found = Counter(
        f"{type(each).__module__}.{type(each).__qualname__}"
        for each in gc.get_objects()
        if _package_of(each) in packages
    )
    found["open descriptors"] = open_descriptors()
    found["threads"] = threading.active_count()
    found["hubs"] = len(hub._hubs)
    return found


def open_descriptors() -> int:
    """
    How many descriptors this process has open (on Linux and macOS).
    """
    return len(os.listdir("/dev/fd"))


def _package_of(thing: object) -> str:
    module = type(thing).__module__
    return module.partition(".")[0] if isinstance(module, str) else ""
