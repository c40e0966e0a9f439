"""
How much memory this process has taken at its peak (on Linux).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Peak:
    """
    Attributes:
        grown_mb: the most memory (resident set, in 10^6 bytes) over what there was in the beginning.
        left_mb: the memory in the end over what there was in the beginning.
    """

    grown_mb = left_mb = 0.0


@contextmanager
def peak() -> Iterator[Peak]:
    """
    Measure the block: the peak of the resident set against what it was before.
    """
    found = Peak()
    RESET.write_text("5")  # the peak so far is forgotten
    before = _bytes("VmRSS")
    yield found
    found.left_mb = (_bytes("VmRSS") - before) / 1e6
    found.grown_mb = (_bytes("VmHWM") - before) / 1e6


def _bytes(field: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024
