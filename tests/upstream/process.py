"""Runs tests in a child process, in one of a suite's modes, and reads what became of each."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from suites import STOCK, Suite

HERE = Path(__file__).parent
WORST_LAST = ("crashed", "passed", "skipped", "failed", "hung")
"""A test's outcome is the last of these that was recorded for one of its phases or subtests."""
START_S = 120.0
"""How long, in seconds, pytest may take before the first test and between two."""


@dataclass(frozen=True)
class Runner:
    """A suite's tests, unpacked in a work folder, against servers of one topology.

    Attributes:
        suite: What to run.
        topology: A name from the suite's topologies; each process gets servers of its own.
        work: The folder with the unpacked tests.
        logs: A folder for what the tests print.
    """

    suite: Suite
    topology: str
    work: Path
    logs: Path

    def run(self, mode: str, selection: Iterable[str]) -> dict[str, str]:
        """Run the tests, "stock" or in a mode of the suite, and return the outcome of each.

        A test that hangs is ``hung``, one that ends the process ``crashed``; the rest goes on in a new
        process.  A test that never ran is ``missing``.

        Args:
            mode: What to compare, or "stock".
            selection: pytest ids; files and folders count as all that is in them.
        """
        outcomes: dict[str, str] = {}
        collected: dict[str, None] = {}
        remaining = list(selection)
        while remaining:
            before = len(outcomes)
            for test, event in self._pytest(mode, remaining):
                if event == "collected":
                    collected[test] = None
                else:
                    event = "crashed" if event == "started" else event
                    outcomes[test] = max(outcomes.get(test, event), event, key=WORST_LAST.index)
            if len(outcomes) == before:
                break
            remaining = [test for test in collected if test not in outcomes]
        return outcomes | dict.fromkeys(remaining, "missing")

    def log(self, mode: str) -> Path:
        """Return the file with what the mode's processes have printed, one after the other."""
        return self.logs / f"{mode}-{self.topology}.log"

    def _pytest(self, mode: str, selection: Iterable[str]) -> list[list[str]]:
        how = STOCK if mode == "stock" else self.suite.modes[mode]
        record, arguments = (self.log(mode).with_suffix(suffix) for suffix in (".jsonl", ".args"))
        record.unlink(missing_ok=True)
        arguments.write_text("\n".join([*self._exclusions(), *selection]))
        command = [sys.executable, *how.command, *self.suite.arguments, "-p", "outcome_recorder"]
        command += ["--continue-on-collection-errors", f"@{arguments}"]
        with self.suite.topologies[self.topology](self.work) as environment, self.log(mode).open("a") as log:
            child = subprocess.Popen(
                command,
                cwd=self.work,
                env=self._environment(environment, record),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                hung = _wait(child, record, self.suite.test_timeout)
            finally:
                child.kill()
                child.wait()
        events: list[list[str]] = []
        if record.exists():
            events = [json.loads(line) for line in record.read_text().splitlines()]
        if not events:
            raise RuntimeError(f"pytest did not start; see the end of {self.log(mode)}")
        (used, _), *events = events
        if used != how.socket:
            raise RuntimeError(f"the run should be {mode}, but the driver's socket module is {used!r}")
        if hung and events:
            events.append([events[-1][0], "hung"])
        return events

    def _exclusions(self) -> list[str]:
        excluded = self.suite.notes("excluded", self.topology)
        return [f"--deselect={test}" if "::" in test else f"--ignore={test}" for test in excluded]

    def _environment(self, servers: Mapping[str, str], record: Path) -> dict[str, str]:
        paths = [str(HERE.parent.parent), str(HERE), os.environ.get("PYTHONPATH")]
        return {
            **os.environ,
            **servers,
            "UPSTREAM_RECORD": str(record),
            "UPSTREAM_SOCKET_OF": self.suite.socket_of,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }


def _wait(child: subprocess.Popen[bytes], record: Path, test_timeout: float) -> bool:
    """Wait for the child; return whether it had to be given up because one test took too long."""
    moved, size = time.monotonic(), -1
    while True:
        try:
            child.wait(1.0)
            return False
        except subprocess.TimeoutExpired:
            events = record.read_bytes() if record.exists() else b""
            limit = test_timeout if events.endswith(b'"started"]\n') else START_S
            if len(events) != size:
                moved, size = time.monotonic(), len(events)
            elif time.monotonic() - moved > limit:
                child.send_signal(signal.SIGABRT)  # pytest's faulthandler prints the stacks
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(5.0)
                return True
