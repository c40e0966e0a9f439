"""
What a pool does with one connection: plain PEP 249 code, which runs on a child or in a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def query(connection: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """
    Execute, fetch all rows, commit.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(*args, **kwargs)
        rows = cursor.fetchall()
    finally:
        cursor.close()
    connection.commit()
    return list(rows)


def operation(connection: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """
    Execute, commit.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(*args, **kwargs)
    finally:
        cursor.close()
    connection.commit()


def interaction(
    connection: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """
    Call *function* with a cursor, commit when it returns.
    """
    cursor = connection.cursor()
    try:
        result = function(cursor, *args, **kwargs)
    finally:
        cursor.close()
    connection.commit()
    return result


def with_connection(
    connection: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """
    Call *function* with the connection, commit when it returns.
    """
    result = function(connection, *args, **kwargs)
    connection.commit()
    return result
