"""
Fresh processes for what is measured once each: a program's answer, its time, and a server for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import runner

ROOT = Path(__file__).parent.parent
PATIENCE_S = 300.0

Record = dict[str, Any]


@contextmanager
def on_first_core() -> Iterator[None]:
    """
    Keep what is started meanwhile on the first core (where it can be pinned).
    """
    allowed = runner.cores()
    if allowed:
        os.sched_setaffinity(0, {allowed[0]})
    try:
        yield
    finally:
        if allowed:
            os.sched_setaffinity(0, allowed)


def mongod() -> AbstractContextManager[str]:
    """
    Start a replica set of one, on the last core, with the data of benchmarks/mongodb; gives its URI.
    """
    return runner.server("mongodb", pinned=len(runner.cores()) > 1)


def ask(*arguments: str) -> Any:
    """
    Run ``python`` with *arguments* on the first core, and return the JSON that it prints last.
    """
    with on_first_core():
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S
        )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def first_line(*arguments: str) -> tuple[float, float]:
    """
    Run ``python`` with *arguments*: seconds to its first line of output, and of CPU until its end.
    """
    with on_first_core():
        began = perf_counter()
        program = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
        assert program.stdout is not None
        with program.stdout as lines:
            line = lines.readline()
            took = perf_counter() - began
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode or not line:
        raise SystemExit(f"{' '.join(arguments)} ended with status {program.returncode}")
    return took, used.ru_utime + used.ru_stime
