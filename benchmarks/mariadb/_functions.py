"""
The workloads as synchronous functions of a PyMySQL connection.
"""

from typing import Any

from benchmarks.mariadb import ID, SELECT_MANY, SELECT_ONE


def select_one(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ONE, (ID,))
        return cursor.fetchone()


def select_many(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_MANY)
        return cursor.fetchall()
