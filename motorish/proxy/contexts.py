"""
Bases of proxies that stand alone: which are closed at the end of ``async with``, or say which loop is theirs.
"""

from __future__ import annotations

from typing import Any, NoReturn, Self

from tornado.ioloop import IOLoop

from motorish.proxy.base import Proxy


class WithLoop(Proxy):
    """
    A proxy that has its loop as an attribute; databases and collections would take that for a child.
    """

    @property
    def io_loop(self) -> IOLoop:
        """
        The Tornado IOLoop that this object belongs to.
        """
        return self.get_io_loop()


class Closing(Proxy):
    """
    A proxy that ``async with`` closes at its end.
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: Any) -> Any:
        await self.close()  # type: ignore[attr-defined]

    def __enter__(self) -> NoReturn:
        raise RuntimeError(f"use {type(self).__name__} in 'async with', not in 'with'")

    def __exit__(self, *exc_info: object) -> None: ...
