"""
Objects that can be used at once, or awaited first: both call shapes of one method.

Where a method only makes an object in one library and is a coroutine that returns the object in another
(Motor's ``collection.aggregate()`` and that of PyMongo's asynchronous client), ours makes a latent one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, ClassVar, Self

from motorish.calls import Callback
from motorish.proxy.base import Proxy


class Latent(Proxy):
    """
    A proxy that can be awaited: that does what its first use would do first, and gives the proxy itself.
    """

    _prepare: ClassVar[Callable[[Any], Any] | None] = None
    """What has to be done before the first use, on a child; None where that is nothing."""

    def __await__(self) -> Generator[Any, None, Self]:
        if self._prepare is not None:
            yield from self._call(self._prepared).__await__()
        return self

    def _give(self, callback: Callback | None) -> Any:
        """
        What a method that made this proxy returns: it, or None with a callback, which gets it prepared.
        """
        return self if callback is None else self._call(self._prepared, callback=callback)

    def _prepared(self) -> Self:
        # Runs on a child.
        if self._prepare is not None:
            self._prepare()
        return self


class LatentCoroutine(Latent):
    """
    A latent proxy of which a task can be made: ``TaskGroup.create_task(collection.aggregate(...))``.

    asyncio makes tasks of coroutines only: of what has ``send``, ``throw`` and ``close``.  A subclass has
    the latter, in whatever meaning; asyncio does not call it.
    """

    _awaiting: Generator[Any, None, Any] | None = None

    def send(self, value: Any) -> Any:
        """
        Go on as a coroutine; for the event loop.
        """
        return self._step("send", value)

    def throw(self, *exception: Any) -> Any:
        """
        Raise an exception in the coroutine; for the event loop.
        """
        return self._step("throw", *exception)

    def _step(self, method: str, *args: Any) -> Any:
        if self._awaiting is None:
            self._awaiting = self.__await__()
        try:
            return getattr(self._awaiting, method)(*args)
        except BaseException:  # its end
            self._awaiting = None
            raise
