"""
A package that was imported before it is patched: what it holds of the stdlib is replaced or reported.
"""

import importlib
import queue
import socket
import threading
import time
from collections.abc import Callable
from types import ModuleType

import pytest

from motorish import PatchError, PatchWarning, adapter, green, patcher

T, S, Q = green.TWINS["threading"], green.TWINS["socket"], green.TWINS["queue"]

HOLDERS = """
    import functools, socket, threading, time
    import dataclasses
    from queue import Queue
    from time import sleep
    from threading import Lock as make_lock

    def default(module=socket, factories=(threading.Lock, [threading.Event]), *, wait=sleep): ...

    def closure(wait):
        def inner():
            return wait
        return inner

    inner = closure(time.sleep)
    partial = functools.partial(closure, time.sleep)
    keyword_partial = functools.partial(closure, wait=time.sleep)
    TABLE = {"lock": threading.Lock, "more": [threading.Event, (1, time.sleep)]}

    def decorate(function):
        @functools.wraps(function)
        def wrapper():
            return function()
        return wrapper

    @decorate
    def decorated(wait=time.sleep):
        return wait

    @functools.lru_cache
    def cached(wait=time.sleep):
        return wait

    class Base(threading.Thread):
        wait = time.sleep
        static = staticmethod(time.sleep)

        @property
        def prop(self, wait=time.sleep):
            return wait

        @classmethod
        def klass(cls, wait=time.sleep):
            return wait

        class Nested(Queue):
            event = threading.Event

    class Slots:
        __slots__ = ("factory", "unset")

        def __init__(self):
            self.factory = threading.Lock

    slots = Slots()

    @dataclasses.dataclass
    class Box:
        lock: object = dataclasses.field(default_factory=threading.Lock)
    """


def imported(name: str) -> ModuleType:
    """
    Import the module *name*.
    """
    return importlib.import_module(name)


def test_everything_reachable_is_replaced(write: Callable[..., str]) -> None:
    """
    Globals, defaults, closures, partials, containers, class attributes, bases, slots, dataclasses.
    """
    module = imported(write(HOLDERS))
    report = patcher.patch(module.__name__)
    sleep = green.TWINS["time"].sleep

    assert [] == report.escaped
    assert (S, T, green.TWINS["time"]) == (module.socket, module.threading, module.time)
    assert (Q.Queue, sleep, T.Lock) == (module.Queue, module.sleep, module.make_lock)
    assert (S, (T.Lock, [T.Event])) == module.default.__defaults__
    assert sleep is module.default.__kwdefaults__["wait"]
    assert sleep is module.inner()
    assert sleep is module.partial()()
    assert sleep is module.keyword_partial()()
    assert {"lock": T.Lock, "more": [T.Event, (1, sleep)]} == module.TABLE
    assert sleep is module.decorated()
    assert sleep is module.cached()
    assert (T.Thread,) == module.Base.__bases__
    assert sleep is module.Base().wait
    assert sleep is module.Base().static
    assert sleep is module.Base().prop
    assert sleep is module.Base.klass()
    assert (Q.Queue,) == module.Base.Nested.__bases__
    assert T.Event is module.Base.Nested.event
    assert T.Lock is module.slots.factory
    assert T.Lock is type(module.Box().lock)


def test_unpatch_puts_everything_back(write: Callable[..., str]) -> None:
    """
    After unpatch the same places hold the stdlib's objects again.
    """
    module = imported(write(HOLDERS))
    patcher.patch(module.__name__)
    patcher.unpatch(module.__name__)

    assert (socket, threading, time) == (module.socket, module.threading, module.time)
    assert (queue.Queue, time.sleep) == (module.Queue, module.sleep)
    assert threading.Lock is module.make_lock
    assert (socket, (threading.Lock, [threading.Event])) == module.default.__defaults__
    assert time.sleep is module.inner()
    assert time.sleep is module.partial()()
    assert (threading.Thread,) == module.Base.__bases__
    assert time.sleep is module.Base().wait
    assert (queue.Queue,) == module.Base.Nested.__bases__
    assert threading.Lock is module.slots.factory


def test_unpatch_of_a_package_imported_green(write: Callable[..., str]) -> None:
    """
    What green imports have put into a package goes too, and imports inside functions turn stock.
    """
    name = write(
        """
        import socket, http.client, importlib
        from smtplib import SMTP
        def lazily():
            import ssl
            return ssl
        """
    )
    patcher.patch(name)
    module = imported(name)
    green_ssl = module.lazily()
    patcher.unpatch(name)

    assert green.TWINS["ssl"] is green_ssl
    assert imported("ssl") is module.lazily()
    assert (socket, imported("http"), importlib) == (module.socket, module.http, module.importlib)
    assert imported("smtplib").SMTP is module.SMTP

    patcher.patch(name)
    assert (S, green.TWINS["ssl"]) == (module.socket, module.lazily())


