"""
Fresh processes for what is measured once each: a program's answer, its time, and a server for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motorish.integrations.servers import Mongod

ROOT = Path(__file__).parent.parent
PATIENCE_S = 300.0

Record = dict[str, Any]


@contextmanager
def pinned(to_the_last: bool) -> Iterator[None]:
    """
    Keep what is started meanwhile on the first core, or on the last (where there are two).
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before) if to_the_last else min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def mongod() -> Iterator[tuple[str, Mongod]]:
    """
    Start a replica set of one, on the last core; give its URI and its member.
    """
    from motorish.integrations.servers import ReplicaSet  # not wanted in a peer's process

    with tempfile.TemporaryDirectory(prefix="motorish-bench-") as data, pinned(to_the_last=True):
        servers = ReplicaSet(1, Path(data))
        with servers:
            yield servers.uri, servers.nodes[0]


def ask(*arguments: str) -> Any:
    """
    Run ``python`` with *arguments* on the first core, and return the JSON that it prints last.
    """
    with pinned(to_the_last=False):
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
    with pinned(to_the_last=False):
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
