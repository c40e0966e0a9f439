"""
A pool on the private MariaDB.
"""

from collections.abc import Callable
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import MariaDB


@pytest.fixture
def make_pool(mariadb: MariaDB) -> Callable[..., motorish.ConnectionPool]:
    """
    Return what makes a pool on the private MariaDB.
    """

    def make(**options: Any) -> motorish.ConnectionPool:
        login = {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}
        return motorish.ConnectionPool("pymysql", kwargs=login, **options)

    return make
