"""
The workloads as synchronous functions of a connection of psycopg2 or psycopg 3.
"""

from typing import Any

from benchmarks.postgresql import EVENT, ID, INSERT, SELECT_MANY, SELECT_ONE


def select_one(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ONE, (ID,))
        return cursor.fetchone()


def select_many(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_MANY)
        return cursor.fetchall()


def insert(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, EVENT)
        return cursor.rowcount
