"""
What `make bench` and `make bench-quick` measure, and which figures are the goals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

ROUNDS = 15
ALSO = ("benchmarks.startup", "benchmarks.memory", "benchmarks.lag", "benchmarks.chat")
"""Modules with a `measure() -> list[dict]`, for what is no cell; each runs in a process of its own."""


@dataclass(frozen=True)
class Goal:
    """
    How a peer's CPU per operation should compare with ours, in one cell.

    Args:
        peer: the variant.
        at_least: the peer's divided by ours.
        at_most: ours divided by the peer's.
        gate: the lower bound of the interval of the first, below which `make bench-quick` fails.
    """

    peer: str
    at_least: float | None = None
    at_most: float | None = None
    gate: float | None = None


@dataclass(frozen=True)
class Cell:
    """
    Variants to compare side by side.

    Args:
        system: folder in benchmarks/.
        workload: method of the variants' classes.
        at: workers at a time.
        variants: files in that folder, ours among them; "file@10" has 10 workers at a time instead.
        ours: the one that the others are compared with.
        loop: "asyncio" or "uvloop", for those that have an event loop.
        pinned: each variant to the first core and the server to the last, or all of them to none.
        round_s: about how much CPU time of ours a round should take, in seconds.
        rounds: after the warm-up.
        goals: for the ratios.
    """

    system: str
    workload: str
    at: int
    variants: tuple[str, ...]
    ours: str = "motorish_client"
    loop: str = "asyncio"
    pinned: bool = True
    round_s: float = 0.2
    rounds: int = ROUNDS
    goals: tuple[Goal, ...] = ()

    @property
    def name(self) -> str:
        """
        What is measured, and how.
        """
        loop = f" on {self.loop}" if self.loop != "asyncio" else ""
        return f"{self.system}.{self.workload} at {self.at}{loop}{'' if self.pinned else ', not pinned'}"


MONGODB = (
    "motorish_client",
    "async_mongo_client",
    "motor_client",
    "gevent_pymongo",
    "pymongo_threads",
    "to_thread",
)
FIND_ONE = Cell(
    "mongodb",
    "find_one",
    50,
    MONGODB,
    goals=(
        Goal("async_mongo_client", at_least=1.5, gate=1.25),
        Goal("motor_client", at_least=2.5),
        Goal("gevent_pymongo", at_least=1.2, gate=0.95),
        Goal("pymongo_threads", at_least=1.2),
    ),
)
NO_DEARER = (Goal("pymongo_sync", at_most=1.05),)

REDIS = ("motorish_client", "redis_asyncio", "gevent_redis", "redis_threads")
GET = Cell("redisdb", "get", 20, REDIS, goals=(Goal("redis_asyncio", at_least=1.15),))

MARIADB = ("motorish_client", "aiomysql", "asyncmy", "gevent_pymysql", "pymysql_threads")
MARIADB_ROW = Cell(
    "mariadb",
    "select_one",
    20,
    MARIADB,
    goals=(Goal("aiomysql", at_least=1.5), Goal("gevent_pymysql", at_least=1.05)),
)

POSTGRESQL = (
    "motorish_psycopg2",
    "motorish_psycopg3",
    "asyncpg_client",
    "psycopg_async",
    "aiopg_client",
    "psycopg2_threads",
)
POSTGRESQL_ROW = Cell(
    "postgresql",
    "select_one",
    20,
    POSTGRESQL,
    ours="motorish_psycopg2",
    round_s=0.15,
    goals=(
        Goal("asyncpg_client", at_least=1.8),
        Goal("psycopg_async", at_least=2.2),
        Goal("aiopg_client", at_least=1.6),
    ),
)

BRIDGE = (
    "motorish_spawn",
    "greenlet_spawn",
    "greenletio",
    "asgiref",
    "anyio",
    "to_thread",
    "coroutine",
)
NOOP = Cell(
    "bridge",
    "noop",
    1,
    BRIDGE,
    ours="motorish_spawn",
    round_s=0.015,  # threads take twenty times as long
    goals=(Goal("to_thread", at_least=25), Goal("greenlet_spawn", at_least=3)),
)


def sweep(cell: Cell, *numbers: int) -> list[Cell]:
    """
    The same with other numbers at a time, a little shorter.
    """
    return [replace(cell, at=at, round_s=0.12, goals=()) for at in numbers]


def with_sweep(cell: Cell, *numbers: int) -> list[Cell]:
    """
    The cell and its sweep.
    """
    return [cell, *sweep(cell, *numbers)]


def like(cell: Cell, *workloads: str) -> list[Cell]:
    """
    The system's other workloads with the same variants.
    """
    return [replace(cell, workload=workload, goals=()) for workload in workloads]


def on_uvloop(cell: Cell, *variants: str, goals: tuple[Goal, ...] = ()) -> Cell:
    """
    The same on uvloop, for those that have an event loop.
    """
    return replace(cell, variants=(cell.ours, *variants), loop="uvloop", goals=goals)


def full() -> list[Cell]:
    """
    The cells of `make bench`; those of one system one after the other.
    """
    alone = replace(FIND_ONE, at=1, variants=("motorish_client", "pymongo_sync"), goals=NO_DEARER)
    growth = replace(FIND_ONE, at=1000, variants=("motorish_client", "motorish_client@10"))
    return [
        FIND_ONE,
        *like(FIND_ONE, "insert_one", "scan", "aggregate", "large"),
        replace(alone, workload="scan"),
        replace(alone, workload="large"),
        *sweep(FIND_ONE, 1, 10, 200, 1000),
        replace(growth, goals=(Goal("motorish_client@10", at_most=1.15),)),
        *with_sweep(on_uvloop(FIND_ONE, "async_mongo_client", "motor_client"), 1, 10, 200, 1000),
        GET,
        *like(GET, "pipeline", "publish"),
        *sweep(GET, 1, 10, 50, 200, 1000),
        *with_sweep(on_uvloop(GET, "redis_asyncio"), 1, 10, 50, 200, 1000),
        MARIADB_ROW,
        *like(replace(MARIADB_ROW, at=5), "select_many"),  # 30 ms each
        *sweep(MARIADB_ROW, 1, 10, 50, 200, 1000),
        *with_sweep(on_uvloop(MARIADB_ROW, "aiomysql", "asyncmy"), 1, 10, 50, 200, 1000),
        POSTGRESQL_ROW,
        *like(POSTGRESQL_ROW, "select_many", "insert"),
        *sweep(replace(POSTGRESQL_ROW, variants=POSTGRESQL[:1] + POSTGRESQL[2:]), 1, 10, 50, 200, 1000),
        *with_sweep(
            on_uvloop(POSTGRESQL_ROW, *POSTGRESQL[2:5], goals=(Goal("asyncpg_client", at_least=0.95),)),
            *(1, 10, 50, 200, 1000),
        ),
        NOOP,
        *like(replace(NOOP, at=20), "noop", "one_wait", "four_waits"),
        replace(NOOP, pinned=False),  # threads are dear where the interpreter's lock travels between cores
        replace(FIND_ONE, pinned=False),
    ]


def quick() -> list[Cell]:
    """
    The cells of `make bench-quick`.
    """
    return [FIND_ONE, GET, MARIADB_ROW, POSTGRESQL_ROW, NOOP]


def chosen(cells: Sequence[Cell], names: Sequence[str]) -> list[Cell]:
    """
    Those cells whose name contains one of *names*, or all if there are none.
    """
    return [cell for cell in cells if not names or any(name in cell.name for name in names)]
