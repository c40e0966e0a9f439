"""
What the rounds of a cell say: medians, and ratios with their intervals.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLES = 2000
SEED = 20


@dataclass(frozen=True)
class Estimate:
    """
    A median, and between which values it is in 95 of 100 cases.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f}–{self.high:.2f})"

    @property
    def inverse(self) -> Estimate:
        """
        The same the other way round: ours ÷ peer's instead of peer's ÷ ours.
        """
        return Estimate(1 / self.value, 1 / self.high, 1 / self.low)


def ratio(peer: Sequence[float], ours: Sequence[float]) -> Estimate:
    """
    Compare what was measured in the same rounds: the median of the rounds' ratios.

    Taken within the round, a ratio has little of the machine's noise, which meets all variants alike.

    Raises:
        ValueError: not the same number of rounds, or none.
    """
    if len(peer) != len(ours) or not peer:
        raise ValueError(f"nothing to compare: {len(peer)} rounds of one, {len(ours)} of the other")
    return median([theirs / own for theirs, own in zip(peer, ours, strict=True)])


def median(values: Sequence[float]) -> Estimate:
    """
    The median, with its bootstrap 95 % interval (the same each time for the same values).
    """
    chance = random.Random(SEED)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(SAMPLES))
    return Estimate(statistics.median(values), medians[int(SAMPLES * 0.025)], medians[int(SAMPLES * 0.975)])
