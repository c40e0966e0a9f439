"""
MariaDB through aiomysql: PyMySQL's protocol, on asyncio's streams.
"""

from typing import Any

import aiomysql

from benchmarks import mariadb
from benchmarks._sql import AwaitedConnection
from benchmarks._variant import serve


class Aiomysql(AwaitedConnection):
    system = mariadb

    async def worker(self) -> Any:
        arguments = mariadb.settings(self.address)
        return await aiomysql.connect(db=arguments.pop("database"), **arguments)

    async def leave(self, own: Any) -> None:
        await own.ensure_closed()


serve(Aiomysql)
