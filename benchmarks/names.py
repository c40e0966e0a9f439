"""
What systems, workloads and variants are called in tables and plots.
"""

from __future__ import annotations

from benchmarks.results import Result

SYSTEMS = {
    "mongodb": "MongoDB",
    "redisdb": "Redis",
    "mariadb": "MariaDB",
    "postgresql": "PostgreSQL",
    "bridge": "The bridge alone",
}
WORKLOADS = {
    ("mongodb", "find_one"): "find_one",
    ("mongodb", "insert_one"): "insert_one",
    ("mongodb", "scan"): "scan of 1,000 documents",
    ("mongodb", "aggregate"): "aggregate",
    ("mongodb", "large"): "a document of 1 MB",
    ("redisdb", "get"): "GET",
    ("redisdb", "pipeline"): "pipeline of 100 GETs",
    ("redisdb", "publish"): "publish and receive",
    ("mariadb", "select_one"): "one row",
    ("mariadb", "select_many"): "10,000 rows",
    ("postgresql", "select_one"): "one row",
    ("postgresql", "select_many"): "10,000 rows",
    ("postgresql", "insert"): "insert",
    ("bridge", "noop"): "no-op call",
    ("bridge", "one_wait"): "call with one wait",
    ("bridge", "four_waits"): "call with four waits",
}
VARIANTS = {
    "motorish_client": "motorish",
    "motorish_wrap": "motorish.wrap",
    "motorish_spawn": "motorish",
    "motorish_psycopg2": "motorish, psycopg2",
    "motorish_psycopg3": "motorish, psycopg 3",
    "async_mongo_client": "AsyncMongoClient",
    "motor_client": "Motor",
    "gevent_pymongo": "gevent + PyMongo",
    "pymongo_threads": "PyMongo in threads",
    "pymongo_sync": "PyMongo, plain",
    "to_thread": "asyncio.to_thread",
    "redis_asyncio": "redis.asyncio",
    "gevent_redis": "gevent + redis-py",
    "redis_threads": "redis-py in threads",
    "gevent_pymysql": "gevent + PyMySQL",
    "pymysql_threads": "PyMySQL in threads",
    "asyncpg_client": "asyncpg",
    "psycopg_async": "psycopg 3, async",
    "aiopg_client": "aiopg",
    "psycopg2_threads": "psycopg2 in threads",
    "greenlet_spawn": "SQLAlchemy's greenlet_spawn",
    "coroutine": "a bare coroutine",
}


def how(cell: Result) -> str:
    """
    Under which circumstances, besides the workload.
    """
    loop = "" if cell["loop"] == "asyncio" else f", {cell['loop']}"
    return f"{cell['at']:,}{loop}{'' if cell['pinned'] else ', all cores'}"


def title(cell: Result) -> str:
    """
    The workload and the circumstances.
    """
    workload = WORKLOADS.get((cell["system"], cell["workload"]), cell["workload"])
    at, *others = how(cell).split(", ")
    return ", ".join([workload, f"{at} at a time", *others])


def number(value: float) -> str:
    """
    Three digits, or all of those before the point.
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
