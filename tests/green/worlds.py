"""
The same steps in several worlds at once: the stdlib's threads, which are the model, and the stand-ins.

A world has three actors, each a plain thread or a child of some loop, that do one step after another as
they are told, and an object (a lock, a queue, ...) that they share.  A step is done in all worlds, and
what an actor reports must be what it reports in the stdlib's.  Who waits is told to an actor and left
alone: what ends the wait is a later step of another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import motorish
from motorish.green import TWINS
from tests.green.conftest import LOOPS, in_thread

ACTORS = 3
GIVE_UP_S = 10.0
SHORT_S = 0.001  # of a wait that is to time out
STDLIB = SimpleNamespace(threading=threading, queue=queue, socket=socket)
GREEN = SimpleNamespace(**{name: TWINS[name] for name in vars(STDLIB)})
KINDS = {
    "stdlib": (STDLIB, ["thread"] * ACTORS),
    "threads": (GREEN, ["thread"] * ACTORS),
    "children": (GREEN, ["asyncio"] * ACTORS),
    "mixed": (GREEN, ["asyncio", "thread", "uvloop"]),
}
Step = Callable[[Any], Any]


def what(step: Step, subject: Any) -> Any:
    """
    What a step returns, or the type of its exception and, of an OSError, its number.
    """
    try:
        return step(subject)
    except Exception as error:
        return type(error).__name__, getattr(error, "errno", None)


class World:
    """
    Three actors and the object that they share.
    """

    def __init__(self, name: str, make: Callable[[Any], Any], loops: dict[str, asyncio.AbstractEventLoop]):
        self.name = name
        self.modules, kinds = KINDS[name]
        self.subject = make(self.modules)
        self.reports: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._waiting: set[int] = set()
        self._role_of = list(range(ACTORS))
        self._inboxes: list[Callable[[Step | None], object]] = []
        self._ends: list[Callable[[], object]] = []
        for number, kind in enumerate(kinds):
            start = self._start_thread if kind == "thread" else self._start_child
            start(number, loops.get(kind))

    def _start_thread(self, number: int, _: Any) -> None:
        inbox: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        thread = threading.Thread(target=self._act, args=(number, inbox.get), daemon=True)
        thread.start()
        self._inboxes.append(inbox.put)
        self._ends.append(lambda: thread.join(GIVE_UP_S))

    def _start_child(self, number: int, loop: Any) -> None:
        inbox: asyncio.Queue[Step | None] = asyncio.Queue()

        async def child() -> None:
            await motorish.spawn(self._act, number, lambda: motorish.await_(inbox.get()))

        future = asyncio.run_coroutine_threadsafe(child(), loop)
        self._inboxes.append(lambda step: loop.call_soon_threadsafe(inbox.put_nowait, step))
        self._ends.append(lambda: future.result(GIVE_UP_S))

    def _act(self, number: int, next_step: Callable[[], Step | None]) -> None:
        while (step := next_step()) is not None:
            self.reports.put((number, what(step, self.subject)))

    def start(self, number: int, step: Step) -> None:
        """
        Tell an actor to do a step.
        """
        assert number not in self._waiting, "it is in the midst of another step"
        self._waiting.add(number)
        self._inboxes[self._role_of.index(number)](step)

    def report(self) -> tuple[int, Any]:
        """
        The number of the next actor whose step has ended, and what it saw.
        """
        try:
            actor, seen = self.reports.get(timeout=GIVE_UP_S)
        except queue.Empty:
            raise AssertionError(f"{self.name}: {sorted(self._waiting)} hang") from None
        number = self._role_of[actor]
        self._waiting.remove(number)
        return number, seen

    def let_be(self, number: int, winner: int) -> None:
        """
        From now on call *winner* the actor number *number*, and the other way round.

        Who of those that wait for a lock gets it, the stdlib leaves open.
        """
        names = {number: winner, winner: number}
        self._role_of = [names.get(role, role) for role in self._role_of]
        if (number in self._waiting) != (winner in self._waiting):
            self._waiting ^= {number, winner}

    def done(self, number: int) -> Any:
        """
        What an actor saw whose step was to end at once (or with its timeout), whoever else may wait.
        """
        actor, seen = self.report()
        assert number == actor, f"{self.name}: a wait of {actor} ended before its time: {seen}"
        return seen

    def until(self, condition: Callable[[Any], object]) -> None:
        """
        Wait until the shared object is as it should be: an actor has begun to wait, say.
        """
        end = time.monotonic() + GIVE_UP_S
        while not condition(self.subject):
            assert time.monotonic() < end, f"{self.name}: it never came true"
            time.sleep(0)

    def end(self) -> None:
        """
        End the actors; none may be in a wait.
        """
        for tell in self._inboxes:
            tell(None)
        for end in self._ends:
            end()
        assert self.reports.empty(), self.name
        assert not self._waiting, self.name


class Machine(RuleBasedStateMachine):
    """
    Base of the state machines: does their steps in all worlds, and compares.
    """

    loops: dict[str, asyncio.AbstractEventLoop] = {}

    def __init__(self) -> None:
        super().__init__()
        self.worlds: list[World] = []

    def begin(self, make: Callable[[Any], Any]) -> None:
        """
        Make the worlds; *make* gets a world's modules and returns the object to share.
        """
        self.worlds = [World(name, make, self.loops) for name in KINDS]

    def same(self, ask: Callable[[World], Any]) -> Any:
        """
        What *ask* says of the stdlib's world, which it must say of each.
        """
        answers = {world.name: ask(world) for world in self.worlds}
        expected = answers["stdlib"]
        assert dict.fromkeys(answers, expected) == answers, answers
        return expected

    def do(self, number: int, step: Step) -> Any:
        """
        Let an actor do a step that ends at once.
        """
        self.start(number, step)
        return self.same(lambda world: world.done(number))

    def start(self, number: int, step: Step, waits: Callable[[Any], object] | None = None) -> None:
        """
        Let an actor begin a step that waits; *waits* tells by the shared object that it does.
        """
        for world in self.worlds:
            world.start(number, step)
        if waits is not None:
            for world in self.worlds:
                world.until(waits)

    def reports(self, count: int) -> dict[int, Any]:
        """
        The actors whose waits have now ended, in whatever order, and what they saw.
        """
        ended: dict[int, Any] = self.same(lambda world: dict(world.report() for _ in range(count)))
        return ended

    def teardown(self) -> None:
        """
        Let those that wait go on, and end all.
        """
        if self.worlds:
            self.finish()
            for world in self.worlds:
                world.end()

    def finish(self) -> None:
        """
        End all waits.
        """


@contextlib.contextmanager
def running_loops() -> Iterator[dict[str, asyncio.AbstractEventLoop]]:
    """
    A loop of every kind, running in a thread of its own.
    """
    loops = {name: make() for name, make in LOOPS.items()}
    with contextlib.ExitStack() as stack:
        for loop in loops.values():
            stack.enter_context(in_thread(loop.run_forever))
            stack.callback(loop.call_soon_threadsafe, loop.stop)
        yield loops
    for loop in loops.values():
        loop.close()


def check(machine: type[Machine], examples: int, **attributes: Any) -> None:
    """
    Try *examples* random programs, the same ones in every run.

    Args:
        machine: a state machine.
        examples: how many programs.
        attributes: are set on the machine's class; which of several classes it is to test, say.
    """
    with running_loops() as loops:
        made = type(machine.__name__, (machine,), {"loops": loops, **attributes})
        options = settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(made, settings=options)
