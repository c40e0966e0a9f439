"""
threading.local: per call inside a child, per thread elsewhere, gone when the call is.
"""

from __future__ import annotations

import asyncio
import gc
import threading as stdlib
import weakref
from collections.abc import Callable
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest

import motorish
from motorish.green.threading import Event, local
from motorish.green.time import sleep
from motorish.hub import current_child, spawn
from tests.loops import Runner, in_child, in_threads, on_every_loop, same_everywhere, turns, what


class Thing:
    """
    Something to have weak references to.
    """


def test_parity() -> None:
    """
    Attributes, subclasses with arguments and errors are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        class Mine(modules.threading.local):
            shared = "class attribute"

            def __init__(self, start: int, *, step: int = 1) -> None:
                self.value = start + step

            def bump(self) -> int:
                self.value += 1
                return self.value

        plain, mine = modules.threading.local(), Mine(5, step=2)
        plain.a = 1
        seen = [plain.a, sorted(plain.__dict__), hasattr(plain, "b"), what(lambda: plain.b)[0]]
        del plain.a
        seen.extend([what(lambda: plain.a)[0], what(delattr, plain, "a")[0], mine.bump(), mine.shared])
        in_thread: list[Any] = []

        def other() -> None:
            in_thread.extend([hasattr(plain, "a"), mine.value, mine.bump()])
            plain.a = 2

        thread = modules.threading.Thread(target=other)
        thread.start()
        thread.join()
        seen.extend([in_thread, hasattr(plain, "a"), mine.value])
        seen.append([what(modules.threading.local, 1)[0], what(setattr, plain, "__dict__", {})[0]])
        return seen

    same_everywhere(script)


@on_every_loop
def test_requests_at_the_same_time_do_not_see_each_other(run: Runner) -> None:
    """
    Request B never sees request A's user, however they interleave.
    """
    request = local()

    def handle(user: str) -> list[str]:
        before = getattr(request, "user", "nobody")
        request.user = user
        seen = []
        for _ in range(5):
            sleep(0)
            seen.append(request.user)
        return [before, *seen]

    async def main() -> list[list[str]]:
        return await asyncio.gather(*[spawn(handle, (f"user {n}",)) for n in range(30)])

    assert [["nobody", *[f"user {n}"] * 5] for n in range(30)] == run(main)


def test_reused_greenlet_has_a_clean_local() -> None:
    """
    The next call on the same greenlet sees nothing of the one before.
    """
    request = local()

    def handle(user: str) -> tuple[Any, str]:
        before = getattr(request, "user", "nobody")
        request.user = user
        return current_child(), before

    async def main() -> Any:
        return [await spawn(handle, (user,)) for user in "abc"]

    children, before = zip(*asyncio.run(main()), strict=True)

    assert (1, ("nobody",) * 3) == (len(set(children)), before)


def test_scope_shares_it() -> None:
    """
    The calls of one scope share their values, which are gone when the scope is.
    """
    session = local()
    kept: list[weakref.ref[Thing]] = []

    def connect() -> None:
        session.connection = Thing()
        kept.append(weakref.ref(session.connection))

    async def main() -> list[Any]:
        with motorish.scope():
            await spawn(connect)
            inside = await spawn(lambda: session.connection is kept[0]())
        return [inside, await spawn(hasattr, (session, "connection")), kept[0]()]

    assert [True, False, None] == asyncio.run(main())


@on_every_loop
def test_values_die_with_the_call(run: Runner) -> None:
    """
    When a call returns, fails or is cancelled, its values are freed at once.
    """
    storage = local()
    kept: list[weakref.ref[Thing]] = []

    def keep(end: str) -> None:
        storage.thing = Thing()
        kept.append(weakref.ref(storage.thing))
        if end == "fails":
            raise LookupError
        if end == "waits":
            Event().wait()

    async def main() -> list[Any]:
        futures = [spawn(keep, (end,)) for end in ("returns", "fails", "waits")]
        futures[-1].cancel()
        await asyncio.wait(futures)
        for future in futures[:2]:
            future.exception()
        del futures[:]
        await turns(2)
        return [reference() for reference in kept]

    gc.collect()
    gc.disable()
    try:
        assert [None] * 3 == run(main)
    finally:
        gc.enable()


def test_values_die_with_the_local() -> None:
    """
    When the local itself is dropped, the running call's values are freed.
    """

    def call() -> Any:
        storage = local()
        storage.thing = Thing()
        kept = weakref.ref(storage.thing)
        del storage
        return kept()

    assert in_child(call) is None


def test_threads_loops_and_children() -> None:
    """
    A plain thread, the loop's own greenlet, and calls of several loops each have their own values.
    """
    storage = local()
    storage.name = "here"

    def use(name: str) -> tuple[bool, str]:
        fresh = not hasattr(storage, "name")
        storage.name = name
        sleep(0)
        return fresh, storage.name

    async def main() -> list[Any]:
        storage.name = "loop"
        together = await asyncio.gather(*[spawn(use, (f"child {n}",)) for n in range(5)])
        return [*together, storage.name]

    in_two_loops = in_threads(
        [lambda: asyncio.run(main()), lambda: asyncio.run(main()), lambda: use("thread")]
    )

    expected = [*[(True, f"child {n}") for n in range(5)], "loop"]
    assert [expected, expected, (True, "thread")] == in_two_loops
    assert "here" == storage.name


def test_subclass_that_waits_in_its_init() -> None:
    """
    A local whose __init__ waits (it opens a connection, say) does so once per call, and mixes nothing up.
    """
    made: list[int] = []

    class Connection(local):  # type: ignore[misc]
        def __init__(self) -> None:
            sleep(0)
            made.append(1)
            self.number = len(made)

    connection = Connection()

    def use() -> tuple[int, int]:
        first = connection.number
        sleep(0)
        return first, connection.number

    async def main() -> list[tuple[int, int]]:
        return await asyncio.gather(*[spawn(use) for _ in range(5)])

    pairs = asyncio.run(main())

    assert 5 == len({first for first, _ in pairs})
    assert all(first == second for first, second in pairs)


class Opened(local):  # type: ignore[misc]
    """
    A local with attributes that wait.
    """

    opening: Callable[[], Any] = staticmethod(list)

    @property
    def connection(self) -> Any:
        return self.opening()

    @connection.setter
    def connection(self, value: Any) -> None:
        self.result = self.opening()

    @connection.deleter
    def connection(self) -> None:
        self.result = self.opening()

    @cached_property
    def kept(self) -> Any:
        return self.opening()


def get_property(opened: Opened) -> Any:
    """
    Use the getter.
    """
    return opened.connection


def set_property(opened: Opened) -> Any:
    """
    Use the setter.
    """
    opened.connection = None
    return opened.result


def delete_property(opened: Opened) -> Any:
    """
    Use the deleter.
    """
    del opened.connection
    return opened.result


def get_cached_property(opened: Opened) -> Any:
    """
    Use what is computed once per call.
    """
    return opened.kept if "kept" not in vars(opened) else None


@pytest.mark.parametrize("use", [get_property, set_property, delete_property, get_cached_property])
@pytest.mark.parametrize("where", ["thread", "child"])
def test_property_that_waits_stops_nobody(use: Callable[[Opened], Any], where: str) -> None:
    """
    While a thread or a call waits inside a property, the others use the same local.
    """
    opened = Opened()
    entered = stdlib.Event()
    found = Event() if where == "child" else stdlib.Event()

    def opening() -> bool:
        entered.set()
        return found.wait(5)

    Opened.opening = staticmethod(opening)

    def other() -> None:
        opened.value = 1
        assert 1 == opened.value
        found.set()

    async def main() -> Any:
        if where == "thread":
            waiting = asyncio.ensure_future(asyncio.to_thread(use, opened))
            await asyncio.to_thread(entered.wait)
            await spawn(other)
        else:
            waiting = spawn(use, (opened,))
            await asyncio.to_thread(other)
        return await waiting

    assert asyncio.run(main()) is True


def test_descriptor_parity() -> None:
    """
    Descriptors of all kinds, and what hides what, are as with the stdlib's local.
    """

    class Getting:
        def __get__(self, instance: Any, owner: Any) -> str:
            return "of the descriptor"

    class Setting:
        def __set__(self, instance: Any, value: Any) -> None:
            instance.__dict__["setting"] = -value

    class Deleting:
        def __delete__(self, instance: Any) -> None:
            instance.deleted = True

    def script(modules: SimpleNamespace) -> list[Any]:
        class Mine(modules.threading.local):  # type: ignore[misc]
            __slots__ = ("slot",)
            plain, getting, setting, deleting = 0, Getting(), Setting(), Deleting()
            only = property(lambda self: self.value)
            kept = cached_property(lambda self: [self.value])

            def __getattr__(self, name: str) -> str:
                return f"no {name}"

        mine: Any = Mine()
        mine.value = 1
        seen = [mine.plain, mine.getting, type(mine.setting), mine.only, mine.kept is mine.kept, mine.missing]
        mine.plain, mine.getting, mine.setting, mine.slot = 2, 3, 4, 5
        seen.extend([mine.plain, mine.getting, mine.setting, mine.slot, sorted(vars(mine)), mine.__class__])
        seen.extend([what(setattr, mine, name, 6)[0] for name in ("only", "deleting", "__dict__")])
        mine.__dict__["only"] = mine.__dict__["deleting"] = 7
        seen.extend([mine.only, type(mine.deleting)])
        del mine.plain, mine.getting, mine.deleting, mine.slot
        seen.extend([mine.plain, mine.getting, mine.deleted, mine.slot, sorted(vars(mine))])
        seen.append([name for name in dir(mine) if not name.startswith("_")])
        seen.extend(
            [what(delattr, mine, name)[0] for name in ("plain", "only", "setting", "slot", "__dict__")]
        )
        return list(map(str, seen))

    same_everywhere(script)


def test_stays_apart_from_the_stdlibs() -> None:
    """
    The stdlib's own local is untouched.
    """
    assert local is not stdlib.local
    assert "_thread" in stdlib.local.__module__
    assert "motorish.green.threading" == local.__module__