def test_idle_locks_are_replaced(write: Callable[..., str]) -> None:
    """
    Locks, events and queues made at import become green, with what they hold, one for one.
    """
    module = imported(
        write(
            """
            import threading, queue
            lock = threading.Lock()
            condition = threading.Condition(lock)
            other = threading.Condition(lock)
            acquire = lock.acquire
            event = threading.Event()
            event.set()
            semaphore = threading.BoundedSemaphore(3)
            semaphore.acquire()
            jobs = queue.Queue(5)
            jobs.put("job")
            simple = queue.SimpleQueue()
            simple.put("item")

            class Registry:
                lock = threading.RLock()

                def __init__(self):
                    self.mutex = lock

            registry = Registry()
            """
        )
    )
    report = patcher.patch(module.__name__)

    assert [] == report.escaped
    assert T.Lock is type(module.lock)
    assert module.lock is module.registry.mutex
    assert module.lock is module.condition._lock
    assert module.lock is module.other._lock
    assert module.lock is module.acquire.__self__
    assert T.Condition is type(module.condition)
    assert T.RLock is type(module.Registry.lock)
    assert (T.Event, True) == (type(module.event), module.event.is_set())
    assert (T.BoundedSemaphore, 2) == (type(module.semaphore), module.semaphore._value)
    assert (Q.Queue, 5, "job") == (type(module.jobs), module.jobs.maxsize, module.jobs.get())
    assert (Q.SimpleQueue, "item") == (type(module.simple), module.simple.get())


ESCAPES = {
    "held": ("lock = threading.Lock()\nlock.acquire()", "PKG.lock", "held just now"),
    "pool": (
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)",
        "PKG.pool",
        "ThreadPoolExecutor made before the patch",
    ),
    "thread": ("thread = threading.Thread()", "PKG.thread", "Thread made before the patch"),
    "local": (
        "local = threading.local()\nlocal.user = 1",
        "PKG.local",
        "may hold values",
    ),
    "shared": (
        "lock = threading.Lock()\nlocks = {lock}",
        "PKG.lock",
        "also held where the patch cannot reach",
    ),
    "layout": ("class S(socket.socket): ...", "PKG.S", "its base class socket cannot be replaced"),
    "alive": (
        "class W(threading.Thread): ...\nworker = W()",
        "PKG.W",
        "has objects already",
    ),
}


@pytest.mark.parametrize("case", ESCAPES)
def test_what_cannot_be_reached_is_reported(case: str, write: Callable[..., str]) -> None:
    """
    A warning names the place and the reason; strict raises, and nothing stays patched.
    """
    source, place, reason = ESCAPES[case]
    name = write(f"import socket, threading\n{source}")
    module = imported(name)
    place = place.replace("PKG", name)

    with pytest.raises(PatchError, match=reason):
        patcher.patch(name, strict=True)
    assert threading is module.threading
    with pytest.warns(PatchWarning, match=reason) as caught:
        report = patcher.patch(name)
    assert 1 == len(caught)
    assert __file__ == caught[0].filename
    assert [line for line in report.escaped if line.startswith(f"{place}: ")] == report.escaped
    assert 1 == len(report.escaped)
    assert T is module.threading


def test_a_lock_that_others_hold_stays_one(write: Callable[..., str]) -> None:
    """
    Where a lock is held out of reach, it and its conditions stay stock; other locks are replaced.
    """
    name = write(
        """
        import threading
        lock, free = threading.Lock(), threading.Lock()
        condition, free_condition = threading.Condition(lock), threading.Condition(free)
        release = lock.release
        """
    )
    module = imported(name)
    held_here = module.lock
    with pytest.warns(PatchWarning):
        report = patcher.patch(name)

    assert [f"{name}.condition", f"{name}.lock"] == [line.partition(":")[0] for line in report.escaped]
    assert held_here is module.lock is module.condition._lock is module.release.__self__
    assert T.Condition is type(module.free_condition)
    assert module.free is module.free_condition._lock


def test_a_shared_simple_queue_keeps_its_items(write: Callable[..., str]) -> None:
    """
    A queue that the application holds as well stays as it is, with what is in it.
    """
    module = imported(write("import queue\njobs = queue.SimpleQueue()\njobs.put(1)\njobs.put(2)"))
    held_here = module.jobs
    with pytest.raises(PatchError, match="also held where the patch cannot reach"):
        patcher.patch(module.__name__, strict=True)

    assert held_here is module.jobs
    assert [1, 2] == [held_here.get_nowait() for _ in range(held_here.qsize())]


def test_an_adapter_tolerates_by_name(write: Callable[..., str]) -> None:
    """
    What a driver's adapter tolerates is neither reported nor refused, and it brings the siblings.
    """
    sibling = write("import time")
    name = write("import threading\nthread = threading.Thread()")
    imported(name)
    imported(sibling)
    adapter.register(
        adapter.Adapter(name=name, packages=(name, sibling, "not_installed"), tolerated={f"{name}.thread"})
    )
    report = patcher.patch(name, strict=True)

    assert (name, sibling) == report.packages
    assert green.TWINS["time"] is imported(sibling).time
    patcher.unpatch(sibling)
    assert time is imported(sibling).time
