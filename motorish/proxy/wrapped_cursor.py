"""
Cursors of PEP 249, wrapped: rows are fetched in batches, and at once if the driver has them already.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from motorish.hub import current_hub, running_loop
from motorish.proxy.iteration import all_rows, one_row, some_rows
from motorish.proxy.wrapped import DOC, WrappedFunction, set_own
from motorish.proxy.wrapped_object import WrappedObject

if TYPE_CHECKING:
    from motorish.proxy.roots import Root
    from motorish.proxy.wrapping import Wrapping

ROWS = 100
"""Rows of a cursor that are fetched at once, unless the application has set its ``arraysize``."""

_AHEAD = {"fetchone": one_row, "fetchmany": some_rows, "fetchall": all_rows}
_FORGETTING = ("callproc", "nextset", "scroll", "close")  # rows that were fetched ahead, as execute() does


class WrappedCursor(WrappedObject):
    """
    A cursor of PEP 249: rows are fetched in batches.
    """

    __slots__ = ("_ahead",)

    _ahead: deque[Any]  # rows that were fetched and not asked for yet

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping)
        set_own(self, "_ahead", deque())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("fetch"):
            ahead = _AHEAD.get(name) if self._ahead else None
            fetch = ahead(self.delegate, self._ahead) if ahead is not None else getattr(self.delegate, name)
            return WrappedFetch(fetch, self._root, self._wrapping, direct=False)
        if self._ahead and (name.startswith("execute") or name in _FORGETTING):
            self._ahead.clear()
        if name == "close":
            return WrappedFetch(self.delegate.close, self._root, self._wrapping, direct=False)
        return super().__getattr__(name)

    # A cursor's block with nothing to wait for is no span: its calls have an identity each.

    async def __aenter__(self) -> Any:
        if not self._is_left_at_once():
            return await super().__aenter__()
        self.delegate.__enter__()
        self._spans.append((asyncio.current_task(), None))
        return self

    async def __aexit__(self, *exc_info: Any) -> Any:
        if not self._is_left_at_once():
            return await super().__aexit__(*exc_info)
        span = self._take_span()
        if span is not None:
            span.hide()
        return self.delegate.__exit__(*exc_info)

    def _is_left_at_once(self) -> bool:
        return hasattr(self.delegate, "__exit__") and _is_ready(self.delegate, self._root, self._wrapping)

    async def __aiter__(self) -> AsyncIterator[Any]:
        ahead, wrapping, root = self._ahead, self._wrapping, self._root
        while True:
            while ahead:
                yield ahead.popleft()
            size = getattr(self.delegate, "arraysize", 1)
            size = size if isinstance(size, int) and size > 1 else ROWS
            rows = await WrappedFetch(self.delegate.fetchmany, root, wrapping, direct=False)(size)
            if not rows:
                return
            ahead.extend(rows)

    async def __anext__(self) -> Any:
        row = await self.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row


class WrappedFetch(WrappedFunction):
    """
    The ``fetchone`` and so on of a cursor, and its ``close``: rows are data, whatever their class.
    """

    __slots__ = ()
    __doc__ = DOC

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        cursor = getattr(self.delegate, "__self__", None)  # none of rows that were fetched ahead
        if _is_ready(cursor, self._root, self._wrapping):
            return self._wrapping.call_to_end(self.delegate, args, kwargs)
        return self._wrapping.start(self.delegate, args, kwargs, self._root, data=True)


def _is_ready(cursor: Any, root: Root | None, wrapping: Wrapping) -> bool:
    # Whether it has its rows, and nobody's call is at work on its connection.
    buffered = wrapping.adapter.buffered
    if buffered is None or wrapping.engine == "thread" or root is None or root.ended:
        return False
    if running_loop() is None or current_hub().later:  # a call that the loop is to start comes first
        return False
    return root.turn is not None and not root.turn.taken and buffered(cursor)
