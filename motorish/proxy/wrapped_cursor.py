"""
Cursors of PEP 249, wrapped: rows are fetched in batches, and at once if the driver has them already.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from motorish.calls import is_coroutine_function
from motorish.hub import current_hub, running_loop
from motorish.proxy import fetched_ahead
from motorish.proxy.values import ROUTINES
from motorish.proxy.wrapped import DOC, Wrapped, WrappedFunction, set_own
from motorish.proxy.wrapped_object import WrappedObject

if TYPE_CHECKING:
    from motorish.proxy.roots import Root
    from motorish.proxy.wrapping import Wrapping

ROWS = 100
"""Rows of a cursor that are fetched at once, unless the application has set its ``arraysize``."""

_AHEAD: dict[str, Callable[..., Any]] = {
    name: getattr(fetched_ahead, name)
    for name in ("fetchone", "fetchval", "fetchmany", "fetchall", "scroll", "skip", "close")
}
_FORGETTING = ("execute", "callproc", "nextset", "set_result", "results", "stream", "copy")
"""Beginnings of the names of what makes another result the cursor's."""


class WrappedCursor(WrappedObject):
    """
    A cursor of PEP 249: rows are fetched in batches.
    """

    __slots__ = ("_ahead",)

    _ahead: deque[Any] | None  # rows of this result that were fetched and not asked for yet

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping)
        set_own(self, "_ahead", None)

    def __getattr__(self, name: str) -> Any:
        # What a method does with rows fetched ahead is decided when it is called, not here.
        if name in _AHEAD and callable(method := getattr(self.delegate, name)):
            return WrappedFetch(method, self, _AHEAD[name])
        value = super().__getattr__(name)
        if name == "rownumber" and self._ahead and isinstance(value, int):
            return value - len(self._ahead)
        return value

    def _wrap_attribute(self, owner: type[Any], name: str, value: Any) -> Any:
        if name.startswith(_FORGETTING) and isinstance(value, ROUTINES) and not is_coroutine_function(value):
            direct = self._wrapping.names("direct", owner, name)
            return WrappedExecute(value, self, direct=direct)
        wrapped = super()._wrap_attribute(owner, name, value)
        if name.startswith("fetch") and isinstance(wrapped, WrappedFunction):
            return WrappedFetch(value, self)
        return wrapped

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
        while True:
            ahead = self._ahead
            if ahead is None:
                set_own(self, "_ahead", ahead := deque())
            while ahead:
                yield ahead.popleft()
                if self._ahead is not ahead:  # another result
                    break
            else:
                size = getattr(self.delegate, "arraysize", 1)
                size = size if isinstance(size, int) and size > 1 else ROWS
                if not await WrappedFetch(self.delegate.fetchmany, self, fetched_ahead.fetch_ahead)(size):
                    return

    async def __anext__(self) -> Any:
        row = await self.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row


class WrappedExecute(WrappedFunction):
    """
    The ``execute`` and so on of a cursor: rows that were fetched ahead are those of the result before.
    """

    __slots__ = ("_cursor",)
    __doc__ = DOC

    _cursor: WrappedCursor

    def __init__(self, delegate: Any, cursor: WrappedCursor, *, direct: bool) -> None:
        super().__init__(delegate, cursor._root, cursor._wrapping, direct=direct)
        set_own(self, "_cursor", cursor)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        set_own(self._cursor, "_ahead", None)  # calls made before this one have the deque itself
        return super().__call__(*args, **kwargs)


class WrappedFetch(WrappedFunction):
    """
    The ``fetchone`` and so on of a cursor, and its ``close``: rows are data, whatever their class.
    """

    __slots__ = ("_cursor", "_from_ahead")
    __doc__ = DOC

    _direct = False
    _cursor: WrappedCursor
    _from_ahead: Callable[..., Any] | None  # does the same where rows may have been fetched ahead

    def __init__(
        self, delegate: Any, cursor: WrappedCursor, from_ahead: Callable[..., Any] | None = None
    ) -> None:
        Wrapped.__init__(self, delegate, cursor._root, cursor._wrapping)
        set_own(self, "_cursor", cursor)
        set_own(self, "_from_ahead", from_ahead)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        function, cursor, wrapping = self.delegate, self._cursor, self._wrapping
        if self._from_ahead is not None and cursor._ahead is not None:
            function, args = self._from_ahead, (cursor.delegate, cursor._ahead, *args)
        if _is_ready(cursor.delegate, self._root, wrapping):
            return wrapping.call_to_end(function, args, kwargs)
        return wrapping.start(function, args, kwargs, self._root, data=True)


def _is_ready(cursor: Any, root: Root | None, wrapping: Wrapping) -> bool:
    # Whether it has its rows, and nobody's call is at work on its connection.
    buffered = wrapping.adapter.buffered
    if buffered is None or wrapping.engine == "thread" or root is None or root.ended:
        return False
    if running_loop() is None or current_hub().later:  # a call that the loop is to start comes first
        return False
    return root.turn is not None and not root.turn.taken and buffered(cursor)
