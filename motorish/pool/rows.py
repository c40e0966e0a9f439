"""
The rows of a statement, one by one: for ``async for``, or for a callback.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from motorish.calls import timeout

if TYPE_CHECKING:
    from motorish.pool.api import ConnectionPool

LEAVE_S = 1.0
"""A cursor that takes longer to close, in seconds, costs its connection: some read all rows that are left."""

Each = Callable[[Any, BaseException | None], Any]
"""``callback(row, error)``: both None at the end."""

_running: set[asyncio.Task[None]] = set()  # asyncio itself keeps no task alive


async def rows_of(
    pool: ConnectionPool,
    make_cursor: Callable[[Any], Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    batch_size: int,
) -> AsyncGenerator[Any, None]:
    """
    Hold a connection of *pool*'s, execute a statement, and give its rows.

    Args:
        make_cursor: given the connection.
        args, kwargs: of the cursor's ``execute``.
        batch_size: rows fetched at once.
    """
    member = await pool.take()
    try:
        cursor = await member.call(make_cursor, member.connection)
        try:
            await member.call(partial(cursor.execute, *args, **kwargs))
            while rows := await member.call(cursor.fetchmany, batch_size):
                for row in rows:
                    yield row
        finally:
            with suppress(Exception), timeout(LEAVE_S):  # what it raises, rolling back will too
                await member.call(cursor.close)
    finally:
        await pool.release(member, commit=False)


def each(rows: AsyncGenerator[Any, None], callback: Each) -> None:
    """
    Hand *rows* to a callback.  A loop callback.
    """
    task = asyncio.ensure_future(_hand_out(rows, callback))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _hand_out(rows: AsyncGenerator[Any, None], callback: Each) -> None:
    error: BaseException | None = None
    try:
        async with aclosing(rows):
            async for row in rows:
                if _called(callback, row, None) is False:
                    return
    except (Exception, asyncio.CancelledError) as failure:
        error = failure
    _called(callback, None, error)


def _called(callback: Each, row: Any, error: BaseException | None) -> Any:
    # What the callback raises is for the loop's exception handler; the next row follows.
    try:
        return callback(row, error)
    except Exception as failure:
        context = {"message": f"the callback {callback!r} failed", "exception": failure}
        asyncio.get_running_loop().call_exception_handler(context)
        return None
