"""
PostgreSQL through psycopg 3's own AsyncConnection.

psycopg prepares a statement when a connection executes it for the sixth time, as it does by default.
"""

from typing import Any

import psycopg

from benchmarks import postgresql
from benchmarks._sql import AwaitedConnection
from benchmarks._variant import serve


class PsycopgAsync(AwaitedConnection):
    system = postgresql

    async def worker(self) -> Any:
        return await psycopg.AsyncConnection.connect(self.address, autocommit=True)


serve(PsycopgAsync)
