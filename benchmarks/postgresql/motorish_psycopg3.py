"""
PostgreSQL through psycopg 3's synchronous API, patched by motorish.

psycopg prepares a statement when a connection executes it for the sixth time, as it does by default.
"""

from typing import Any

import motorish
from benchmarks._variant import serve
from benchmarks.postgresql._motorish import Motorish

motorish.patch("psycopg")

import psycopg  # noqa: E402


class MotorishPsycopg3(Motorish):
    def connect(self) -> Any:
        return psycopg.connect(self.address, autocommit=True)


serve(MotorishPsycopg3)
