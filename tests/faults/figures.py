"""
What the tests of faults measure: kept on the test's report, printed at the end, shown in the documentation.
"""

from __future__ import annotations

import datetime
import json
import platform
from pathlib import Path
from typing import Any

import pytest

from tests.faults.rows import ROWS, SECTIONS

RESULTS = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parents[2] / "docs" / "operate" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
PROPERTY = "figure"
HEAD = "| row | fault | promised | measured | scale |\n|---|---|---|---|---:|\n"


class Figures:
    """
    The figures of one test: each is recorded first, so that a figure that is not met is shown, too.

    Args:
        test: the test item, marked with the row it is for.
        scale: the part (0 to 1) of the row's repetitions that this run does.
    """

    def __init__(self, test: pytest.Item, scale: float) -> None:
        self._test = test
        self._scale = scale
        self._uses_scale = False

    def times(self, count: int, least: int = 1) -> int:
        """
        Return how often to repeat what the row repeats *count* times: less at a smaller scale.
        """
        self._uses_scale = True
        return max(min(least, count), round(count * self._scale))

    def at_most(self, what: str, limit: float, value: float, unit: str = "") -> None:
        """
        Record *value* and fail if it is over the *limit*; both in *unit*.
        """
        self._record(what, f"{_text(value)} {unit}".strip(), f"≤ {_text(limit)}", value <= limit)
        assert value <= limit, f"{what}: {value} {unit}, but at most {limit} are promised"

    def at_least(self, what: str, limit: float, value: float, unit: str = "") -> None:
        """
        Record *value* and fail if it is below the *limit*; both in *unit*.
        """
        self._record(what, f"{_text(value)} {unit}".strip(), f"≥ {_text(limit)}", value >= limit)
        assert value >= limit, f"{what}: {value} {unit}, but at least {limit} are promised"

    def equal(self, what: str, expected: Any, value: Any) -> None:
        """
        Record *value*, a number or a short word, and fail if it is not what is expected.
        """
        self._record(what, _text(value), f"= {_text(expected)}", value == expected)
        assert expected == value, what

    def note(self, what: str, value: Any, unit: str = "") -> None:
        """
        Record what is worth knowing but has no limit.
        """
        self._record(what, f"{_text(value)} {unit}".strip(), "", True)

    def _record(self, what: str, value: str, limit: str, met: bool) -> None:
        marker = self._test.get_closest_marker("row")
        assert marker is not None, "a test that records figures is marked with its row"
        for row in marker.args:
            assert row in ROWS, row
        figure = {
            "rows": list(marker.args),
            "what": what,
            "value": value,
            "limit": limit,
            "met": met,
            "scale": self._scale if self._uses_scale else 1.0,
        }
        self._test.user_properties.append((PROPERTY, figure))


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def as_text(figure: dict[str, Any]) -> str:
    """
    Return a figure as one line: what, the value, the limit, and whether it was met.
    """
    limit = f" ({figure['limit']})" if figure["limit"] else ""
    missed = "" if figure["met"] else " NOT MET"
    return f"{figure['what']}: {figure['value']}{limit}{missed}"


def keep(found: dict[str, list[dict[str, Any]]]) -> None:
    """
    Add the tests' figures to those of earlier runs, and write the page.
    """
    results = load()
    stamp = {"date": datetime.date.today().isoformat(), "python": platform.python_version()}
    results |= {test: [figure | stamp for figure in figures] for test, figures in found.items()}
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    write_page()


def load() -> dict[str, list[dict[str, Any]]]:
    """
    Return what was kept: the figures of each test.
    """
    found: dict[str, list[dict[str, Any]]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def write_page() -> None:
    """
    Write the tables between the marks of the page.
    """
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + tables(load()) + END + after)


def tables(results: dict[str, list[dict[str, Any]]]) -> str:
    """
    Return one table for each section, with a line for each row.
    """
    by_row: dict[str, list[dict[str, Any]]] = {}
    for figures in results.values():
        for figure in figures:
            for row in figure["rows"]:
                by_row.setdefault(row, []).append(figure)
    parts = []
    for letter, title in SECTIONS.items():
        parts.append(f"\n### {letter}. {title}\n\n{HEAD}")
        for name, row in ROWS.items():
            if name[0] == letter:
                figures = by_row.get(name, [])
                scale = f"{min(figure['scale'] for figure in figures):.0%}" if figures else ""
                measured = (
                    "<br>".join(as_text(figure).replace("|", "\\|") for figure in figures)
                    or "not measured yet"
                )
                parts.append(f"| {name} | {row.fault} | {row.promise} | {measured} | {scale} |\n")
    return "".join(parts)
