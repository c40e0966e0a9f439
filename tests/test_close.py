"""
Closing a loop with calls in flight: each ends, its finally clauses run, nothing is printed.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
import uvloop
from tornado.ioloop import IOLoop

from motorish import hub
from motorish.green.conditions import Condition
from motorish.green.locks import Lock
from motorish.green.threading import Event
from motorish.green.time import sleep
from motorish.hub import CallFuture, current_child, spawn
from tests.faults.figures import Figures
from tests.loops import Runner, on_every_loop, turns


class Calls:
    """
    Calls of every kind that a closing loop may find, and what became of them.
    """

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.futures: dict[str, CallFuture[Any]] = {}
        self.lock = Lock()
        self.condition = Condition()

    def start(self) -> None:
        """
        Start one call of each kind on the running loop.
        """
        kinds = {
            name: getattr(self, name) for name in dir(self) if not name.startswith("_") and name in KINDS
        }
        for name, function in kinds.items():
            self.futures[name] = spawn(self.run, (name, function))
        self.futures["not begun"] = spawn(self.run, ("not begun", int), later=True)

    def run(self, name: str, function: Callable[[], None]) -> None:
        """
        Runs in the child.
        """
        try:
            function()
        finally:
            self.ended.append(name)

    def waits(self) -> None:
        Event().wait()

    def sleeps(self) -> None:
        sleep(100)

    def holds_lock(self) -> None:
        with self.lock:
            Event().wait()

    def wants_lock(self) -> None:
        with self.lock:
            Event().wait()

    def waits_for_condition(self) -> None:
        with self.condition:
            self.condition.wait()

    def waits_for_condition_too(self) -> None:
        with self.condition:
            self.condition.wait(100)

    def swallows(self) -> None:
        for _ in range(5):
            try:
                Event().wait()
            except BaseException:
                pass

    def waits_while_unwinding(self) -> None:
        try:
            Event().wait()
        finally:
            sleep(100)

    def wants_lock_while_unwinding(self) -> None:
        try:
            Event().wait()
        finally:
            with self.lock:
                pass

    def raises_another(self) -> None:
        try:
            Event().wait()
        finally:
            raise KeyError("wrapped")


KINDS = {name for name in vars(Calls) if not name.startswith("_") and name not in ("start", "run")}


@on_every_loop
def test_every_call_ends(run: Runner) -> None:
    """
    At the end of run() all calls have unwound and their futures have exactly one outcome.
    """
    calls = Calls()

    async def main() -> None:
        calls.start()
        await turns(3)
        calls.start()  # some of these have not got to their wait when the loop closes

    run(main)

    expected = sorted([*KINDS, *KINDS])
    assert expected == sorted(name for name in calls.ended if name != "not begun")
    assert all(future.done() for future in calls.futures.values())
    assert calls.futures.pop("swallows").result() is None
    assert {True} == {future.cancelled() for name, future in calls.futures.items() if name != "not begun"}


def _close_asyncio(start: Callable[[], None]) -> None:
    loop = asyncio.new_event_loop()
    loop.call_soon(start)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    loop.close()  # may be called twice


def _close_uvloop(start: Callable[[], None]) -> None:
    loop = uvloop.new_event_loop()
    loop.call_soon(start)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    loop.close()


def _close_tornado(start: Callable[[], None]) -> None:
    loop = IOLoop(make_current=False)
    loop.add_callback(start)
    loop.add_callback(loop.stop)
    loop.start()
    loop.close(all_fds=True)


@pytest.mark.parametrize("close", [_close_asyncio, _close_uvloop, _close_tornado])
def test_loop_that_is_stopped_and_closed(close: Callable[[Callable[[], None]], None]) -> None:
    """
    Without asyncio.run, too: close() ends what is in flight, at once and in the calls' own thread.
    """
    calls = Calls()
    begun = monotonic()

    close(calls.start)

    assert monotonic() - begun < 1
    assert KINDS <= set(calls.ended)
    assert all(future.done() for future in calls.futures.values())


def test_call_that_belongs_to_another_thread() -> None:
    """
    A loop that ran in a thread can be closed from another one; the futures end.
    """
    loop = asyncio.new_event_loop()
    calls = Calls()

    async def main() -> None:
        await spawn(sleep, (0,))
        calls.start()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    thread.join(10)
    loop.close()

    assert loop.is_closed()
    assert {True} == {future.done() for future in calls.futures.values()}


def test_running_loop_refuses_as_ever() -> None:
    """
    close() on a running loop raises what asyncio raises, and ends nothing.
    """

    async def main() -> bool:
        future = spawn(Event().wait)
        with pytest.raises(RuntimeError, match="Cannot close a running event loop"):
            asyncio.get_running_loop().close()
        return future.done()

    assert not asyncio.run(main())


@pytest.mark.parametrize("make", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_closed_loop_is_forgotten(make: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """
    Nothing of motorish keeps a closed loop alive, or its children.
    """
    loop = make()
    children: list[weakref.ref[Any]] = []

    def call() -> None:
        children.append(weakref.ref(current_child()))
        sleep(0)

    async def main() -> None:
        await spawn(call)

    loop.run_until_complete(main())
    loop.close()
    known = loop in hub._hubs
    loop_ref = weakref.ref(loop)
    del loop
    gc.collect()

    assert not known
    assert (None, None) == (children[0](), loop_ref())


def test_unwinding_cannot_start_new_calls() -> None:
    """
    A finally clause that runs because the loop is closed gets a clear error for a new call.
    """
    seen: list[BaseException] = []

    def call() -> None:
        try:
            Event().wait()
        finally:
            try:
                spawn(int)
            except RuntimeError as error:
                seen.append(error)

    async def main() -> None:
        spawn(call)

    asyncio.run(main())

    assert ["no event loop is running"] == [str(error)[:24] for error in seen]


SCRIPT = """
import asyncio, sys
sys.path.insert(0, {root!r})
from tests.test_close import Calls, _close_asyncio, _close_tornado, _close_uvloop
from tests.loops import run_asyncio, run_tornado, run_uvloop

calls = Calls()

async def main():
    calls.start()

{how}
print(all(future.done() for future in calls.futures.values()))
"""


@pytest.mark.row("D29")
@pytest.mark.parametrize(
    "how",
    [
        "run_asyncio(main)",
        "run_uvloop(main)",
        "run_tornado(main)",
        "_close_asyncio(calls.start)",
        "_close_uvloop(calls.start)",
        "_close_tornado(calls.start)",
    ],
)
def test_process_ends_quietly(how: str, pytestconfig: pytest.Config, figures: Figures) -> None:
    """
    A program that ends with calls in flight prints nothing on stderr and is gone within a second.
    """
    script = SCRIPT.format(root=str(pytestconfig.rootpath), how=how) + "import time; print(time.monotonic())"

    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
    )
    ended = monotonic()
    verdict, at = done.stdout.split()

    assert (0, "", "True") == (done.returncode, done.stderr, verdict)
    figures.at_most(f"calls of each kind, {how}: to the end of the process", 1, ended - float(at), "s")


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(3)", "loop.stop()"])
def test_process_that_never_closes_its_loop(ending: str) -> None:
    """
    Even a loop that nobody closes keeps no process from ending.
    """
    script = textwrap.dedent(
        f"""
        import asyncio
        from motorish import spawn
        from motorish.green.threading import Event

        def call():
            Event().wait()

        loop = asyncio.new_event_loop()
        loop.call_soon(spawn, call)
        loop.call_soon(loop.stop)
        loop.run_forever()
        {ending}
        """
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    assert ("", 3 if "3" in ending else 0) == (done.stderr, done.returncode)
