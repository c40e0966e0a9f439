"""
Runs the type checkers, and tells what they report: file, line, message.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]

Report = dict[Path, dict[int, str]]
"""By file and line, the first error there."""


def mypy(paths: Sequence[Path], *options: str) -> Report:
    """
    What mypy reports, functions without annotations included.
    """
    command = [sys.executable, "-m", "mypy", "--config-file=", "--python-version=3.11"]
    command += [
        "--check-untyped-defs",
        "--ignore-missing-imports",
        "--no-pretty",
        "--no-error-summary",
        "--show-absolute-path",
    ]
    done = subprocess.run(
        [*command, *options, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    report: Report = {}
    for path, line, message in re.findall(r"^(/.*?):(\d+): error: (.*)$", done.stdout, re.M):
        report.setdefault(Path(path), {}).setdefault(int(line), message)
    assert bool(report) == bool(done.returncode), done.stdout
    return report


def pyright(paths: Sequence[Path], directory: Path) -> Report:
    """
    What pyright reports at its standard level.

    It is run as basedpyright, whose package brings all it needs.

    Args:
        directory: for the configuration.
    """
    config = {
        "typeCheckingMode": "standard",
        "include": [str(path) for path in paths],
        "extraPaths": [str(ROOT)],
        "pythonVersion": "3.11",
    }
    project = directory / "pyrightconfig.json"
    project.write_text(json.dumps(config))
    command = [sys.executable, "-m", "basedpyright", f"--project={project}", "--outputjson"]
    command += [f"--pythonpath={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] >= len(paths), done.stdout
    report: Report = {}
    for one in found["generalDiagnostics"]:
        if one["severity"] == "error":
            line = one["range"]["start"]["line"] + 1
            report.setdefault(Path(one["file"]), {}).setdefault(line, one["message"])
    return report
