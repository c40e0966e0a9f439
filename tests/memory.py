"""
How much memory a process has, and has had at its peak (on Linux).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOW, AT_PEAK = "VmRSS", "VmHWM"
IS_KNOWN = Path("/proc/self/status").exists()


class Peak:
    """
    Attributes:
        grown_mb: the most memory (resident set, in 10^6 bytes) over what there was in the beginning.
        left_mb: the memory in the end over what there was in the beginning.
    """

    grown_mb = left_mb = 0.0


def resident_bytes(when: str, pid: int | str = "self") -> int:
    """
    Return the resident set of a process, `NOW` or `AT_PEAK`.
    """
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{when}:"))
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    """
    Let the peak of this process begin anew.
    """
    Path("/proc/self/clear_refs").write_text("5")


@contextmanager
def peak() -> Iterator[Peak]:
    """
    Measure the block: the peak of the resident set against what it was before.
    """
    found = Peak()
    forget_peak()
    before = resident_bytes(NOW)
    yield found
    found.left_mb = (resident_bytes(NOW) - before) / 1e6
    found.grown_mb = (resident_bytes(AT_PEAK) - before) / 1e6
