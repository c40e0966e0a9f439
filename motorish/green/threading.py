"""
Stands in for ``threading``: the stdlib's classes over green locks, with an identity per call.

A `Thread` stays a thread, with green primitives between it and its creator, unless a child starts it and
the driver's adapter names its target: then it is a greenlet (PyMongo's monitors are).
"""

from __future__ import annotations

import _threading_local
import sys
import threading as _stdlib
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import Context
from types import ModuleType
from typing import Any

from greenlet import getcurrent

from motorish import adapter
from motorish.green import _twin, outside
from motorish.green.conditions import Condition as Condition
from motorish.green.conditions import RLock as RLock
from motorish.green.locks import Lock as Lock
from motorish.green.locks import Mutex
from motorish.green.locks import get_ident as get_ident
from motorish.hub import Child, Hub, current_child, spawn

_names = _twin.names_of(_stdlib)
for _name in ("_main_thread", "_profile_hook", "_trace_hook"):  # which the stdlib binds anew: see __getattr__
    _names.pop(_name, None)
globals().update({name: value for name, value in _names.items() if name not in globals()})
_allocate_lock = Lock
_RLock = _CRLock = _PyRLock = RLock


class Event(_stdlib.Event):
    """
    As `threading.Event`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._cond = Condition(Mutex())


class Semaphore(_stdlib.Semaphore):
    """
    As `threading.Semaphore`.
    """

    def __init__(self, value: int = 1) -> None:
        super().__init__(value)
        self._cond = Condition(Mutex())


class BoundedSemaphore(Semaphore, _stdlib.BoundedSemaphore):
    """
    As `threading.BoundedSemaphore`.
    """


class Barrier(_stdlib.Barrier):
    """
    As `threading.Barrier`.
    """

    def __init__(
        self, parties: int, action: Callable[[], None] | None = None, timeout: float | None = None
    ) -> None:
        super().__init__(parties, action, timeout)
        self._cond = Condition(Lock())


class Thread(_stdlib.Thread):
    """
    As `threading.Thread`; join() parks a child.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ended = Event()
        self._hub: Hub | None = None  # of the loop whose child this "thread" is

    def start(self) -> None:
        child = current_child()
        if child is None or not adapter.runs_green(getattr(self, "_target", None)):
            super().start()
            return
        if self._started.is_set():  # type: ignore[attr-defined]
            raise RuntimeError("threads can only be started once")
        self._hub = child.hub
        self._set_native_id()  # type: ignore[attr-defined]
        self._started.set()  # type: ignore[attr-defined]
        # As a new thread has: an empty context, and a start after its creator's current step.
        future = spawn(self._run_in_child, context=Context(), later=True)
        future.add_done_callback(self._on_green_end)

    def _run_in_child(self) -> None:
        child = getcurrent()
        assert type(child) is Child
        child.thread = self
        self._ident = child.ident
        try:
            self.run()
        except KeyboardInterrupt:
            raise
        except BaseException:
            if child.abort is not None:  # the loop is being closed
                raise
            self._invoke_excepthook(self)  # type: ignore[attr-defined]
        finally:
            self._ended.set()

    def _bootstrap_inner(self) -> None:
        # Runs on the new thread.
        try:
            super()._bootstrap_inner()  # type: ignore[misc]
        finally:
            self._ended.set()

    def __repr__(self) -> str:
        text = super().__repr__()
        if self._hub is None or self.is_alive():
            return text
        name, _, rest = text.rpartition("started")
        return f"{name}stopped{rest}"

    def _on_green_end(self, future: Any) -> None:
        # Cancelled: the loop was closed.  The thread is over, as a daemon is when its process ends.
        if not future.cancelled():
            future.exception()

    def is_alive(self) -> bool:
        if self._hub is not None:
            return not (self._ended.is_set() or self._hub.closed)
        return super().is_alive()

    def join(self, timeout: float | None = None) -> None:
        if self is current_thread():
            raise RuntimeError("cannot join current thread")
        if not self._started.is_set():  # type: ignore[attr-defined]
            super().join(timeout)  # raises
        elif self._hub is not None:
            # As long as its loop does not run it cannot end: at the exit of a program, say.
            may_end = self._hub.loop.is_running() or current_child() is not None
            if not self._hub.closed and (may_end or timeout is None):
                self._ended.wait(timeout)
        elif current_child() is None:
            if self.is_alive() and (timeout is None or timeout > 0):
                outside.before_io_wait(f"joining {self!r}")
            super().join(timeout)
        elif self._ended.wait(timeout):
            super().join()  # microseconds: the thread has nothing left to do


