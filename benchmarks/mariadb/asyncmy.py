"""
MariaDB through asyncmy: PyMySQL's protocol on asyncio's streams, compiled to C, the parsing of rows included.
"""

from typing import Any

import asyncmy

from benchmarks import mariadb
from benchmarks._sql import AwaitedConnection
from benchmarks._variant import serve


class Asyncmy(AwaitedConnection):
    system = mariadb

    async def worker(self) -> Any:
        return await asyncmy.connect(**mariadb.settings(self.address))

    async def leave(self, own: Any) -> None:
        await own.ensure_closed()


serve(Asyncmy)
