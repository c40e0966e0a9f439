"""
MariaDB through PyMySQL, as `motorish.wrap` gives it: the cursor, the statement and the rows are a call each.
"""

from typing import Any

import pymysql

import motorish
from benchmarks._variant import Asynchronous, serve
from benchmarks.mariadb import ID, SELECT_MANY, SELECT_ONE, settings

mysql = motorish.wrap(pymysql)


class MotorishWrap(Asynchronous):
    async def worker(self) -> Any:
        return await mysql.connect(**settings(self.address))

    async def leave(self, own: Any) -> None:
        await own.close()

    async def select_one(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_ONE, (ID,))
            return await cursor.fetchone()

    async def select_many(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_MANY)
            return await cursor.fetchall()


serve(MotorishWrap)
