"""
Row D41: what the soak takes for growth of memory, and what it does not.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import soak_memory

HERE = Path(__file__).parents[2]

PASSED_PEAK = """
import sys, threading
from tests.faults.soak_memory import memory_mb, share_one_heap, trim

if sys.argv[1] == "shared":
    share_one_heap()
large = bytearray(4 << 20)
del large  # this raises M_TRIM_THRESHOLD to 8 MB, in all heaps

def work():
    peak = [bytearray(b"x" * 100_000) for _ in range(60)]
    del peak
    done.set()
    end.wait()

trim()
before = memory_mb()
done, end = threading.Event(), threading.Event()
thread = threading.Thread(target=work)
thread.start()
done.wait()
trim()
print(memory_mb() - before)
end.set()
"""
"""A thread has had 6 MB, and lives on: how much more memory is that?"""

glibc = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="heaps of threads are a matter of glibc's malloc"
)


def _kept_mb(heaps: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PASSED_PEAK, heaps], cwd=HERE, capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr)
    return float(done.stdout)


@glibc
def test_what_a_thread_had_is_given_back() -> None:
    """
    A peak that has passed in another thread is no growth.
    """
    assert _kept_mb("shared") < 1.0


@glibc
def test_a_heap_of_its_own_is_not_trimmed() -> None:
    """
    Why the soak's threads share one: should glibc come to trim all heaps, that can go.
    """
    assert _kept_mb("own") > 4.0


@glibc
def test_malloc_knows_what_is_in_use() -> None:
    """
    What is allocated counts, what was freed does not.
    """
    before = soak_memory.malloc_mb()
    blocks = [bytearray(100_000) for _ in range(100)]
    with_them = soak_memory.malloc_mb()
    del blocks

    assert 9.0 < with_them - before < 11.0
    assert soak_memory.malloc_mb() - before < 1.0


def test_compiled_patterns_are_not_kept() -> None:
    """
    imaplib's connections fill the cache of `re` until there are 512 patterns: that is no growth.
    """
    kept = re.compile("soak[0-9]+")
    soak_memory.trim()

    assert kept is not re.compile("soak[0-9]+")
