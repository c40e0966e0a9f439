"""
Keeps what complete runs have found, and writes it as tables into the documentation.
"""

from __future__ import annotations

import json
import platform
import sys
import threading
from pathlib import Path
from typing import Any

from tests.conformance import suite
from tests.conformance.compare import Comparison

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
BEGIN, END = "<!-- conformance: begin -->\n", "<!-- conformance: end -->\n"
SLOW_S = 0.25
"""What takes so long, in seconds, with the stdlib, is left to complete runs."""
_PLACES = {
    ("child", "children"): "in children",
    ("child",): "in a child",
    ("children",): "all in children",
    ("thread",): "in plain threads",
}


_lock = threading.Lock()


def version() -> str:
    """
    Return the Python's version as far as tests differ: ``3.11``.
    """
    return ".".join(map(str, sys.version_info[:2]))


def load() -> dict[str, Any]:
    """
    Return what was kept: Python version -> module -> figures and slow tests.
    """
    return {path.stem: json.loads(path.read_text()) for path in suite.RECORDED.glob("*.json")}


def is_recorded(module: str) -> bool:
    """
    Return whether the tests of a module were recorded with this very Python: they change between releases.
    """
    row = load().get(version(), {}).get(module, {})
    return bool(row.get("python") == platform.python_version())


def slow_tests(module: str) -> frozenset[str]:
    """
    Return the tests of a module that took long, or hung, when they were recorded with this Python.
    """
    row = load().get(version(), {}).get(module, {})
    return frozenset(row.get("slow", ())).union(*row.get("hung", {}).values())


def record(module: str, where: str, result: Comparison) -> None:
    """
    Keep the result of a complete run, and bring the page up to date.
    """
    with _lock:
        _record(module, where, result)
        write_page()


def _record(module: str, where: str, result: Comparison) -> None:
    rows = load().get(version(), {})
    row = rows.setdefault(module, {})
    passed = [test for test, outcome in result.stock.items() if outcome.name == "passed"]
    row["python"] = platform.python_version()
    row["stock"] = len(passed)
    row["slow"] = sorted(test for test in passed if result.stock[test].seconds >= SLOW_S)
    hung = [test for test, outcome in result.ours.items() if outcome.name == "hung"]
    row.setdefault("hung", {})[where] = sorted(hung)
    ours = {test for test, outcome in result.ours.items() if outcome.name == "passed"}
    row[where] = len(ours.union(result.unsteady).intersection(passed))
    suite.RECORDED.mkdir(exist_ok=True)
    new = suite.RECORDED / f"{version()}.new"
    new.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")
    new.replace(suite.RECORDED / f"{version()}.json")  # at once: other Pythons may be reading it


def write_page() -> None:
    """
    Write the tables between the marks of the page.
    """
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + tables(load()) + END + after)


def tables(results: dict[str, Any]) -> str:
    """
    Return a table for each Python, and what differs, with the reasons.
    """
    parts = []
    for python, rows in sorted(results.items()):
        full = next(iter(rows.values()))["python"]
        parts.append(
            f"\n### Python {full}\n\n"
            "| module | passed stock | in a child | all in children | in plain threads |\n"
            "|---|---:|---:|---:|---:|\n"
        )
        for module in suite.MODULES:
            row = rows.get(module)
            if row:
                cells = " | ".join(_cell(module, where, row, python) for where in suite.WHERE)
                parts.append(f"| `{module}` | {row['stock']} | {cells} |\n")
    parts.append("\n### What differs, and why\n\n")
    for module in suite.MODULES:
        by_reason: dict[str, list[str]] = {}
        for known in suite.all_known(module):
            where = "" if known.where == suite.WHERE else f", {_PLACES[known.where]}"
            versions = known.versions.rstrip("?")
            pythons = "" if versions == "all" else f", Python {versions}"
            pythons += ", now and then" if known.versions.endswith("?") else ""
            by_reason.setdefault(known.reason, []).append(f"`{known.test}`{where}{pythons}")
        parts += [f"- `{module}`: {'; '.join(tests)}: {why}\n" for why, tests in by_reason.items()]
    parts += [f"\nNot run: `{name}`, which {why}.\n" for name, why in suite.LEFT_OUT.items()]
    return "".join(parts)


def _cell(module: str, where: str, row: dict[str, Any], python: str) -> str:
    major, minor = map(int, python.split("."))
    known = sum(each.holds(where, (major, minor)) for each in suite.all_known(module))
    passed = row.get(where, "not run")
    return f"{passed} ({known} known)" if known else str(passed)
