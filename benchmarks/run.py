"""
Compare one workload's variants side by side, in one run: CPU seconds per operation, and their ratios.

    python benchmarks/run.py find_one --rounds 15 --concurrency 50

Each variant is a file in the workload's folder and runs in a process of its own, pinned to one core, with
the server on the other.  The rounds are interleaved, the first is dropped as a warm-up, and each round's
ratio is taken within the round: the machine's noise meets all variants alike.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from motorish.integrations.servers import ReplicaSet

HERE = Path(__file__).parent
OURS = "motorish_client"
CLIENT_CORE, SERVER_CORE = 0, 1


def main() -> int:
    """
    Run the rounds, print the table, keep the raw figures where --json says.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("workload", nargs="?", default="find_one")
    parser.add_argument("--rounds", type=int, default=15, help="pairs to compare, after the warm-up")
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--operations", type=int, default=3000, help="per round and variant")
    parser.add_argument("--pin", action=argparse.BooleanOptionalAction, default=True, help="one core each")
    parser.add_argument("--json", type=Path, help="where to write all rounds")
    given = parser.parse_args()
    variants = sorted(path.stem for path in (HERE / given.workload).glob("*.py") if path.stem[0] != "_")
    if given.pin:
        pin(SERVER_CORE)
    with tempfile.TemporaryDirectory() as data, ReplicaSet(1, Path(data) / "db") as server:
        with MongoClient(server.uri) as client:
            client.motorish_bench.small.replace_one({"_id": 1}, {"x": 1, "text": "y" * 100}, upsert=True)
        rounds = measure(given, variants, server.uri)
    if given.json:
        given.json.write_text(json.dumps({"command": sys.argv, "rounds": rounds}, indent=1))
    print_table(rounds, variants)
    return 0


def pin(core: int) -> None:
    """
    Keep this process, and those it starts from now on, on one core (where the system can).
    """
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {core})


def measure(given: Any, variants: list[str], uri: str) -> list[dict[str, Any]]:
    """
    Start all variants, then run the rounds in an order that is shuffled each time.
    """
    programs: dict[str, subprocess.Popen[str]] = {}
    if given.pin:
        pin(CLIENT_CORE)
    try:
        for name in variants:
            command = [sys.executable, "-m", f"benchmarks.{given.workload}.{name}", uri]
            command += [str(given.concurrency), str(given.operations)]
            programs[name] = subprocess.Popen(
                command, cwd=HERE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        rounds = []
        for _ in range(given.rounds + 1):
            one = {}
            for name in random.sample(variants, len(variants)):
                stdin, stdout = programs[name].stdin, programs[name].stdout
                assert stdin is not None
                assert stdout is not None
                stdin.write("round\n")
                stdin.flush()
                answer = stdout.readline()
                if not answer:
                    raise SystemExit(f"{name} ended with status {programs[name].wait()}")
                one[name] = json.loads(answer)
            rounds.append(one)
        return rounds[1:]
    finally:
        for program in programs.values():
            program.kill()
            program.wait()


def print_table(rounds: list[dict[str, Any]], variants: list[str]) -> None:
    """
    CPU per operation and operations per second (medians), and the ratio to ours with its interval.
    """
    print(f"{'variant':<24}{'CPU µs/op':>10}{'op/s':>9}   CPU ÷ motorish's (95 % interval)")
    for name in variants:
        cpu = statistics.median(one[name]["cpu_s"] / one[name]["operations"] * 1e6 for one in rounds)
        rate = statistics.median(one[name]["operations"] / one[name]["wall_s"] for one in rounds)
        ratios = [one[name]["cpu_s"] / one[OURS]["cpu_s"] for one in rounds]
        low, high = interval(ratios)
        print(
            f"{name:<24}{cpu:>10.1f}{rate:>9.0f}   {statistics.median(ratios):.2f} ({low:.2f} to {high:.2f})"
        )


def interval(values: list[float], samples: int = 2000) -> tuple[float, float]:
    """
    Bootstrap 95 % interval of the median.
    """
    medians = sorted(statistics.median(random.choices(values, k=len(values))) for _ in range(samples))
    return medians[int(samples * 0.025)], medians[int(samples * 0.975)]


if __name__ == "__main__":
    sys.exit(main())
