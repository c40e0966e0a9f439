"""
MariaDB through PyMySQL, as `motorish.wrap` gives it: the cursor, the statement and the rows are a call each.
"""

from typing import Any

import pymysql

import motorish
from benchmarks import mariadb
from benchmarks._sql import AwaitedConnection
from benchmarks._variant import serve

mysql = motorish.wrap(pymysql)


class MotorishWrap(AwaitedConnection):
    system = mariadb

    async def worker(self) -> Any:
        return await mysql.connect(**mariadb.settings_of_pymysql(self.address))


serve(MotorishWrap)
