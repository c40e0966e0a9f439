"""
PostgreSQL through aiopg: psycopg2 in its own asynchronous mode.  Statements are never prepared.
"""

from typing import Any

import aiopg

from benchmarks import postgresql
from benchmarks._sql import AwaitedConnection
from benchmarks._variant import serve


class Aiopg(AwaitedConnection):
    system = postgresql

    async def worker(self) -> Any:
        return await aiopg.connect(self.address)


serve(Aiopg)
