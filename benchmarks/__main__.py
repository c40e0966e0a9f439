"""
The benchmarks' command line: `python -m benchmarks --help`.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import NoReturn

from benchmarks import plan, report, results, runner
from benchmarks.names import WORKLOADS, number
from benchmarks.plan import Cell
from benchmarks.results import Result

ALSO_PATIENCE_S = 600


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Do what is asked; return the exit status.
    """
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # ends variants and servers too
    try:
        return int(given.do(given))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare motorish with its peers."
    )
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("bench", help="measure all, and keep the results (20 minutes)")
    command.add_argument("only", nargs="*", help="parts of the names of cells, or 'also': measure these anew")
    command.add_argument("--rounds", type=int, default=plan.ROUNDS)
    command.add_argument("--results", type=Path, default=results.FILE, metavar="FILE")
    command.set_defaults(do=bench)

    command = commands.add_parser("quick", help="the most important cells (3 minutes), and a verdict")
    command.add_argument("--rounds", type=int, default=plan.ROUNDS)
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
    command.add_argument("--results", type=Path, metavar="FILE", help="keep them there")
    command.set_defaults(do=run)

    command = commands.add_parser("also", help="what is not measured in rounds")
    command.add_argument("modules", nargs="*", help=", ".join(plan.ALSO))
    command.set_defaults(do=only_also)

    command = commands.add_parser("list", help="the cells of bench, and how long they took last time")
    command.set_defaults(do=show_plan)

    command = commands.add_parser("report", help="make the tables and plots of docs/explain/performance.md")
    command.add_argument("--results", type=Path, default=results.FILE, metavar="FILE")
    command.add_argument("--page", type=Path, default=report.PAGE, metavar="FILE")
    command.set_defaults(do=lambda given: report.write(results.load(given.results), given.page))
    return parser


def bench(given: argparse.Namespace) -> int:
    """
    Measure all cells, or those that are named, and keep the results after each.

    Raises:
        SystemExit: a name is none of a cell.
    """
    for name in given.only:
        if name != "also" and not plan.chosen(plan.full(), [name]):
            known = {f"{cell.system}.{cell.workload}" for cell in plan.full()}
            _refuse("cell", name, [*sorted(known), "also"])
    began = time.monotonic()
    kept = results.load(given.results) if given.only else results.nothing()
    kept["runs"].append(results.about_this_run())
    cells = [replace(cell, rounds=given.rounds) for cell in plan.chosen(plan.full(), given.only)]
    for result in measured(cells):
        results.add(kept, result)
        results.keep(kept, given.results)
    if not given.only or "also" in given.only:
        kept["also"] = also(plan.ALSO)
        results.keep(kept, given.results)
    print(f"All of it took {(time.monotonic() - began) / 60:.1f} minutes; the results are in {given.results}")
    return 0


def quick(given: argparse.Namespace) -> int:
    """
    Measure the most important cells; fail if a gate is missed.
    """
    cells = [replace(cell, rounds=given.rounds) for cell in plan.quick()]
    verdicts = []
    for cell, result in zip(cells, measured(cells), strict=True):
        for goal in cell.goals:
            if goal.gate is not None:
                ratio = results.ratio(result, goal.peer)
                verdict = "passed" if ratio and ratio.low >= goal.gate else "MISSED"
                figure = f"{goal.peer} ÷ {cell.ours} is {ratio or 'unknown, as one of them failed'}"
                verdicts.append(f"{verdict}: {cell.name}: {figure}; its lower bound must be {goal.gate}")
    print("\n".join(verdicts))
    return int(any(verdict.startswith("MISSED") for verdict in verdicts))


