"""
The runnable programs in the docs: they run without an error, and print what their comments say.

A code block is runnable when the line before it is ``<!-- runnable -->``.  What it prints has to be what
its comments ``# prints ...`` hold, line by line.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUNNABLE = re.compile(r"^<!-- runnable -->\n```python\n(.*?)^```$", re.M | re.S)
PRINTS = re.compile(r"# prints (.*)$", re.M)
PROGRAMS = [
    pytest.param(program, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "docs").rglob("*.md"))
    for number, program in enumerate(RUNNABLE.findall(page.read_text()), 1)
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_runs(program: str, mongod_uri: str) -> None:
    """
    A program of the docs prints what it says, and nothing goes wrong.
    """
    assert program.count("mongodb://localhost") == 1
    runnable = program.replace("mongodb://localhost", mongod_uri)

    done = subprocess.run([sys.executable, "-c", runnable], capture_output=True, text=True, timeout=50)

    assert ("", PRINTS.findall(program)) == (done.stderr, done.stdout.splitlines())
