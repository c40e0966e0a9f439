"""
PostgreSQL through psycopg2 in plain threads, one per worker.
"""

from typing import Any

import psycopg2

from benchmarks._variant import Blocking, serve
from benchmarks.postgresql import _functions


class Psycopg2Threads(Blocking):
    def worker(self) -> Any:
        connection = psycopg2.connect(self.address)
        connection.autocommit = True
        return connection

    def leave(self, own: Any) -> None:
        own.close()

    def select_one(self, own: Any) -> Any:
        return _functions.select_one(own)

    def select_many(self, own: Any) -> Any:
        return _functions.select_many(own)

    def insert(self, own: Any) -> Any:
        return _functions.insert(own)


serve(Psycopg2Threads)
