"""
What `motorish.wrap` gives: stand-ins of a driver's modules, classes, functions and objects.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Generator
from contextvars import Context, Token, copy_context
from functools import partial
from types import ModuleType
from typing import Any, NoReturn

from motorish.calls import has_callback_parameter
from motorish.errors import UsageError
from motorish.hub import Scope, scope_of_context
from motorish.proxy.declarations import with_callback
from motorish.proxy.wrapping import Root, Wrapping, unwrapped, unwrapped_one

ROWS = 100
"""Rows of a cursor that are fetched at once, unless its ``arraysize`` is larger."""


class Wrapped:
    """
    Base of them all.

    Attributes:
        delegate: the driver's own.
    """

    __slots__ = ("__weakref__", "_root", "_wrapping", "delegate")

    delegate: Any
    _root: Root | None
    _wrapping: Wrapping

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        object.__setattr__(self, "delegate", delegate)
        object.__setattr__(self, "_root", root)
        object.__setattr__(self, "_wrapping", wrapping)

    def __repr__(self) -> str:
        return f"<wrapped {self.delegate!r}>"

    def __dir__(self) -> list[str]:
        return sorted({*dir(self.delegate), "delegate"})

    def __eq__(self, other: object) -> bool:
        return bool(self.delegate == unwrapped_one(other))

    def __hash__(self) -> int:
        return hash(self.delegate)

    def __reduce__(self) -> Any:
        from motorish.proxy.wrap import wrap

        return wrap, (self.delegate, self._wrapping.engine)

    def __getattr__(self, name: str) -> Any:
        # Only for what is not found otherwise.
        wrapping, delegate = self._wrapping, self.delegate
        owner = delegate if isinstance(delegate, type) else type(delegate)
        if wrapping.names(wrapping.adapter.awaited, owner, name):
            return wrapping.start(partial(getattr, delegate, name), (), {}, self._root)
        value = getattr(delegate, name)
        if name.startswith("__"):
            return value
        if isinstance(value, type):
            return WrappedClass(value, None, wrapping) if wrapping.wraps_class(value) else value
        if inspect.isroutine(value):
            return WrappedFunction(value, self._root, wrapping, direct=wrapping.is_direct(owner, name))
        return wrapping.give(value, self._root)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.delegate, name, unwrapped_one(value))

    def __delattr__(self, name: str) -> None:
        delattr(self.delegate, name)


class WrappedFunction(Wrapped):
    """
    A function or method: a call of it starts at once, and returns a future.
    """

    __slots__ = ("_direct",)

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping, *, direct: bool = False) -> None:
        super().__init__(delegate, root, wrapping)
        object.__setattr__(self, "_direct", direct)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        wrapping = self._wrapping
        if self._direct:
            kwargs = {name: unwrapped_one(value) for name, value in kwargs.items()}
            return wrapping.give(self.delegate(*unwrapped(args), **kwargs), self._root)
        return wrapping.start(self.delegate, args, kwargs, self._root)

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            ours = not (self._direct or has_callback_parameter(self.delegate))
            return with_callback(self.delegate) if ours else inspect.signature(self.delegate)
        return getattr(self.delegate, name)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.delegate.__doc__  # type: ignore[no-any-return]


class WrappedClass(Wrapped):
    """
    A class: calling it makes an object, in a child.
    """

    __slots__ = ()

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        wrapping = self._wrapping
        if wrapping.is_direct(self.delegate):
            kwargs = {name: unwrapped_one(value) for name, value in kwargs.items()}
            return wrapping.give(self.delegate(*unwrapped(args), **kwargs), None)
        return wrapping.start(self.delegate, args, kwargs, None)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> NoReturn:
        raise TypeError(
            f"derive from the driver's own class, {self.delegate.__qualname__} (.delegate), and wrap yours"
        )

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(unwrapped_one(instance), self.delegate)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.delegate.__doc__  # type: ignore[no-any-return]


class WrappedModule(Wrapped):
    """
    A module: its functions and classes are wrapped, exceptions and constants are not.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.delegate, name)
        if isinstance(value, ModuleType) and self._wrapping.wraps_module(value):
            return WrappedModule(value, None, self._wrapping)
        return super().__getattr__(name)

    def __reduce__(self) -> Any:
        from motorish.proxy.wrap import wrap_module

        return wrap_module, (self.delegate.__name__, self._wrapping.engine)


