"""
The future of a wrapped call: it can be awaited, entered and iterated, as what the call gives can be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from motorish.hub import CallFuture


class WrappedFuture(CallFuture[Any]):
    """
    ``async with conn.cursor() as cursor`` and ``async for row in conn.execute(...)`` await it first.
    """

    _entered: Any = None

    async def __aenter__(self) -> Any:
        value = await self
        if not hasattr(type(value), "__aenter__"):
            raise TypeError(f"what the call gave cannot be used in 'async with': {value!r}")
        self._entered = value
        return await value.__aenter__()

    async def __aexit__(self, *exc_info: Any) -> Any:
        return await self._entered.__aexit__(*exc_info)

    async def __aiter__(self) -> AsyncIterator[Any]:
        value = await self
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

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"this is the future of a call and has no attribute {name!r}: await it first", name=name, obj=self
        )
