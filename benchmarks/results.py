"""
The file of results: what was measured when, where and with what.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks import figures

HERE = Path(__file__).parent
FILE = HERE / "results.json"
PACKAGES = (
    *("motorish", "greenlet", "tornado", "uvloop", "gevent", "pymongo", "motor", "redis", "hiredis"),
    *("PyMySQL", "aiomysql", "asyncmy", "psycopg2-binary", "psycopg", "asyncpg", "aiopg"),
    *("SQLAlchemy", "greenletio", "asgiref", "anyio"),
)

Result = dict[str, Any]


def about_this_run() -> Result:
    """
    When, where, with what, and how.
    """
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "command": "python -m benchmarks " + " ".join(sys.argv[1:]),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "kernel": platform.platform(terse=True)},
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "commit": _commit(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def identity(cell: Result) -> tuple[Any, ...]:
    """
    What makes a cell the same as one that was measured before, though variants may have come or gone.
    """
    others = tuple(label for label in cell["variants"] if "@" in label)
    return (*(cell[key] for key in ("system", "workload", "at", "loop", "pinned", "ours")), others)


def ratio(cell: Result, label: str) -> figures.Estimate | None:
    """
    The CPU time of a variant divided by ours, or None if one of the two failed.
    """
    peer, ours = cell["variants"][label], cell["variants"][cell["ours"]]
    return None if "error" in peer or "error" in ours else figures.ratio(peer["cpu_us"], ours["cpu_us"])


def load(path: Path = FILE) -> Result:
    """
    What was kept there, or nothing yet.
    """
    return json.loads(path.read_text()) if path.exists() else nothing()  # type: ignore[no-any-return]


def nothing() -> Result:
    """
    No results: the runs (the last one last), what they measured in rounds, and what else they measured.
    """
    return {"runs": [], "cells": [], "also": []}


def add(kept: Result, cell: Result) -> None:
    """
    Put a cell in, instead of the same one of before.
    """
    kept["cells"] = [one for one in kept["cells"] if identity(one) != identity(cell)] + [cell]


def keep(results: Result, path: Path = FILE) -> None:
    """
    Write them: a line for each thing, and for each variant's list of figures.
    """
    texts: list[str] = []

    def line(value: Any) -> str:
        texts.append(json.dumps(value, ensure_ascii=False))
        return f"@{len(texts) - 1}@"

    outline: Result = {**results, "also": [line(record) for record in results["also"]]}
    outline["cells"] = [
        {**cell, "variants": {label: _lines(columns, line) for label, columns in cell["variants"].items()}}
        for cell in results["cells"]
    ]
    text = json.dumps(outline, indent=1, ensure_ascii=False)
    for number, piece in enumerate(texts):
        text = text.replace(f'"@{number}@"', piece, 1)
    path.write_text(text + "\n")


def _lines(columns: Result, line: Any) -> Result:
    return {key: line(value) for key, value in columns.items()}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _commit() -> str | None:
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
