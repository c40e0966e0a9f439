"""
PostgreSQL through psycopg2, patched by motorish.  psycopg2 never prepares statements.
"""

from typing import Any

import motorish
from benchmarks._variant import serve
from benchmarks.postgresql._motorish import Motorish

motorish.patch("psycopg2")

import psycopg2  # noqa: E402


class MotorishPsycopg2(Motorish):
    def connect(self) -> Any:
        connection = psycopg2.connect(self.address)
        connection.autocommit = True
        return connection


serve(MotorishPsycopg2)
