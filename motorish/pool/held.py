"""
A connection that is held for several calls: ``async with pool.acquire()`` and ``pool.transaction()``.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from motorish.errors import UsageError
from motorish.pool.member import Member

if TYPE_CHECKING:
    from motorish.pool.api import ConnectionPool


class HeldConnection:
    """
    What `ConnectionPool.acquire` returns: a connection inside ``async with``.
    """

    _use = "pool.acquire() as connection"

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._member: Member | None = None

    @property
    def member(self) -> Member:
        """
        The connection that is held.
        """
        if self._member is None:
            raise UsageError("this connection was given back to its pool")
        return self._member

    async def __aenter__(self) -> Any:
        if self._member is not None:
            raise UsageError("this connection is held already: call acquire() for another one")
        self._member = await self._pool.take()
        return self._pool.wrap(self._member.connection, self._member)

    async def __aexit__(self, kind: object, *exc_info: object) -> None:
        await self._release(commit=False)

    async def _release(self, *, commit: bool) -> None:
        member, self._member = self.member, None
        await self._pool.release(member, commit=commit)

    def __await__(self) -> Generator[Any, None, Any]:
        raise UsageError(f"use 'async with {self._use}': it gives the connection back")


class HeldTransaction(HeldConnection):
    """
    What `ConnectionPool.transaction` returns: a cursor inside ``async with``.
    """

    _use = "pool.transaction() as cursor"
    _cursor: Any = None

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        member = self.member
        try:
            self._cursor = await member.call(member.connection.cursor)
        except BaseException:
            await self._release(commit=False)
            raise
        return self._pool.wrap(self._cursor, member)

    async def __aexit__(self, kind: object, *exc_info: object) -> None:
        # Rolling back does not need the cursor closed; committing may.
        commit = False
        try:
            if kind is None:
                await self.member.call(self._cursor.close)
                commit = True
        finally:
            await self._release(commit=commit)
