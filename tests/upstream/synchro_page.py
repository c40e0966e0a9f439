"""Reads which tests may differ through the proxies, and writes the page with the results per module."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "synchro_results.json"
PAGE = HERE.parents[1] / "docs" / "reference" / "through-proxies.md"
BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->\n"
FAMILIES = {"Async": "`AsyncMongoClient`", "Motor": "`MotorClient`"}


def excluded() -> dict[str, str]:
    """Return the modules that are not run, with the reasons."""
    return {test: entry["reason"] for entry in _toml().get("excluded", []) for test in entry["tests"]}


def reasons(family: str) -> dict[str, str]:
    """Return the tests that may differ through the proxies of a family, with the reasons."""
    return {
        test: entry["reason"]
        for entry in _toml().get("difference", [])
        if family in entry.get("families", FAMILIES)
        for test in entry["tests"]
    }


def results() -> dict[str, Any]:
    """Return what was recorded: when and with what, and counts by module."""
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"modules": {}}
    return found


def write() -> None:
    """Write the results between the marks of the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + _table(results()) + _differences() + _excluded() + END + after)


def _table(recorded: dict[str, Any]) -> str:
    modules: dict[str, dict[str, Any]] = recorded["modules"]
    crossing = {_short(name): row for name, row in modules.items() if row["calls"]}
    others = [_short(name) for name, row in modules.items() if not row["calls"]]
    rows = list(crossing.values())
    crossing["**all**"] = {
        "calls": sum(row["calls"] for row in rows),
        "differing": [sum(each) for each in zip(*(row["differing"] for row in rows), strict=True)],
        **{
            column: [sum(each) for each in zip(*(row[column] for row in rows), strict=True)]
            for column in ("stock", *FAMILIES)
        },
    }
    heads = ["module", "calls", "stock", *FAMILIES.values(), "differ"]
    return "\n".join(
        [
            f"{recorded['driver']}, Python {recorded['python']}, a replica set of one node; "
            f"{recorded['date']}.",
            "Each cell is passed / failed / skipped.",
            "*Calls* is how many have crossed the proxies of the first family.",
            "*Differ* is how many tests pass stock and not through the first family / the second.",
            "",
            "| " + " | ".join(heads) + " |",
            "|---|" + "---:|" * (len(heads) - 1),
            *(_row(name, row) for name, row in crossing.items()),
            "",
            f"In {len(others)} more modules no client is used, so nothing crosses the proxies: "
            + ", ".join(others)
            + ".",
            "",
        ]
    )


def _row(name: str, row: dict[str, Any]) -> str:
    cells = (" / ".join(map(str, row[column])) for column in ("stock", *FAMILIES, "differing"))
    return f"| {name} | {row['calls']} | " + " | ".join(cells) + " |"


def _differences() -> str:
    lines = ["", "### What passes stock and not through the proxies, and why", ""]
    for entry in _toml().get("difference", []):
        families = entry.get("families", FAMILIES)
        only = "" if len(families) == len(FAMILIES) else f" ({FAMILIES[families[0]]} only)"
        lines.append(f"- {entry['reason']}{only}")
        lines += [f"  - `{_short(test)}`" for test in entry["tests"]]
    return "\n".join(lines) + "\n"


def _excluded() -> str:
    lines = ["", "### What is not run, and why", ""]
    for entry in _toml().get("excluded", []):
        lines.append(f"- {', '.join(map(_short, entry['tests']))}: {entry['reason']}")
    return "\n".join(lines) + "\n"


def _short(test: str) -> str:
    return test.removeprefix("test/").replace(".py", "", 1)


def _toml() -> dict[str, Any]:
    return tomllib.loads((HERE / "synchro.toml").read_text())