class WrappedObject(Wrapped):
    """
    An object of the driver's.
    """

    __slots__ = ("_context", "_scope")

    _context: Context
    _scope: Token[Scope | None] | None

    __iter__ = None  # 'async for', not 'for'

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._wrapping.start(self.delegate, args, kwargs, self._root)

    def __await__(self) -> Generator[Any, None, Any]:
        return self
        yield  # makes it a generator: nothing is to be waited for

    async def __aenter__(self) -> Any:
        # From here to __aexit__: one identity for the calls of the block, one Context for both ends.
        token = None
        if scope_of_context.get() is None:
            token = scope_of_context.set(Scope())
        context = copy_context()
        object.__setattr__(self, "_scope", token)
        object.__setattr__(self, "_context", context)
        try:
            entered = await self._wrapping.start(
                type(self.delegate).__enter__, (self.delegate,), {}, self._root, context
            )
        except BaseException:
            self._leave_scope()
            raise
        return self if unwrapped_one(entered) is self.delegate else entered

    async def __aexit__(self, *exc_info: Any) -> Any:
        try:
            leave = type(self.delegate).__exit__
            return await self._wrapping.start(
                leave, (self.delegate, *exc_info), {}, self._root, self._context
            )
        finally:
            self._leave_scope()

    def __enter__(self) -> NoReturn:
        raise UsageError(f"use {type(self.delegate).__name__} in 'async with', not in 'with'")

    def __exit__(self, *exc_info: object) -> None: ...

    def __aiter__(self) -> AsyncIterator[Any]:
        if hasattr(self.delegate, "fetchmany"):
            return self._rows()
        return self._items()

    def __anext__(self) -> Any:
        return self._wrapping.start(_next, (self.delegate,), {}, self._root)

    def __len__(self) -> int:
        return len(self.delegate)

    def __bool__(self) -> bool:
        return bool(self.delegate)

    def __contains__(self, item: object) -> bool:
        return unwrapped_one(item) in self.delegate

    def __getitem__(self, key: Any) -> Any:
        return self._wrapping.give(self.delegate[unwrapped_one(key)], self._root)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.delegate[unwrapped_one(key)] = unwrapped_one(value)

    def __delitem__(self, key: Any) -> None:
        del self.delegate[unwrapped_one(key)]

    async def _rows(self) -> AsyncIterator[Any]:
        # Of a PEP 249 cursor: one call for a batch, not for a row.
        size = max(ROWS, getattr(self.delegate, "arraysize", 1))
        while rows := await self._wrapping.start(self.delegate.fetchmany, (size,), {}, self._root):
            for row in rows:
                yield row

    async def _items(self) -> AsyncIterator[Any]:
        iterator = await self._wrapping.start(_iterator_of, (self.delegate,), {}, self._root)
        async for item in iterator:
            yield item

    def _leave_scope(self) -> None:
        token = self._scope
        object.__setattr__(self, "_scope", None)
        if token is not None:
            try:
                scope_of_context.reset(token)
            except ValueError:  # left in another task than it was entered in
                pass


class WrappedIterator(WrappedObject):
    """
    A generator, or another iterator: each step runs in a child, all of them in one Context.
    """

    __slots__ = ()

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping)
        context = copy_context()
        if context.get(scope_of_context) is None:
            context.run(scope_of_context.set, Scope())
        object.__setattr__(self, "_context", context)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Any:
        return self._step(_next, self.delegate)

    def asend(self, value: Any) -> Any:
        """
        As a generator's ``send``.
        """
        return self._step(_send, self.delegate, value)

    def athrow(self, *exception: Any) -> Any:
        """
        As a generator's ``throw``.
        """
        return self._step(_throw, self.delegate, *exception)

    def aclose(self) -> Any:
        """
        As a generator's ``close``.
        """
        return self._step(self.delegate.close)

    def _step(self, function: Callable[..., Any], *args: Any) -> Any:
        return self._wrapping.start(function, args, {}, self._root, self._context)


def _iterator_of(delegate: Any) -> Any:
    return (item for item in iter(delegate))


def _next(iterator: Any) -> Any:
    # A Future cannot carry a StopIteration.
    try:
        return next(iterator)
    except StopIteration:
        raise StopAsyncIteration from None


def _send(generator: Any, value: Any) -> Any:
    try:
        return generator.send(value)
    except StopIteration:
        raise StopAsyncIteration from None


def _throw(generator: Any, *exception: Any) -> Any:
    try:
        return generator.throw(*exception)
    except StopIteration:
        raise StopAsyncIteration from None
