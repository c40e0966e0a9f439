"""
How many connections a pool may have, and for how long; and what it is doing at one moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    How many connections there may be, and for how long.

    Raises:
        ValueError: the sizes or the times make no sense.
    """

    min_size: int
    max_size: int
    max_lifetime: float | None
    max_idle: float | None
    acquire_timeout: float | None

    def __post_init__(self) -> None:
        if not 0 <= self.min_size <= self.max_size or self.max_size < 1:
            raise ValueError(
                "a pool needs 0 <= min_size <= max_size and max_size >= 1, "
                f"not min_size={self.min_size} and max_size={self.max_size}"
            )
        for name in ("max_lifetime", "max_idle", "acquire_timeout"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name} must be a number of seconds > 0 or None, not {seconds!r}")


@dataclass(frozen=True, kw_only=True)
class PoolStatistics:
    """
    What a pool is doing at one moment.

    Attributes:
        size: connections, those that are being made included, and those whose call was given up but goes on
            in a thread.
        idle: of these, how many nobody uses.
        in_use: how many a job uses.
        waiting: jobs that wait for one.
        made: connections made since the beginning.
        discarded: of these, how many were closed because they were broken, old or idle for too long.
    """

    size: int
    idle: int
    in_use: int
    waiting: int
    made: int
    discarded: int


_OURS = {
    "minsize": "min_size",
    "maxsize": "max_size",
    "cpmin": "min_size",
    "cpmax": "max_size",
    "cpopenfun": "on_connect",
    "cpgoodsql": "check",
}
"""What other pools call it, without underscores -> what ours does."""


def unknown_arguments(names: Iterable[str]) -> TypeError:
    """
    What to raise for arguments that a pool does not have: most are the driver's, some another pool's.
    """
    ours = {name: known for name in names if (known := _OURS.get(name.replace("_", "").lower()))}
    if ours:
        told = ", ".join(f"{known}= and not {name}=" for name, known in ours.items())
        return TypeError(f"a motorish.ConnectionPool takes {told}")
    told = ", ".join(f"{name}=" for name in names)
    return TypeError(f"the driver's own arguments go into kwargs={{...}}: {told} is none of the pool's")
