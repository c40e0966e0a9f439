"""Keeps the results of complete runs, and writes them as a table into the documentation."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

from compare import Comparison
from suites import NAMES, load

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "compatibility.md"
BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->\n"
COLUMNS = {
    "passed_stock": "passed stock",
    "passed": "passed green",
    "differing": "differences",
    "unsteady": "unsteady",
    "failed_both": "failed the same",
    "skipped": "skipped",
    "date": "run on",
}


def record(suite: str, mode: str, topology: str, result: Comparison) -> None:
    """Keep the result of a complete run, and bring the page up to date."""
    results = _results()
    distribution = load(suite).distribution
    results[f"{suite} {mode} {topology}"] = {
        "driver": f"{distribution} {importlib.metadata.version(distribution)}",
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        **result.counts(),
    }
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")
    write_page()


def write_page() -> None:
    """Write the tables between the marks of the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + tables() + END + after)


def tables() -> str:
    """Return one table per suite and mode, and below each what is known to differ."""
    results = _results()
    parts = []
    for name in NAMES:
        suite = load(name)
        for mode, settings in suite.modes.items():
            rows = {each: results.get(f"{name} {mode} {each}") for each in suite.topologies}
            found = {each: row for each, row in rows.items() if row}
            if found:
                parts.append(_table(next(iter(found.values()))["driver"], mode, found))
                known = {
                    test: why for each in found for test, why in suite.notes(settings.known, each).items()
                }
                parts += [f"- `{test}`: {why}\n" for test, why in known.items()]
                if not any(row["differing"] for row in found.values()):
                    parts.append("No test differs.\n")
    return "".join(parts)


def _table(driver: str, mode: str, rows: dict[str, dict[str, Any]]) -> str:
    lines = [f"\n### {driver}, {mode}\n", "| topology | " + " | ".join(COLUMNS.values()) + " |"]
    lines.append("|---|" + "---:|" * len(COLUMNS))
    for topology, row in rows.items():
        lines.append(f"| {topology} | " + " | ".join(str(row[column]) for column in COLUMNS) + " |")
    return "\n".join(lines) + "\n\n"


def _results() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found
