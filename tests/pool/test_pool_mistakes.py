"""
What a pool says of how it is not to be used.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pymysql
import pytest

import motorish


@pytest.mark.parametrize("driver", [pymysql.connect, pymysql.Connection, len, object(), None])
def test_driver_is_a_module_or_a_name(driver: Any) -> None:
    """
    The driver's connect(), its class, or something else is not what a pool takes first.
    """
    with pytest.raises(
        TypeError, match=r"the first argument is the driver's module or its name, not .*(None|<)"
    ):
        motorish.ConnectionPool(driver)


def test_drivers_own_arguments_go_into_kwargs() -> None:
    """
    The error names the arguments, not what they hold, and where they belong.
    """
    options: Any = {"host": "localhost", "password": "secret"}

    with pytest.raises(TypeError, match=r"go into kwargs=\{...\}: host=, password= .* none of the") as error:
        motorish.ConnectionPool("pymysql", **options)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("theirs", "ours"), [("maxsize", "max_size"), ("minsize", "min_size"), ("cp_max", "max_size")]
)
def test_names_of_other_pools_are_known(theirs: str, ours: str) -> None:
    """
    Who comes from another pool is told what its arguments are called here.
    """
    options: Any = {theirs: 5}

    with pytest.raises(TypeError, match=f"takes {ours}= and not {theirs}="):
        motorish.ConnectionPool("pymysql", **options)


def test_blocks_are_not_awaited() -> None:
    """
    Each block names itself.
    """
    pool = motorish.ConnectionPool("pymysql")

    async def main() -> None:
        with pytest.raises(motorish.UsageError, match=r"use 'async with pool\.acquire\(\) as connection'"):
            await pool.acquire()
        with pytest.raises(motorish.UsageError, match=r"use 'async with pool\.transaction\(\) as cursor'"):
            await pool.transaction()

    asyncio.run(main())