def run(given: argparse.Namespace) -> int:
    """
    Measure one workload as the options say.

    Raises:
        SystemExit: there is no such workload, or no such variant.
    """
    workloads = {f"{system}.{workload}" for system, workload in WORKLOADS}
    workloads |= {f"{cell.system}.{cell.workload}" for cell in plan.full()}
    if given.workload not in workloads:
        _refuse("workload", given.workload, sorted(workloads))
    system, _, workload = given.workload.partition(".")
    for name in given.variants or ():
        if name.partition("@")[0] not in runner.variants(system):
            _refuse("variant", name, runner.variants(system))
    known = [cell for cell in plan.full() if (cell.system, cell.workload) == (system, workload)]
    names = given.variants or (known[0].variants if known else runner.variants(system))
    ours = known[0].ours if known and known[0].ours in names else names[0]
    how = (given.loop, given.pinned, given.round_s, given.rounds)
    (result,) = measured([Cell(system, workload, given.at, tuple(names), ours, *how)])
    if given.results:
        kept = results.load(given.results)
        kept["runs"].append(results.about_this_run())
        results.add(kept, result)
        results.keep(kept, given.results)
    return int(any("error" in columns for columns in result["variants"].values()))


def only_also(given: argparse.Namespace) -> int:
    """
    Measure what is not measured in rounds, or those modules of it that are named.

    Raises:
        SystemExit: there is no such module.
    """
    for name in given.modules:
        if name not in plan.ALSO:
            _refuse("module", name, plan.ALSO)
    return int(not also(given.modules or plan.ALSO))


def also(modules: Sequence[str]) -> list[Result]:
    """
    Ask each module's `measure`, in a process of its own; one that fails does not stop the others.
    """
    records: list[Result] = []
    for module in modules:
        print(f"{module}:", flush=True)
        program = f"import json, {module}; print(json.dumps({module}.measure()))"
        try:
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=results.HERE.parent, stdout=subprocess.PIPE, text=True,
                check=True, timeout=ALSO_PATIENCE_S,
            )  # fmt: skip
            answer = json.loads(done.stdout.splitlines()[-1])
        except (subprocess.SubprocessError, ValueError, IndexError) as error:
            answer = [{"what": module, "variant": "", "value": None, "unit": "", "error": str(error)}]
        for record in answer:
            value = record.get("error") or number(record["value"])
            print(f"  {record['what']}: {record['variant']}: {value} {record['unit']}", flush=True)
        records += answer
    return records


def show_plan(given: argparse.Namespace) -> int:
    """
    Print the cells of bench.
    """
    took = {results.identity(cell): cell["took_s"] for cell in results.load()["cells"]}
    for cell in plan.full():
        key = results.identity({**vars(cell), "variants": cell.variants})
        print(f"{cell.name:<45}{took.get(key, '?'):>8} s   {', '.join(cell.variants)}")
    return 0


def measured(cells: Sequence[Cell]) -> Iterator[Result]:
    """
    Measure the cells one after the other, and print each one's table.
    """
    can_pin = len(runner.cores()) > 1
    cells = [replace(cell, pinned=cell.pinned and can_pin) for cell in cells]
    for (system, pinned), group in groupby(cells, lambda cell: (cell.system, cell.pinned)):
        with runner.server(system, pinned) as address:
            for cell in group:
                print(f"{cell.name}:", flush=True)
                result = runner.run_cell(cell, address)
                _print_table(result)
                yield result


def _refuse(what: str, name: str, known: Sequence[str]) -> NoReturn:
    sys.exit(f"python -m benchmarks: there is no {what} {name!r}, but: {', '.join(known)}")


def _print_table(result: Result) -> None:
    print(f"  {'':<24}{'CPU µs/op':>10}{'op/s':>10}{'p50 ms':>9}{'p99 ms':>9}   CPU ÷ ours (95 % interval)")
    for label, columns in result["variants"].items():
        if "error" in columns:
            print(f"  {label:<24}failed")
            continue
        cpu, rate, p50, p99 = (median(columns[key]) for key in ("cpu_us", "per_s", "p50_ms", "p99_ms"))
        ratio = "" if label == result["ours"] else results.ratio(result, label)
        print(f"  {label:<24}{cpu:>10.1f}{rate:>10.0f}{p50:>9.3f}{p99:>9.3f}   {ratio}")
    print(f"  {result['operations']} operations in a round; took {result['took_s']:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
