"""
Steps of synchronous iterators, as calls: what runs on a child, and the asynchronous generator around it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from functools import partial
from time import monotonic
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from motorish.proxy.spans import Span

if TYPE_CHECKING:
    from motorish.proxy.roots import Root
    from motorish.proxy.wrapping import Wrapping

BATCH = 100
"""Items fetched at once, of iterators whose adapter says that they may."""

SLICE_S = 0.005
"""No more items are fetched at once than take so long, in seconds: the loop has other work."""


async def steps(
    wrapping: Wrapping, root: Root | None, span: Span, iterator: Iterator[Any]
) -> AsyncGenerator[Any, Any]:
    """
    An asynchronous generator of *iterator*'s items; it closes *iterator* at its end if that is a generator.
    """

    def call(function: Callable[..., Any], *args: Any, last: bool = False) -> Any:
        return wrapping.start(function, args, {}, root, span.context(last=last))

    count = BATCH if wrapping.may_batch(iterator) else 1
    closes = isinstance(iterator, GeneratorType)
    items, error = [], None
    resume: Callable[..., Any] = partial(take, iterator, count)
    try:
        while True:
            items, error = await call(resume)
            resume = partial(take, iterator, count)
            for item in items:
                try:
                    sent = yield wrapping.give(item, root)
                except Exception as thrown:
                    if not closes:
                        raise
                    resume = partial(_advance, iterator.throw, thrown)  # type: ignore[attr-defined]
                else:
                    if sent is not None and closes:
                        resume = partial(_advance, iterator.send, sent)  # type: ignore[attr-defined]
            if error is not None:
                closes = False
                if isinstance(error, StopIteration):
                    return
                raise error
    finally:
        del error
        if closes:
            await call(iterator.close, last=True)  # type: ignore[attr-defined]


def take(iterator: Iterator[Any], count: int) -> tuple[list[Any], BaseException | None]:
    """
    Up to *count* items, and what ended the iteration, if it did.  Runs on a child.
    """
    items: list[Any] = []
    until = monotonic() + SLICE_S
    try:
        while True:
            items.append(next(iterator))
            if len(items) >= count or monotonic() >= until:
                return items, None
    except StopIteration as error:
        return items, error.with_traceback(None)  # which refers to the frame that gets this tuple
    except Exception as error:
        if not items:
            raise
        return items, error


def _advance(method: Callable[..., Any], value: Any) -> tuple[list[Any], BaseException | None]:
    # A generator's send() or throw(), as take().
    try:
        return [method(value)], None
    except StopIteration as error:
        return [], error.with_traceback(None)
