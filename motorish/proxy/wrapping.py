"""
What the wrapped objects of one package share: which values are wrapped, and how a call of theirs is run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import Context
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from motorish.adapter import Adapter, Engine
from motorish.calls import Callback, check_callback, hand_over, has_callback_parameter
from motorish.hub import CallFuture, Scope, current_hub, scope_of_context, spawn
from motorish.patcher import copies
from motorish.proxy.roots import NO_GATE, root_of
from motorish.proxy.roots import Root as Root
from motorish.proxy.turns import Turns
from motorish.proxy.values import (
    DATA,
    FILES,
    HELPERS,
    LAZY,
    ROUTINES,
    SOCKETS,
    are_named,
    is_connection,
    is_cursor,
    is_network_file,
)
from motorish.proxy.workers import Crowd, Direct, Worker
from motorish.proxy.wrapped import Wrapped, WrappedClass, WrappedFunction, WrappedModule, unwrapped
from motorish.proxy.wrapped_call import WrappedFuture
from motorish.proxy.wrapped_cursor import WrappedCursor
from motorish.proxy.wrapped_object import WrappedIterator, WrappedObject

_UNKNOWN: Any = object()

_workers: WeakKeyDictionary[Scope, Worker] = WeakKeyDictionary()


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
        self.known = known
        self.adapter = known or Adapter(name="unknown", packages=())
        limit = max_calls if max_calls is not None else self.adapter.max_calls
        self._gate: AbstractContextManager[None] = NO_GATE if limit is None else Turns(limit)
        self._kinds: dict[type[Any], type[WrappedObject] | None] = {}
        self._objects: WeakValueDictionary[int, WrappedObject] = WeakValueDictionary()

    def give(self, value: Any, root: Root | None) -> Any:
        """
        What an application gets for *value*: wrapped if it is the driver's, as it is if it is data.

        Args:
            root: of the object that it comes from, or None: it is one in its own right.
        """
        kind = type(value)
        wrapper = self._kinds.get(kind, _UNKNOWN)
        if wrapper is None or (wrapper is _UNKNOWN and issubclass(kind, DATA)):
            return value
        if wrapper is _UNKNOWN:
            if kind is ModuleType or kind in ROUTINES or issubclass(kind, type):
                return self._give_callable(value, root)
            if kind in FILES and is_network_file(value):
                wrapper = WrappedObject.of_kind(kind)
            else:
                wrapper = self._kinds[kind] = self._wrapper_for(kind) or self._wrapper_for_proxy(value, kind)
            if wrapper is None:
                return value
        known = self._objects.get(id(value))
        if known is None or known.delegate is not value or (known._root is not None and known._root.ended):
            known = wrapper(value, self._root_for(value, kind, root), self)
            self._objects[id(value)] = known
        return known

    def wrap_own(self, value: Any) -> Any:
        """
        Wrap what an application itself has chosen: it is not asked whether it is the driver's.
        """
        if isinstance(value, ModuleType):
            return WrappedModule(value, None, self)
        if isinstance(value, type):
            return WrappedClass(value, None, self)
        if inspect.isroutine(value) or isinstance(value, partial):
            owner = getattr(value, "__self__", None)
            root = None if owner is None or not self.is_drivers(type(owner)) else self.wrap_own(owner)._root
            return WrappedFunction(value, root, self, direct=False)
        kind = type(value)
        if self._kinds.get(kind) is None:
            self._kinds[kind] = self._wrapper_for(kind, always=True)
        return self.give(value, self._root_above(value))

    def wraps_class(self, kind: type[Any]) -> bool:
        """
        Whether making an object of this class is a call: not of exceptions and data.
        """
        return not issubclass(kind, DATA) and self.is_drivers(kind)

    def wraps_module(self, module: ModuleType) -> bool:
        """
        Whether this module, found in a wrapped one, belongs to the driver.
        """
        return module.__name__.partition(".")[0] in self.packages

    def is_drivers(self, kind: type[Any]) -> bool:
        """
        Whether objects of this class run code of the driver's, and may wait.
        """
        if issubclass(kind, (*LAZY, *SOCKETS)):
            return True
        ours = self._is_from(kind.__module__) or is_cursor(kind) or is_connection(kind)
        return ours and not self.names("plain", kind)

    def _is_from(self, module: str) -> bool:
        return module.partition(".")[0] in self.packages | HELPERS or module in copies.COPIED

    def may_batch(self, iterator: Any) -> bool:
        """
        Whether several items of *iterator* may be fetched at once.
        """
        batch = self.adapter.batch
        if not batch:
            return False
        qualname = getattr(iterator, "__qualname__", None)  # of a generator: that of its function
        return qualname in batch or self.names("batch", type(iterator))

    def names(self, field: str, kind: type[Any], name: str = "") -> bool:
        """
        Whether the adapter names this class, or this method or attribute of it, in one of its sets.
        """
        names: frozenset[str] = getattr(self.adapter, field)
        return bool(names) and are_named(names, kind, name)  # type: ignore[arg-type]  # a type is hashable

    def new_root(self) -> Root:
        """
        The root of an object that is to be made.
        """
        runner = Worker(beside=_worker_of_scope()) if self.engine == "thread" else Direct()
        return Root(runner, Turns(), self._gate, refuses=self.adapter.busy == "error")

    def start(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        root: Root | None,
        context: Context | None = None,
        *,
        data: bool = False,
    ) -> Any:
        """
        Call a function of the driver's, in a child.

        Args:
            args, kwargs: of the application; wrapped objects are unwrapped, and ``callback=`` is ours
                unless *function* has a parameter of that name.
            root: of the object whose method it is; None: of a module or class.
            context: the contextvars of the call; a copy of the caller's by default.
            data: what it gives is not to be wrapped, whatever it is.

        Returns:
            A `CallFuture` that can also be entered and iterated; None with a callback.

        Raises:
            BusyError: the call would wait for the one that starts it.
            TypeError: the callback is none.
        """
        callback = _take_callback(function, kwargs)
        if root is None:  # a function that is given a connection is a call on that connection
            objects = (value for value in (*args, *kwargs.values()) if isinstance(value, WrappedObject))
            root = next((found._root for found in objects), None)
        if root is not None:
            root.check()
        args = tuple(map(unwrapped, args))
        kwargs = {name: unwrapped(value) for name, value in kwargs.items()}
        run = (function, args, kwargs, root, data)
        return hand_over(spawn(self._run, run, context=context, future_class=WrappedFuture), callback)

    def call_at_once(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], root: Root | None
    ) -> Any:
        """
        As `start`, for a function that does not wait: call it here and now, and return what it gives.
        """
        callback = _take_callback(function, kwargs)
        kwargs = {name: unwrapped(value) for name, value in kwargs.items()}
        value = self.give(function(*map(unwrapped, args), **kwargs), root)
        if callback is None:
            return value
        future: CallFuture[Any] = WrappedFuture(loop=current_hub().loop)
        future.set_result(value)
        return hand_over(future, callback)

    def call_to_end(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """
        As `start`, for what gives data and does not wait this time: call it here and now.
        """
        callback = _take_callback(function, kwargs)
        future: CallFuture[Any] = WrappedFuture(loop=current_hub().loop)
        value, error = _outcome(function, args, kwargs)
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
        return hand_over(future, callback)

    def _run(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        root: Root | None,
        data: bool,
    ) -> Any:
        # Runs on a child.
        if root is not None:
            value = root.run(function, args, kwargs)
            return value if data else self.give(value, root)
        made = self.new_root()
        try:
            return self.give(made.run(function, args, kwargs), made)
        finally:
            if made.owner is None:
                made.runner.end()

    def _root_for(self, value: Any, kind: type[Any], root: Root | None) -> Root:
        own = root_of(value)
        if own is not None:
            return own
        if self._takes_several(kind) or kind.__name__.endswith("Pool"):
            own = Root(Crowd() if self.engine == "thread" else Direct(), None, self._gate)
        elif root is not None and root.owner is not None and root.turn is not None:
            return root
        else:
            own = root if root is not None and root.turn is not None else self.new_root()
        own.belong_to(value)
        if isinstance(own.runner, Worker) and self.adapter.interrupt is not None:
            own.runner.interrupt = partial(self.adapter.interrupt, value)
        return own

    def _takes_several(self, kind: type[Any]) -> bool:
        # The driver's own subclass is named itself if it does: redis-py derives its pipelines, which have one
        # connection, from its client.  The application's is what it is derived from.
        if not self.names("concurrent", kind):
            return False
        for base in kind.__mro__:
            if {base.__name__, base.__qualname__} & self.adapter.concurrent:
                return True
            if self._is_from(base.__module__) and self.names("concurrent", base):
                return False
        return False

    def _root_above(self, value: Any) -> Root | None:
        # Of a cursor: its connection's.
        name = self.adapter.connection
        there = inspect.getattr_static(value, name, None) is not None  # not made up by __getattr__
        above = getattr(value, name, None) if there else None
        if above is None or above is value or not self.is_drivers(type(above)):
            return None
        wrapped = self.wrap_own(above)
        return wrapped._root if isinstance(wrapped, Wrapped) else None

    def _give_callable(self, value: Any, root: Root | None) -> Any:
        module = value.__name__ if isinstance(value, ModuleType) else value.__module__
        if (module or "").partition(".")[0] not in self.packages or inspect.iscoroutinefunction(value):
            return value
        if isinstance(value, ModuleType):
            return WrappedModule(value, None, self)
        if isinstance(value, type):
            return WrappedClass(value, None, self) if self.wraps_class(value) else value
        return WrappedFunction(value, root, self, direct=False)

    def _wrapper_for(self, kind: type[Any], *, always: bool = False) -> type[WrappedObject] | None:
        if not always and not self.is_drivers(kind):
            return None
        for base in kind.__mro__:
            if base.__name__ in self.adapter.wrappers:
                module, _, name = self.adapter.wrappers[base.__name__].partition(":")
                own: type[WrappedObject] = getattr(import_module(module), name)
                return own.of_kind(kind)
        if issubclass(kind, LAZY) or (kind.__module__ == "itertools" and hasattr(kind, "__next__")):
            return WrappedIterator.of_kind(kind)
        if is_cursor(kind):
            return WrappedCursor.of_kind(kind)
        return WrappedObject.of_kind(kind)

    def _wrapper_for_proxy(self, value: Any, kind: type[Any]) -> type[WrappedObject] | None:
        # Who traces or logs calls has stand-ins for the driver's connections and cursors.
        looks = value.__class__
        if looks is not kind:
            return self._wrapper_for(looks)
        if self.names("plain", kind):
            return None
        if is_cursor(value):
            return WrappedCursor.of_kind(kind)
        return WrappedObject.of_kind(kind) if is_connection(value) else None


def _worker_of_scope() -> Worker | None:
    # What is called, and made, inside motorish.scope() has one thread: that is the identity it can have.
    scope = scope_of_context.get()
    if type(scope) is not Scope:
        return None
    return _workers.setdefault(scope, Worker())


def _outcome(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, Exception | None]:
    # In a frame of its own: the exception's traceback must not lead to the future.
    try:
        return function(*args, **kwargs), None
    except Exception as error:
        return None, error


def _take_callback(function: Callable[..., Any], kwargs: dict[str, Any]) -> Callback | None:
    # That of our own, out of what the application has given.
    if "callback" not in kwargs or has_callback_parameter(function):
        return None
    callback: Callback | None = kwargs.pop("callback")
    check_callback(callback)
    return callback
