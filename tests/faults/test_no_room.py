"""
Servers without room: the disk or the memory is full, or there are too many connections (rows A10 and B15).
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import psycopg2
import pymysql
import pytest
import redis
from bson import ObjectId
from pymongo.errors import OperationFailure, WriteConcernError

import motorish
from motorish.integrations.servers import Redis
from tests.faults.figures import Figures

OUT_OF_DISK_SPACE = 14031


@pytest.mark.row("A10")
@pytest.mark.parametrize("before", [True, False], ids=["before the write", "after the write"])
def test_disk_full(before: bool, mongod_uri: str, figures: Figures) -> None:
    """
    The error is the server's, the connection is kept, and nothing is tried twice.
    """
    concern = {"code": OUT_OF_DISK_SPACE, "errmsg": "the disk is full"}
    failure: dict[str, Any] = {"errorCode": OUT_OF_DISK_SPACE} if before else {"writeConcernError": concern}

    async def main() -> tuple[BaseException | None, int, int]:
        name = f"motorish_full_{ObjectId()}"
        async with motorish.MotorClient(mongod_uri, appname=name) as client:
            things = client[name].things
            await things.insert_one({"_id": 1})
            connections = pools_of(client)
            await client.admin.command(
                "configureFailPoint",
                "failCommand",
                mode={"times": 1},
                data={"failCommands": ["insert"], "appName": name, **failure},
            )
            error = (await asyncio.gather(things.insert_one({"_id": 2}), return_exceptions=True))[0]
            await things.insert_one({"_id": 3})
            count = await things.count_documents({})
            kept = len(connections & pools_of(client))
            await client.drop_database(name)
            return error, count, kept

    def pools_of(client: motorish.MotorClient) -> set[int]:
        pools = [server.pool for server in client.delegate._topology._servers.values()]
        return {connection.id for pool in pools for connection in pool.conns}

    error, count, kept = asyncio.run(main())

    assert isinstance(error, OperationFailure if before else WriteConcernError)
    name = f"PyMongo, the disk is full {'before' if before else 'after'} the write (fail point)"
    figures.equal(f"{name}: code of the error", OUT_OF_DISK_SPACE, error.code)
    figures.equal(f"{name}: connections kept", 1, kept)
    assert count == (2 if before else 3)


@pytest.mark.row("A10")
def test_memory_full(redis_server: Redis, figures: Figures) -> None:
    """
    Redis refuses to write; the connection is kept and reads.
    """

    async def main() -> tuple[bool, int]:
        client = redis.Redis(host=redis_server.host, port=redis_server.port)
        call = motorish.asynchronize(lambda name, *args: getattr(client, name)(*args))
        await call("config_set", "maxmemory", "1")
        try:
            with pytest.raises(redis.OutOfMemoryError):
                await call("set", "key", "value")
            assert b"said" == await call("echo", "said")
        finally:
            await call("config_set", "maxmemory", "0")
        stored = await call("set", "key", "value")
        made = client.connection_pool._created_connections
        await motorish.spawn(client.close)
        return stored, made

    with motorish.patch("redis"):
        stored, made = asyncio.run(main())

    assert stored
    figures.equal("redis-py, memory is full: connections made in all", 1, made)


class Limited(NamedTuple):
    """
    A driver, its server's fixture, and an account that may have three connections there.
    """

    driver: str
    package: str
    server: str
    options: dict[str, Any]
    create: str
    sleep: str
    refused: type[Exception]


LIMITED = [
    Limited(
        "PyMySQL",
        "pymysql",
        "mariadb",
        {"ssl_disabled": True},
        "CREATE USER few IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS 3",
        "SELECT SLEEP(0.5)",
        pymysql.err.OperationalError,
    ),
    Limited(
        "psycopg2",
        "psycopg2",
        "postgres",
        {"dbname": "postgres"},
        "CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 3",
        "SELECT pg_sleep(0.5)",
        psycopg2.OperationalError,
    ),
]


@pytest.mark.row("B15")
@pytest.mark.parametrize("limited", LIMITED, ids=lambda limited: limited.driver)
def test_the_server_allows_fewer_connections_than_the_pool(
    limited: Limited, request: pytest.FixtureRequest, figures: Figures
) -> None:
    """
    Those that are over its limit get its error, the others their answers; afterwards the pool is well.
    """
    server = request.getfixturevalue(limited.server)
    login = {name: getattr(server, name) for name in ("host", "port", "user", "password")} | limited.options
    few = login | {"user": "few", "password": "few"}

    async def main() -> tuple[list[Any], list[Any]]:
        async with motorish.ConnectionPool(limited.package, kwargs=login) as owner:
            await owner.run_operation(limited.create)
            async with motorish.ConnectionPool(limited.package, kwargs=few, max_size=10) as pool:
                ends = await asyncio.gather(
                    *(pool.run_query(limited.sleep) for _ in range(10)), return_exceptions=True
                )
                assert 0 == pool.stats().in_use
                after = await pool.run_query("SELECT 1")
            await owner.run_operation("DROP USER few")
        return ends, after

    with motorish.patch(limited.package):
        ends, after = asyncio.run(main())

    assert [(1,)] == list(after)
    figures.equal(
        f"{limited.driver}, refused by a server that allows 3 connections, of 10",
        7,
        sum(isinstance(end, limited.refused) for end in ends),
    )
    figures.equal(
        f"{limited.driver}, served by it, of 10", 3, sum(isinstance(end, list | tuple) for end in ends)
    )
