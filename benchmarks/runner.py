"""
Runs a cell: its variants side by side, each in a process of its own, in rounds.

Every round asks each variant in turn, in an order that is shuffled, for the same number of operations.
A variant that fails is taken out, and what it said is its result; the others go on.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from benchmarks.plan import Cell
from benchmarks.results import Result

HERE = Path(__file__).parent
PATIENCE_S = 120.0
CALIBRATION_S = 0.04
"""What the run that the number of operations is taken from must last at least."""

T = TypeVar("T")


class VariantError(Exception):
    """
    A variant has ended, or does not answer; says what it wrote to stderr.
    """


class Variant:
    """
    The process of one variant.

    Args:
        label: its file, or "file@10".
    """

    def __init__(self, cell: Cell, label: str, address: str) -> None:
        file, _, at = label.partition("@")
        self.at = int(at or cell.at)
        self._workload = cell.workload
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{cell.system}.{file}", address, cell.loop],
            cwd=HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # Ctrl-C is for the runner, which then ends it
            text=True,
        )
        self._pinned = cell.pinned

    def open(self) -> None:
        """
        Let it connect, from its core on.
        """
        if self._pinned:  # not before: they import faster on all cores
            for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {cores()[0]})
        self._ask({"do": "open", "workload": self._workload, "at": self.at})

    def round(self, operations: int) -> dict[str, float]:
        """
        Let it do so many operations, and return its figures.
        """
        return self._ask({"do": "round", "operations": operations})

    def close(self) -> None:
        """
        Let it disconnect, if it can.
        """
        self._ask({"do": "close"})

    def end(self) -> None:
        """
        End the process.
        """
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
        except BrokenPipeError:
            raise VariantError(self._said("it has ended")) from None
        if not select.select([stdout], [], [], PATIENCE_S)[0]:  # one line for one: nothing is in a buffer
            raise VariantError(self._said(f"it did not answer within {PATIENCE_S:g} s"))
        answer = stdout.readline()
        try:
            return json.loads(answer)  # type: ignore[no-any-return]
        except ValueError:
            raise VariantError(self._said(f"it has ended, or printed {answer!r}")) from None

    def _said(self, what: str) -> str:
        self._errors.seek(0)
        return f"{what}; its stderr:\n" + "".join(self._errors.readlines()[-25:])


class Running(dict[str, Variant]):
    """
    The variants of a cell that have not failed, by their labels; all are ended with the block.
    """

    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, str] = {}

    def each(self, do: Callable[[Variant], T], labels: Sequence[str] | None = None) -> dict[str, T]:
        """
        Do something with each, or with those named, in an order by chance; those that fail are taken out.
        """
        answers = {}
        for label in random.sample(list(self), len(self)):
            if labels is None or label in labels:
                try:
                    answers[label] = do(self[label])
                except VariantError as error:
                    self.errors[label] = str(error)
                    self.pop(label).end()
                    print(f"  {label} FAILED: {error}", file=sys.stderr, flush=True)
        return answers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for variant in self.values():
            variant.end()


def variants(system: str) -> tuple[str, ...]:
    """
    All variants that a system has files for.
    """
    return tuple(sorted(path.stem for path in (HERE / system).glob("*.py") if path.stem[0] != "_"))


def cores() -> list[int]:
    """
    The processors that we may use; one of them only, or none, where nothing can be pinned.
    """
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def server(system: str, pinned: bool) -> Iterator[str]:
    """
    Start a system's server, on the last core, and fill it; gives its address.
    """
    module = importlib.import_module(f"benchmarks.{system}")
    if module.SERVER is None:
        yield ""
        return
    allowed = cores()
    with tempfile.TemporaryDirectory(prefix="motorish-") as data:
        Path(data).chmod(0o711)  # PostgreSQL does not run as root, but as an account of its own
        made = module.SERVER(Path(data) / system)
        try:
            if pinned:
                os.sched_setaffinity(0, {allowed[-1]})
            made.start()
        finally:
            if pinned:
                os.sched_setaffinity(0, allowed)
        try:
            address = module.address(made)
            module.prepare(address)
            yield address
        finally:
            made.stop()


def run_cell(cell: Cell, address: str) -> Result:
    """
    Measure one cell.

    Returns:
        What it was, and for each variant the figures of all rounds (microseconds of CPU per operation,
        operations per second, p50 and p99 in milliseconds), or the error.
    """
    began = time.monotonic()
    with Running() as running:
        for label in cell.variants:
            running[label] = Variant(cell, label, address)
        running.each(Variant.open)
        found = running.each(lambda variant: _calibrated(cell, variant), [cell.ours])
        operations = found.get(cell.ours, cell.at)
        rounds = [
            running.each(lambda variant: variant.round(operations))
            for _ in range(warm_ups(cell) + cell.rounds)
        ][warm_ups(cell) :]
        running.each(Variant.close)
        errors = running.errors
    columns = {label: _columns([one[label] for one in rounds if label in one]) for label in cell.variants}
    return {
        "system": cell.system,
        "workload": cell.workload,
        "at": cell.at,
        "loop": cell.loop,
        "pinned": cell.pinned,
        "ours": cell.ours,
        "operations": operations,
        "took_s": round(time.monotonic() - began, 1),
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "variants": {
            label: {"error": errors[label]} if len(found["cpu_us"]) < cell.rounds else found
            for label, found in columns.items()
        },
    }


def warm_ups(cell: Cell) -> int:
    """
    How many rounds are dropped: a thousand connections are not made in one.
    """
    return 1 + cell.at // 500


def _calibrated(cell: Cell, ours: Variant) -> int:
    """
    Return how many operations take `round_s` seconds of our CPU time, at least one for each worker.

    Fewer, if most of the time is spent waiting for the server.
    """
    asked = cell.at
    while ours.round(asked)["cpu_s"] < CALIBRATION_S:
        asked *= 4
    figures = ours.round(asked)  # warm now
    each_s = max(figures["cpu_s"], figures["wall_s"] / 3) / figures["operations"]
    return cell.at * max(1, round(cell.round_s / each_s / cell.at))


def _columns(rounds: list[dict[str, float]]) -> dict[str, list[float]]:
    return {
        "cpu_us": [_short(one["cpu_s"] / one["operations"] * 1e6) for one in rounds],
        "per_s": [_short(one["operations"] / one["wall_s"]) for one in rounds],
        "p50_ms": [_short(one["p50_s"] * 1e3) for one in rounds],
        "p99_ms": [_short(one["p99_s"] * 1e3) for one in rounds],
    }


def _short(value: float) -> float:
    return float(f"{value:.4g}")
