"""
Methods of a cursor of PEP 249 that knows of rows that were fetched ahead of the application.

Each runs in the call, when it is its turn, and takes the driver's cursor and the rows fetched ahead.  Rows
leave those only when nothing can fail any more: a fetch that fails or is cancelled loses none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any


def fetch_ahead(cursor: Any, ahead: deque[Any], size: int) -> bool:
    """
    Fetch up to *size* more; return whether there were any.
    """
    rows = cursor.fetchmany(size)
    ahead.extend(rows)
    return bool(rows)


def fetchone(cursor: Any, ahead: deque[Any]) -> Any:
    """
    As the cursor's.
    """
    return ahead.popleft() if ahead else cursor.fetchone()


def fetchval(cursor: Any, ahead: deque[Any]) -> Any:
    """
    As the cursor's: the first column of the next row.
    """
    return ahead.popleft()[0] if ahead else cursor.fetchval()


def fetchmany(cursor: Any, ahead: deque[Any], *args: Any, **kwargs: Any) -> Sequence[Any]:
    """
    As the cursor's.
    """
    if not ahead:
        return cursor.fetchmany(*args, **kwargs)  # type: ignore[no-any-return]
    size = [*args, *kwargs.values(), 0][0] or cursor.arraysize
    rows = cursor.fetchmany(size - len(ahead)) if size > len(ahead) else ()
    return [*_take(ahead, size), *rows]


def fetchall(cursor: Any, ahead: deque[Any]) -> Sequence[Any]:
    """
    As the cursor's.
    """
    rows = cursor.fetchall()
    return [*_take(ahead, len(ahead)), *rows] if ahead else rows


def scroll(cursor: Any, ahead: deque[Any], value: int = 0, mode: str = "relative") -> None:
    """
    As the cursor's, from where the application is.
    """
    if mode == "relative" and 0 <= value <= len(ahead):
        _take(ahead, value)  # not all cursors can go back
        return
    cursor.scroll(value - len(ahead) if mode == "relative" else value, mode)
    ahead.clear()


def skip(cursor: Any, ahead: deque[Any], count: int) -> None:
    """
    As the cursor's: leave out *count* rows.
    """
    if count > len(ahead):
        cursor.skip(count - len(ahead))
    _take(ahead, count)


def close(cursor: Any, ahead: deque[Any]) -> None:
    """
    As the cursor's.
    """
    ahead.clear()
    cursor.close()


def _take(ahead: deque[Any], count: int) -> list[Any]:
    return [ahead.popleft() for _ in range(min(count, len(ahead)))]
