"""
MariaDB through PyMySQL, patched by motorish.

The synchronous functions go through `motorish.asynchronize`, the first thing that the README shows: a cursor,
its statement and its rows are one call.
"""

from typing import Any

import motorish
from benchmarks._variant import Asynchronous, serve
from benchmarks.mariadb import settings_of_pymysql
from benchmarks.mariadb._functions import select_many, select_one

motorish.patch("pymysql")

import pymysql  # noqa: E402


class MotorishClient(Asynchronous):
    select_one_async = staticmethod(motorish.asynchronize(select_one))
    select_many_async = staticmethod(motorish.asynchronize(select_many))

    async def worker(self) -> Any:
        return await motorish.spawn(pymysql.connect, **settings_of_pymysql(self.address))

    async def leave(self, own: Any) -> None:
        await motorish.spawn(own.close)

    async def select_one(self, own: Any) -> Any:
        return await self.select_one_async(own)

    async def select_many(self, own: Any) -> Any:
        return await self.select_many_async(own)


serve(MotorishClient)
