"""
What the wrapped objects of one package share: which values are wrapped, and how a call of theirs is run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import Context
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from types import GeneratorType, ModuleType
from typing import Any
from uuid import UUID

from motorish.adapter import Adapter, Engine
from motorish.calls import Callback, check_callback, hand_over, has_callback_parameter
from motorish.errors import BusyError
from motorish.green.threading import BoundedSemaphore, Lock
from motorish.hub import CallFuture, deadline_of_context, spawn
from motorish.proxy.workers import Direct, Runner, Worker

_DATA = (
    bool, int, float, complex, str, bytes, bytearray, memoryview, tuple, list, dict, set, frozenset, range,
    date, time, timedelta, tzinfo, Decimal, UUID, Enum, BaseException, type, type(None),
)  # fmt: skip
_LAZY = (GeneratorType, map, filter, zip)  # code of the driver's runs at each step
_HELPERS = {"contextlib"}  # their objects, too, run code of the driver's


class Root:
    """
    What a driver's object, and all that comes from it, share: the runner, and whose turn it is.

    Args:
        runner: runs their functions.
        turn: lets one call in at a time, or None.
        busy: whether a second one is refused.
    """

    __slots__ = ("busy", "runner", "turn")

    def __init__(self, runner: Runner, turn: Lock | None, *, busy: bool) -> None:
        self.runner = runner
        self.turn = turn
        self.busy = busy

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """
        Call *function* when it is its turn.  Runs on a child.

        Raises:
            BusyError: another call runs, and the adapter says that a second one is a mistake.
        """
        turn = self.turn
        if turn is None:
            return self.runner.run(function, *args, **kwargs)
        if self.busy and turn.locked():
            raise BusyError(
                f"{getattr(function, '__qualname__', function)!r} was called while another call runs on the "
                "same connection: await that one first, or use a connection for each"
            )
        with turn:
            return self.runner.run(function, *args, **kwargs)


class WrappedFuture(CallFuture[Any]):
    """
    The future of a wrapped call; also for ``async with`` and ``async for``, which await it first.
    """

    _entered: Any = None

    async def __aenter__(self) -> Any:
        self._entered = await self
        return await self._entered.__aenter__()

    async def __aexit__(self, *exc_info: Any) -> Any:
        return await self._entered.__aexit__(*exc_info)

    async def __aiter__(self) -> Any:
        async for item in await self:
            yield item

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"this is the future of a call, and has no attribute {name!r}: await it first",
            name=name,
            obj=self,
        )


class Wrapping:
    """
    How the objects of one package are wrapped.

    Args:
        packages: top-level names of the packages whose objects are wrapped.
        engine: what runs their functions.
        known: the driver's adapter, if it has one.
        max_calls: calls at once at most, or None.
    """

    def __init__(
        self, packages: frozenset[str], engine: Engine, known: Adapter | None, max_calls: int | None
    ) -> None:
        self.packages = packages
        self.engine = engine
        self.adapter = known or Adapter(name="unknown", packages=())
        limit = max_calls or self.adapter.max_calls
        self._gate: AbstractContextManager[Any] = BoundedSemaphore(limit) if limit else nullcontext()

    def give(self, value: Any, root: Root | None) -> Any:
        """
        What an application gets for *value*: wrapped if it is the driver's, as it is if it is data.

        Args:
            root: of the object that it comes from, or None: it is one in its own right.
        """
        kind = type(value)
        if isinstance(value, _DATA) or not self._is_drivers(kind):
            return value
        from motorish.proxy.wrapped import WrappedIterator, WrappedObject

        if root is None:
            root = self.new_root(kind)
        if isinstance(value, _LAZY):
            return WrappedIterator(value, root, self)
        if self.names(self.adapter.concurrent, kind) and root.turn is not None:
            root = Root(root.runner, None, busy=False)
        if isinstance(root.runner, Worker) and root.runner.interrupt is None and self.adapter.interrupt:
            root.runner.interrupt = lambda: self.adapter.interrupt and self.adapter.interrupt(value)
        return WrappedObject(value, root, self)

    def wraps_class(self, kind: type[Any]) -> bool:
        """
        Whether making an object of this class is a call: not of exceptions and data.
        """
        return not issubclass(kind, _DATA) and self._is_drivers(kind)

    def wraps_module(self, module: ModuleType) -> bool:
        """
        Whether this module, found in a wrapped one, belongs to the driver.
        """
        return module.__name__.partition(".")[0] in self.packages

    def is_direct(self, kind: type[Any], name: str = "") -> bool:
        """
        Whether a class, or a method of it, does no I/O and is called at once.
        """
        return self.names(self.adapter.direct, kind, name)

    def names(self, names: frozenset[str], kind: type[Any], name: str = "") -> bool:
        """
        Whether *names* of an adapter has this class, or this method or attribute of it.
        """
        if not names:
            return False
        if name and name in names:
            return True
        dotted = f".{name}" if name else ""
        return any(f"{base.__qualname__}{dotted}" in names for base in kind.__mro__)

    def new_root(self, kind: type[Any] | None = None) -> Root:
        """
        The root of an object that is to be made.
        """
        one_at_a_time = kind is None or not self.names(self.adapter.concurrent, kind)
        runner: Runner = Direct()
        if self.engine == "thread":
            runner = Worker(f"motorish {sorted(self.packages)[0]}")
        return Root(runner, Lock() if one_at_a_time else None, busy=self.adapter.busy == "error")

    def start(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        root: Root | None,
        context: Context | None = None,
    ) -> Any:
        """
        Call a function of the driver's, in a child.

        Args:
            args, kwargs: of the application; wrapped objects are unwrapped, and ``callback=`` is ours
                unless *function* has a parameter of that name.
            root: of the object whose method it is, or None: of a module or class.
            context: the contextvars of the call; a copy of the caller's by default.

        Returns:
            A `CallFuture` that can also be entered and iterated; None with a callback.
        """
        callback: Callback | None = None
        if "callback" in kwargs and not has_callback_parameter(function):
            callback = kwargs.pop("callback")
            check_callback(callback)
        if context is not None:
            context.run(deadline_of_context.set, deadline_of_context.get())
        call = (
            function,
            unwrapped(args),
            {name: unwrapped_one(value) for name, value in kwargs.items()},
            root,
        )
        return hand_over(spawn(self._run, call, context=context, future_class=WrappedFuture), callback)

    def _run(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], root: Root | None
    ) -> Any:
        # Runs on a child.
        with self._gate:
            if root is not None:
                return self.give(root.run(function, args, kwargs), root)
            made = self.new_root()
            try:
                value = made.runner.run(function, *args, **kwargs)
            except BaseException:
                made.runner.end()
                raise
            given = self.give(value, made)
            if given is value:
                made.runner.end()
            return given

    def _is_drivers(self, kind: type[Any]) -> bool:
        if issubclass(kind, _LAZY):
            return True
        package = kind.__module__.partition(".")[0]
        if package not in self.packages and package not in _HELPERS:
            return False
        return not self.names(self.adapter.plain, kind)


def unwrapped_one(value: Any) -> Any:
    """
    The driver's own object in place of a wrapped one.
    """
    from motorish.proxy.wrapped import Wrapped

    return value.delegate if isinstance(value, Wrapped) else value


def unwrapped(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """
    The driver's own objects in place of wrapped ones.
    """
    return tuple([unwrapped_one(value) for value in values])
