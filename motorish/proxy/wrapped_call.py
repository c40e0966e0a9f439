"""
The future of a wrapped call: it can be awaited, entered and iterated, as what the call gives can be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from motorish.hub import CallFuture

T = TypeVar("T")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)


class Gives(Protocol[T_co]):
    """
    What can be awaited.
    """

    def __await__(self) -> Generator[Any, None, T_co]: ...


class Enters(Protocol[T_co]):
    """
    What can be used in ``async with``.
    """

    async def __aenter__(self) -> T_co: ...


class Iterates(Protocol[T_co]):
    """
    What can be used in ``async for``.
    """

    def __aiter__(self) -> AsyncIterator[T_co]: ...


class WrappedFuture(CallFuture[T]):
    """
    ``async with conn.cursor() as cursor`` and ``async for row in conn.execute(...)`` await it first.
    """

    _entered: Any = None

    async def __aenter__(self: Gives[Enters[V]]) -> V:
        value = await self
        if not hasattr(type(value), "__aenter__"):
            raise TypeError(f"what the call gave cannot be used in 'async with': {value!r}")
        self._entered = value  # type: ignore[attr-defined]  # a Gives has none
        return await value.__aenter__()

    async def __aexit__(self, *exc_info: Any) -> Any:
        return await self._entered.__aexit__(*exc_info)

    @overload
    def __aiter__(self: Gives[Iterates[V]]) -> AsyncIterator[V]: ...

    @overload
    def __aiter__(self: Gives[Iterable[V]]) -> AsyncIterator[V]: ...

    async def __aiter__(self) -> AsyncIterator[Any]:
        value: Any = await self
        if not hasattr(type(value), "__aiter__"):
            for item in value:  # data
                yield item
            return
        iterator = aiter(value)
        if not hasattr(iterator, "aclose"):
            async for item in iterator:
                yield item
            return
        async with aclosing(iterator):
            async for item in iterator:
                yield item

    if not TYPE_CHECKING:  # which would allow every attribute

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(
                f"this is the future of a call and has no attribute {name!r}: await it first",
                name=name,
                obj=self,
            )
