"""
The benchmarks' command line: `python -m benchmarks --help`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import figures, plan, runner
from benchmarks.plan import Cell

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def main() -> int:
    """
    Do what is asked; return the exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare motorish with its peers."
    )
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("bench", help="all cells (about 20 minutes), kept in results.json")
    command.add_argument("only", nargs="*", help="parts of cells' names, or 'also': measure these anew")
    command.add_argument("--results", type=Path, default=RESULTS)
    command.set_defaults(do=bench)

    command = commands.add_parser("quick", help="the most important cells (3 minutes), and a verdict")
    command.set_defaults(do=quick)

    command = commands.add_parser("run", help="one workload, any way you like")
    command.add_argument("workload", help="SYSTEM.WORKLOAD, as mongodb.find_one")
    command.add_argument("--at", type=int, default=50, help="workers at a time")
    command.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    command.add_argument("--rounds", type=int, default=plan.ROUNDS)
    command.add_argument(
        "--variants", nargs="+", help="files in SYSTEM, as motorish_client; ours comes first"
    )
    command.add_argument("--no-pin", dest="pinned", action="store_false", help="let all use all cores")
    command.add_argument("--round-s", type=float, default=0.2, help="CPU time of ours in a round, in seconds")
    command.set_defaults(do=run)

    command = commands.add_parser("list", help="the cells of bench, and how long they took last time")
    command.set_defaults(do=show_plan)

    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # ends variants and servers too
    try:
        return int(given.do(given))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130


def bench(given: argparse.Namespace) -> int:
    """
    Measure all cells, or those that are named, and keep the results after each.
    """
    old = json.loads(given.results.read_text()) if given.only and given.results.exists() else {}
    results = {**about_this_run(), "cells": old.get("cells", []), "also": old.get("also", [])}
    for result in measured(plan.chosen(plan.full(), given.only)):
        cells = [cell for cell in results["cells"] if identity(cell) != identity(result)]
        results["cells"] = [*cells, result]
        keep(results, given.results)
    return 0


def quick(given: argparse.Namespace) -> int:
    """
    Measure the most important cells; fail if a gate is missed.
    """
    missed = []
    for cell, result in zip(plan.quick(), measured(plan.quick()), strict=True):
        for goal in cell.goals:
            if goal.gate is not None:
                ratio = ratio_of(result, goal.peer)
                if ratio is None or ratio.low < goal.gate:
                    missed.append(
                        f"{cell.name}: {goal.peer} ÷ {cell.ours} is {ratio}, wanted from {goal.gate}"
                    )
    for line in missed:
        print(f"MISSED: {line}")
    print("FAILED" if missed else "passed")
    return 1 if missed else 0


def run(given: argparse.Namespace) -> int:
    """
    Measure one workload as the options say.
    """
    system, _, workload = given.workload.partition(".")
    known = [cell for cell in plan.full() if (cell.system, cell.workload) == (system, workload)]
    names = given.variants or (known[0].variants if known else files(system))
    ours = names[0] if given.variants else known[0].ours if known else "motorish_client"
    cell = Cell(
        system, workload, given.at, tuple(names), ours, given.loop, given.pinned, given.round_s, given.rounds
    )
    (result,) = measured([cell])
    return int(any("error" in columns for columns in result["variants"].values()))


def show_plan(given: argparse.Namespace) -> int:
    """
    Print the cells of bench.
    """
    old = json.loads(RESULTS.read_text())["cells"] if RESULTS.exists() else []
    took = {identity(cell): cell["took_s"] for cell in old}
    for cell in plan.full():
        key = (cell.system, cell.workload, cell.at, cell.loop, cell.pinned, cell.ours, cell.variants)
        print(f"{cell.name:<50}{took.get(key, '?'):>8} s   {', '.join(cell.variants)}")
    return 0


def files(system: str) -> tuple[str, ...]:
    """
    All variants of a system.
    """
    return tuple(sorted(path.stem for path in (HERE / system).glob("*.py") if path.stem[0] != "_"))


def measured(cells: Sequence[Cell]) -> Any:
    """
    Measure the cells one after the other, and print each one's table.
    """
    several = len(runner.cores()) > 1
    cells = [replace(cell, pinned=cell.pinned and several) for cell in cells]
    for (system, pinned), group in groupby(cells, lambda cell: (cell.system, cell.pinned)):
        with runner.server(system, pinned) as address:
            for cell in group:
                print(f"{cell.name}:", flush=True)
                result = runner.run_cell(cell, address)
                print_table(result)
                yield result


def print_table(result: dict[str, Any]) -> None:
    """
    Print what a cell gave.
    """
    print(f"  {'':<24}{'CPU µs/op':>10}{'op/s':>9}{'p50 ms':>9}{'p99 ms':>9}   CPU ÷ ours (95 % interval)")
    for label, columns in result["variants"].items():
        if "error" in columns:
            print(f"  {label:<24}failed")
            continue
        cpu, rate, p50, p99 = (median(columns[key]) for key in ("cpu_us", "per_s", "p50_ms", "p99_ms"))
        ratio = "" if label == result["ours"] else ratio_of(result, label)
        print(f"  {label:<24}{cpu:>10.1f}{rate:>9.0f}{p50:>9.2f}{p99:>9.2f}   {ratio}")
    print(f"  {result['operations']} operations in a round; took {result['took_s']:.0f} s", flush=True)


def ratio_of(result: dict[str, Any], label: str) -> figures.Estimate | None:
    """
    The CPU of a variant divided by ours, or None if one of the two failed.
    """
    peer, ours = result["variants"][label], result["variants"][result["ours"]]
    return None if "error" in peer or "error" in ours else figures.ratio(peer["cpu_us"], ours["cpu_us"])


def identity(cell: dict[str, Any]) -> tuple[Any, ...]:
    """
    What makes a cell of the results the same as another one.
    """
    what = (cell[key] for key in ("system", "workload", "at", "loop", "pinned", "ours"))
    return (*what, tuple(cell["variants"]))


def about_this_run() -> dict[str, Any]:
    """
    When, where, with what, and how.
    """
    packages = ["motorish", "greenlet", "tornado", "uvloop", "pymongo", "motor", "gevent"]
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": "python -m benchmarks " + " ".join(sys.argv[1:]),
        "machine": {"cpu": cpu_name(), "cores": os.cpu_count(), "kernel": platform.platform()},
        "python": platform.python_version(),
        "packages": {name: found for name in packages if (found := version_of(name))},
    }


def cpu_name() -> str:
    """
    What the kernel calls the processor.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def version_of(package: str) -> str | None:
    """
    The version that is installed, or None.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def keep(results: dict[str, Any], path: Path) -> None:
    """
    Write the results: one line for each list of figures.
    """
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
