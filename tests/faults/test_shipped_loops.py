"""
Bugs that asyncio, greenlet, eventlet and gevent have shipped: nothing of the kind in the core.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from greenlet import getcurrent

import motorish
from motorish import hub
from motorish.green import socket as green_socket
from motorish.green.select import select
from motorish.green.threading import Condition, Event
from motorish.hub import Child
from tests.faults.figures import Figures
from tests.loops import Runner, on_every_loop, outcome, run_asyncio, run_tornado, run_uvloop, until

RUNS = run_asyncio, run_tornado, run_uvloop
WAKE_MS = 50

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.mark.row("G26")
def test_wait_for_is_not_used(figures: Figures) -> None:
    """
    asyncio.wait_for of Python 3.11 swallows cancels: no file of the package has it.
    """
    package = Path(motorish.__file__).parent
    found = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.attr] if isinstance(node, ast.Attribute) else []
            if isinstance(node, ast.ImportFrom) and node.module == "asyncio":
                names = [alias.name for alias in node.names]
            if "wait_for" in names and "asyncio" in ast.unparse(node):
                found.append(f"{path.relative_to(package)}:{node.lineno}")

    assert [] == found
    figures.equal("uses of asyncio.wait_for", 0, len(found))


def children() -> int:
    """
    How many greenlets of ours there are.
    """
    gc.collect()
    return sum(issubclass(type(each), Child) for each in gc.get_objects())  # a weak proxy's class may be gone


def wait_in_a_cycle(ended: list[int]) -> None:
    """
    Park for ever, in a frame that knows its own greenlet.
    """
    own = getcurrent()
    try:
        Event().wait()
    finally:
        ended.append(id(own))


@pytest.mark.row("G30")
@on_every_loop
def test_suspended_greenlets_in_cycles(run: Runner, figures: Figures) -> None:
    """
    Calls are parked, their frames know their own greenlets, and the loop ends: so do they.
    """
    calls = figures.times(10_000, least=200)
    ended: list[int] = []
    before = children()

    async def main() -> None:
        for _ in range(calls):
            motorish.spawn(wait_in_a_cycle, ended)

    run(main)
    figures.equal(f"{run.__name__[4:]}, of {calls} parked calls unwound", calls, len(ended))
    figures.equal(f"{run.__name__[4:]}, greenlets left", 0, children() - before)


@pytest.mark.row("G30")
@pytest.mark.parametrize("closes", [True, False], ids=["loop closed", "loop left open"])
def test_threads_that_die_with_greenlets(closes: bool, figures: Figures) -> None:
    """
    Threads end amid the calls of their loops; those that leave their loop open have it closed from outside.
    """
    threads = figures.times(1000, least=30)
    ended: list[int] = []
    loops: list[asyncio.AbstractEventLoop] = []
    before, hubs = children(), len(hub._hubs)

    async def main() -> None:
        for _ in range(5):
            motorish.spawn(wait_in_a_cycle, ended)

    def work() -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        if closes:
            loop.close()
        else:
            loops.append(loop)

    for _ in range(threads):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    for loop in loops:
        loop.close()
    loops.clear()
    how = "that closed" if closes else "that did not close"
    if closes:
        figures.equal(f"threads {how} their loop: calls unwound", 5 * threads, len(ended))
    figures.equal(f"{threads} threads {how} their loop: greenlets left", 0, children() - before)
    figures.equal(f"{threads} threads {how} their loop: hubs left", hubs, len(hub._hubs))


def pairs(wait: str) -> tuple[Callable[[float | None], Any], Callable[[], Any], Callable[[], Any]]:
    """
    Something that two can wait for: a wait with a timeout, what ends it, and what cleans up.
    """
    if wait == "event":
        event = Event()
        return event.wait, event.set, lambda: None
    if wait == "condition":
        condition = Condition()

        def wait_for_condition(timeout: float | None) -> bool:
            with condition:
                return condition.wait(timeout)

        def notify() -> None:
            with condition:
                condition.notify_all()

        return wait_for_condition, notify, lambda: None
    ours, peer = green_socket.socketpair()

    def wait_by_select(timeout: float | None) -> bool:
        return bool(select([ours], [], [], timeout)[0])

    return wait_by_select, lambda: peer.sendall(b"!"), lambda: (ours.close(), peer.close())


@pytest.mark.row("G31")
@pytest.mark.parametrize("wait", ["select", "event", "condition"])
def test_a_timeout_is_that_waiters_alone(wait: str, figures: Figures) -> None:
    """
    Of two who wait for the same, one gives up: the other sleeps on, and is woken.
    """

    async def main() -> tuple[bool, float, float]:
        wait_for, wake, clean_up = pairs(wait)
        staying = motorish.spawn(wait_for, 20.0)
        assert not await motorish.spawn(wait_for, 0.01)
        used = time.process_time()
        await asyncio.sleep(0.1)
        used = time.process_time() - used
        began = monotonic()
        await motorish.spawn(wake)
        woken = await staying
        took = monotonic() - began
        await motorish.spawn(clean_up)
        return woken, took * 1000, used / 0.1

    best = [min((run(main) for _ in range(2)), key=lambda each: each[1]) for run in RUNS]
    figures.equal(f"{wait}, of three loops' waiters were woken", 3, sum(woken for woken, _, _ in best))
    figures.at_most(f"{wait}, woken after", WAKE_MS, max(took for _, took, _ in best), "ms")
    figures.at_most(f"{wait}, CPU of the wait", 5, max(used for _, _, used in best) * 100, "% of a core")


@pytest.mark.row("G32")
@on_every_loop
def test_a_timeout_swallows_nothing(run: Runner, figures: Figures) -> None:
    """
    A reader gives up again and again while bytes come one by one: it gets each of them, in order.
    """
    pieces = figures.times(20_000, least=500)
    sent = bytes(number % 251 for number in range(pieces))

    def receive(ours: Any) -> tuple[bytes, int]:
        got, timeouts = b"", 0
        ours.settimeout(0.001)
        while True:
            try:
                piece = ours.recv(3)
            except TimeoutError:
                timeouts += 1
            else:
                got += piece
                if not piece:
                    break
        return got, timeouts

    async def main() -> tuple[bytes, int]:
        ours, peer = green_socket.socketpair()
        receiving = motorish.spawn(receive, ours)
        loop = asyncio.get_running_loop()
        for number in range(pieces):
            # Loops count in milliseconds: in one turn a byte may come just before the reader's time is over.
            is_sent = loop.create_future()
            loop.call_later(0.0005 * (number % 5), lambda n=number: peer.send(sent[n : n + 1]))
            loop.call_later(0.0005 * (number % 5), is_sent.set_result, None)
            await is_sent
        peer.close()
        result = await receiving
        ours.close()
        return result

    got, timeouts = run(main)
    figures.equal(f"{run.__name__[4:]}, bytes lost in {timeouts} timeouts", 0, len(sent) - len(got))
    assert sent == got
    assert timeouts


@pytest.mark.row("G32")
def test_closing_wakes_the_waiter(figures: Figures) -> None:
    """
    A socket is closed, on the loop and in a thread, while a call waits for it: the call ends with an error.
    """

    async def wake(in_a_thread: bool) -> float:
        ours, peer = green_socket.socketpair()
        waiting = motorish.spawn(ours.recv, 1)
        await until(lambda: any(child.parked for child in hub.current_hub().calls))
        began = monotonic()
        if in_a_thread:
            await asyncio.to_thread(ours.close)
        else:
            ours.close()
        assert OSError is await outcome(waiting)
        took = monotonic() - began
        peer.close()
        return took * 1000

    async def main() -> list[float]:
        return [min([await wake(in_a_thread) for _ in range(5)]) for in_a_thread in (False, True)]

    here, thread = map(max, zip(*(run(main) for run in RUNS), strict=True))
    figures.at_most("closed on the loop: the waiter ends after", WAKE_MS, here, "ms")
    figures.at_most("closed in a thread: the waiter ends after", WAKE_MS, thread, "ms")