class Timer(Thread, _stdlib.Timer):
    """
    As `threading.Timer`.
    """

    def __init__(
        self, interval: float, function: Callable[..., Any], args: Any = None, kwargs: Any = None
    ) -> None:
        super().__init__(interval, function, args, kwargs)
        self.finished = Event()
        self._target = function  # what an adapter names


class CallThread(_stdlib.Thread):
    """
    What current_thread() gives inside a child: the call, looking like a thread.
    """

    def __init__(self, ident: int) -> None:
        super().__init__(name=f"motorish-call-{ident}", daemon=True)
        self._ident = ident
        self._started.set()  # type: ignore[attr-defined]

    def is_alive(self) -> bool:
        return True

    def join(self, timeout: float | None = None) -> None:
        raise RuntimeError("cannot join a call that runs on a child greenlet: await its future instead")


def current_thread() -> _stdlib.Thread:
    """
    As `threading.current_thread`: one object per call inside a child.
    """
    child = getcurrent()
    if type(child) is not Child:
        return _stdlib.current_thread()
    holder: Any = child.scope or child
    if holder.thread is None:
        holder.thread = CallThread(child.ident)
    return holder.thread  # type: ignore[no-any-return]


currentThread = _twin.over(_stdlib.currentThread, globals())  # warns that it is deprecated


def _copy_of_local() -> Any:
    # The stdlib's Python implementation of local keys its dictionaries by current_thread().
    namespace = dict(vars(_threading_local))
    exec(_twin.source_of(_threading_local), namespace)
    namespace.update(current_thread=current_thread, _patch=nullcontext)
    return namespace["local"]


class local(_copy_of_local()):  # type: ignore[misc]
    """
    As `threading.local`, with values per call.

    The stdlib makes the values of whoever uses it the object's own dictionary meanwhile, with a lock held: a
    property that waits would stop all others.  Here that dictionary stays empty.
    """

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        values = _values_of_call(self)
        if name == "__dict__":
            return values
        if name in values:
            kind = _kind_on_class(self, name)
            if not (_is_data_descriptor(kind) and hasattr(kind, "__get__")):
                return values[name]
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        values = _values_of_call(self)
        if _is_data_descriptor(_kind_on_class(self, name)):
            super().__setattr__(name, value)
        else:
            values[name] = value

    def __delattr__(self, name: str) -> None:
        values = _values_of_call(self)
        if name in values and not _is_data_descriptor(_kind_on_class(self, name)):
            del values[name]
        else:
            super().__delattr__(name)


def _values_of_call(storage: local) -> dict[str, Any]:
    implementation = object.__getattribute__(storage, "_local__impl")
    try:
        values: dict[str, Any] = implementation.get_dict()
    except KeyError:
        values = implementation.create_dict()
        args, kwargs = implementation.localargs
        storage.__init__(*args, **kwargs)  # type: ignore[misc]
    return values


def _kind_on_class(storage: local, name: str) -> type:
    # Of what is found there, without asking it for its value.
    return next((type(vars(base)[name]) for base in type(storage).__mro__ if name in vars(base)), type(None))


def _is_data_descriptor(kind: type) -> bool:
    return hasattr(kind, "__set__") or hasattr(kind, "__delete__")


class _Module(ModuleType):
    # The process has one excepthook, which the stdlib's own code looks up.

    @property
    def excepthook(self) -> Any:
        return _stdlib.excepthook

    @excepthook.setter
    def excepthook(self, hook: Any) -> None:
        _stdlib.excepthook = hook


sys.modules[__name__].__class__ = _Module


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)
