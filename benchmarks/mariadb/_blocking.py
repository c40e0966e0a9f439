"""
The workloads on PyMySQL as it is, synchronously: for threads, and for gevent's greenlets.
"""

from typing import Any

import pymysql

from benchmarks._variant import Blocking
from benchmarks.mariadb import _functions, settings_of_pymysql


class BlockingPyMySQL(Blocking):
    def worker(self) -> Any:
        return pymysql.connect(**settings_of_pymysql(self.address))

    def leave(self, own: Any) -> None:
        own.close()

    def select_one(self, own: Any) -> Any:
        return _functions.select_one(own)

    def select_many(self, own: Any) -> Any:
        return _functions.select_many(own)
