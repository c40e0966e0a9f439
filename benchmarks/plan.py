"""
What `make bench` and `make bench-quick` measure, and which figures are the goals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

ROUNDS = 15
ALSO: tuple[str, ...] = ()
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
    goals: tuple[Goal, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """
        What is measured, and how.
        """
        how = f" on {self.loop}" if self.loop != "asyncio" else ""
        who = f", {self.ours}" if self.ours != "motorish_client" else ""
        return f"{self.system}.{self.workload} at {self.at}{how}{'' if self.pinned else ', not pinned'}{who}"


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


def sweep(cell: Cell, *numbers: int) -> list[Cell]:
    """
    The same with other numbers at a time, a little shorter.
    """
    return [replace(cell, at=at, round_s=0.15, goals=()) for at in numbers]


def full() -> list[Cell]:
    """
    The cells of `make bench`; those of one system one after the other.
    """
    alone = ("motorish_client", "pymongo_sync")
    cells = [
        FIND_ONE,
        *(
            Cell("mongodb", workload, 50, MONGODB)
            for workload in ("insert_one", "scan", "aggregate", "large")
        ),
        *(
            Cell("mongodb", name, 1, alone, goals=(Goal(alone[1], at_most=1.05),))
            for name in ("scan", "large")
        ),
        *sweep(FIND_ONE, 1, 10, 200, 1000),
        Cell(
            "mongodb",
            "find_one",
            1000,
            ("motorish_client", "motorish_client@10"),
            goals=(Goal("motorish_client@10", at_most=1.15),),
        ),
        replace(FIND_ONE, loop="uvloop", goals=()),
        replace(FIND_ONE, pinned=False),
    ]
    return cells


def quick() -> list[Cell]:
    """
    The cells of `make bench-quick`.
    """
    return [FIND_ONE]


def chosen(cells: Sequence[Cell], names: Sequence[str]) -> list[Cell]:
    """
    Those cells whose name contains one of *names*, or all if there are none.
    """
    return [cell for cell in cells if not names or any(name in cell.name for name in names)]
