"""
The page of figures, made of the file of results: tables between two marks, and the plots beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from statistics import median

from benchmarks import plan, plots, results
from benchmarks.names import SYSTEMS, VARIANTS, WORKLOADS, how, number, title
from benchmarks.plan import Goal
from benchmarks.results import Result

PAGE = Path(__file__).parents[1] / "docs" / "explain" / "performance.md"
BEGIN, END = "<!-- figures: made by `python -m benchmarks report` -->", "<!-- end of the figures -->"


def write(kept: Result, page: Path = PAGE) -> int:
    """
    Put the tables into the page, and the plots into the folder of its name.

    Raises:
        ValueError: the page lacks the two marks.
    """
    text = page.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{page} must have these two lines, once each:\n{BEGIN}\n{END}")
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    kept["cells"].sort(key=_place)
    before, _, rest = text.partition(BEGIN)
    tables = "\n\n".join(_sections(kept, folder))
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}")
    print(f"{page} has the figures now")
    return 0


def _place(cell: Result) -> int:
    known = [results.identity({**vars(one), "variants": one.variants}) for one in plan.full()]
    return known.index(results.identity(cell)) if results.identity(cell) in known else len(known)


def _sections(kept: Result, folder: Path) -> Iterator[str]:
    yield f"## The figures\n\n{_about(kept)}"
    if rows := [*_cells_goals(kept["cells"]), *_also_goals(kept["also"])]:
        yield "### The goals\n\n" + _table(["what", "compared with", "goal", "measured", ""], rows)
    for system, name in SYSTEMS.items():
        cells = [cell for cell in kept["cells"] if cell["system"] == system]
        if cells:
            yield f"## {name}"
            for file, what in plots.draw(system, cells, folder):
                yield f"![{name}: {what}]({folder.name}/{file})"
            for workload, group in groupby(sorted(cells, key=_by_workload), lambda cell: cell["workload"]):
                yield f"### {WORKLOADS.get((system, workload), workload)}\n\n{_cells_table(list(group))}"
    if kept["also"]:
        yield "## Memory, start, and the loop\n\n" + _also_table(kept["also"])


def _by_workload(cell: Result) -> int:
    return [workload for system, workload in WORKLOADS if system == cell["system"]].index(cell["workload"])


def _about(kept: Result) -> str:
    """
    When, how, where and with what; one paragraph for runs of the same circumstances.
    """
    paragraphs = []
    for (machine, *others), runs in groupby(
        kept["runs"], lambda run: (run["machine"], run["python"], run["packages"])
    ):
        python, packages = others
        commands = " and ".join(f"on {run['date']} with `{run['command']}`" for run in runs)
        versions = ", ".join(f"{name} {version}" for name, version in packages.items())
        where = f"{machine['cores']} cores of {machine['cpu']}, {machine['kernel']}"
        paragraphs.append(f"Measured {commands}, on {where}.\n{python}; {versions}.")
    return "\n\n".join(paragraphs)


def _cells_goals(cells: list[Result]) -> Iterator[list[str]]:
    for planned in plan.full():
        for goal in planned.goals:
            for cell in cells:
                if goal.peer in cell["variants"] and _same(planned, cell):
                    yield _goal_row(cell, goal)


def _same(planned: plan.Cell, cell: Result) -> bool:
    keys = ("system", "workload", "at", "loop", "pinned", "ours")
    return all(cell[key] == getattr(planned, key) for key in keys)


def _goal_row(cell: Result, goal: Goal) -> list[str]:
    ratio = results.ratio(cell, goal.peer)
    who = f"{SYSTEMS[cell['system']]} {title(cell)}"
    peer = _variant(goal.peer)
    if goal.at_least is not None:
        text, met = f"≥ {goal.at_least:.2f}", ratio is not None and ratio.value >= goal.at_least
    else:
        assert goal.at_most is not None
        ratio = ratio and ratio.inverse
        text, met = f"ours ≤ {goal.at_most:.2f}", ratio is not None and ratio.value <= goal.at_most
    return [who, peer, text, str(ratio or "failed"), "met" if met else "**not met**"]


def _also_goals(also: list[Result]) -> Iterator[list[str]]:
    for record in also:
        if "goal" in record:
            limit = re.search(r"[\d.]+", str(record["goal"]))
            met = record["value"] is not None and limit and record["value"] <= float(limit[0])
            goal = (
                str(record["goal"]) if "≤" in str(record["goal"]) else f"≤ {record['goal']} {record['unit']}"
            )
            value = f"{_value(record)} {record['unit']}"
            yield [record["what"], record["variant"], goal, value, "met" if met else "**not met**"]


def _cells_table(cells: list[Result]) -> str:
    head = ["at a time", "", "CPU µs", "÷ motorish's", "per second", "p50 ms", "p99 ms", ""]
    rows = []
    for cell in cells:
        text = how(cell)
        for label, columns in cell["variants"].items():
            rows.append([text, *_variant_row(cell, label, columns)])
            text = ""
    return _table(head, rows, right=(2, 4, 5, 6))


def _variant_row(cell: Result, label: str, columns: Result) -> list[str]:
    name = _variant(label)
    if "error" in columns:
        return [name, "", "", "", "", "", f"failed: {_last_line(columns['error'])}"]
    ratio = results.ratio(cell, label)
    ours = label == cell["ours"]
    verdict = ""
    if not ours and ratio and ratio.high < 1:
        verdict = "**cheaper than motorish**"
    elif not ours and ratio and ratio.low <= 1:
        verdict = "no difference"
    medians = [number(median(columns[key])) for key in ("cpu_us", "per_s", "p50_ms", "p99_ms")]
    return [
        f"**{name}**" if ours else name,
        medians[0],
        "1" if ours else str(ratio or ""),
        *medians[1:],
        verdict,
    ]


def _last_line(error: str) -> str:
    return error.strip().splitlines()[-1].replace("|", "\\|")


def _variant(label: str) -> str:
    file, _, at = label.partition("@")
    return VARIANTS.get(file, file.replace("_", " ")) + (f", {at} at a time" if at else "")


def _also_table(also: list[Result]) -> str:
    rows = []
    for what in dict.fromkeys(record["what"] for record in also):
        text = what
        for record in (record for record in also if record["what"] == what):
            value = f"failed: {_last_line(record['error'])}" if "error" in record else _value(record)
            rows.append([text, record["variant"], value, record["unit"]])
            text = ""
    return _table(["what", "", "", ""], rows, right=(2,))


def _value(record: Result) -> str:
    return "?" if record["value"] is None else number(record["value"])


def _table(head: list[str], rows: list[list[str]], right: tuple[int, ...] = ()) -> str:
    rule = ["---:" if column in right else "---" for column in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))
