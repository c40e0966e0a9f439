"""
The driver's objects, wrapped: methods, context managers, iterators and generators; cursors are next door.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import aclosing
from types import GeneratorType
from typing import TYPE_CHECKING, Any, NoReturn

from motorish.calls import is_coroutine_function
from motorish.errors import UsageError
from motorish.proxy.iteration import steps, take
from motorish.proxy.spans import Span
from motorish.proxy.wrapped import Wrapped, set_own, unwrapped

if TYPE_CHECKING:
    from motorish.proxy.roots import Root
    from motorish.proxy.wrapping import Wrapping

PASSED_ON = (
    "__len__", "__bool__", "__contains__", "__getitem__", "__setitem__", "__delitem__", "__lt__", "__le__",
    "__gt__", "__ge__", "__int__", "__float__", "__index__", "__bytes__", "__fspath__", "__str__",
    "__format__", "__add__", "__sub__", "__mul__", "__truediv__", "__mod__", "__and__", "__or__", "__xor__",
    "__lshift__", "__rshift__", "__radd__", "__rsub__", "__rmul__", "__rand__", "__ror__", "__rxor__",
    "__neg__", "__pos__", "__invert__",
)  # fmt: skip


class WrappedObject(Wrapped):
    """
    An object of the driver's.

    `of_kind` makes the subclass for each class of the driver's; it has the special methods that class has.
    """

    __slots__ = ("_spans",)

    _spans: list[tuple[Any, Span | None]]  # by the task that has entered; None if it waited for nothing

    __iter__ = None  # 'async for', not 'for'

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping)
        set_own(self, "_spans", [])

    @classmethod
    def of_kind(cls, kind: type[Any]) -> type[WrappedObject]:
        """
        The subclass for objects of *kind*.
        """
        names: dict[str, Any] = {"__slots__": (), "__doc__": kind.__doc__}
        for name in PASSED_ON:
            method = getattr(kind, name, None)
            if method is not None and method is not getattr(object, name, None):
                names[name] = _passing_on(name)
        if callable(getattr(kind, "__call__", None)):  # noqa: B004  # of its objects, not of itself
            names["__call__"] = _call
        return type(f"Wrapped{kind.__name__}", (cls,), names)

    def __await__(self) -> Generator[Any, None, Any]:
        return self
        yield  # makes it a generator: nothing is to be waited for

    async def __aenter__(self) -> Any:
        delegate, root = self.delegate, self._root
        enter = getattr(type(delegate), "__enter__", None)
        if enter is None:
            _check_close(delegate)
        span = Span()
        entered = self
        if enter is not None:
            entered = await self._wrapping.start(enter, (delegate,), {}, root, span.context())
        span.show(identity=root is None or root.turn is not None)
        self._spans.append((asyncio.current_task(), span))
        return entered

    async def __aexit__(self, *exc_info: Any) -> Any:
        span = self._take_span() or Span()
        leave = getattr(type(self.delegate), "__exit__", None)
        try:
            if leave is None:
                await self._wrapping.start(self.delegate.close, (), {}, self._root, span.context(last=True))
                return None
            args = (self.delegate, *exc_info)
            return await self._wrapping.start(leave, args, {}, self._root, span.context(last=True))
        except Exception:
            if not isinstance(exc_info[1], asyncio.CancelledError):
                raise
            return None  # some drivers cannot close what was given up, but the task ends all the same
        finally:
            span.hide()

    def _take_span(self) -> Span | None:
        # Several tasks may have entered.
        current = asyncio.current_task()
        for position in range(len(self._spans) - 1, -1, -1):
            if self._spans[position][0] is current:
                return self._spans.pop(position)[1]
        return self._spans.pop()[1]

    def __enter__(self) -> NoReturn:
        raise UsageError(f"use {type(self.delegate).__name__} in 'async with', not in 'with'")

    def __exit__(self, *exc_info: object) -> None: ...

    async def __aiter__(self) -> AsyncIterator[Any]:
        wrapping, root = self._wrapping, self._root
        iterator = unwrapped(await wrapping.start(iter, (self.delegate,), {}, root))
        if not wrapping.is_drivers(type(iterator)):  # that of a list or the like
            for item in iterator:
                yield wrapping.give(item, root)
            return
        async with aclosing(steps(wrapping, root, Span(), iterator)) as items:
            async for item in items:
                yield item

    async def __anext__(self) -> Any:
        items, error = await self._wrapping.start(take, (self.delegate, 1), {}, self._root)
        if items:
            return self._wrapping.give(items[0], self._root)
        raise error or StopAsyncIteration


class WrappedIterator(WrappedObject):
    """
    A generator or the like: an asynchronous generator, each step of which runs in a child.

    All steps have one Context and one identity.  It is closed when it is abandoned.
    """

    __slots__ = ("_steps",)

    _steps: AsyncGenerator[Any, Any]

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping)
        set_own(self, "_steps", steps(wrapping, root, Span(), delegate))

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Any:
        return self._steps.__anext__()

    def asend(self, value: Any) -> Any:
        """
        As a generator's ``send``.
        """
        return self._steps.asend(value)

    def athrow(self, *exception: Any) -> Any:
        """
        As a generator's ``throw``.
        """
        return self._steps.athrow(*exception)

    def aclose(self) -> Any:
        """
        As a generator's ``close``.
        """
        return self._steps.aclose()

    async def __aenter__(self) -> Any:
        if not isinstance(self.delegate, GeneratorType):
            return await super().__aenter__()
        return self

    async def __aexit__(self, *exc_info: Any) -> Any:
        if not isinstance(self.delegate, GeneratorType):
            return await super().__aexit__(*exc_info)
        await self.aclose()
        return None


def _check_close(delegate: Any) -> None:
    # Of what is no context manager.
    kind, close = type(delegate), getattr(delegate, "close", None)
    if close is not None and not is_coroutine_function(close):
        return
    if close is not None or hasattr(kind, "__aenter__"):
        raise TypeError(
            f"{kind.__name__} is asynchronous already: use the one of {kind.__module__.partition('.')[0]!r} "
            "itself, not of what motorish.wrap() made of it"
        )
    raise TypeError(f"{kind.__name__} is no context manager, and has no close()")


def _passing_on(name: str) -> Callable[..., Any]:
    def method(self: WrappedObject, *args: Any) -> Any:
        delegate = self.delegate
        result = getattr(type(delegate), name)(delegate, *map(unwrapped, args))
        return self._wrapping.give(result, self._root)

    method.__name__ = name
    return method


def _call(self: WrappedObject, /, *args: Any, **kwargs: Any) -> Any:
    return self._wrapping.start(self.delegate, args, kwargs, self._root)
