"""
Type checkers accept how motorish is meant to be used, and reject deliberate mistakes.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.types import checkers
from tests.types.checkers import ROOT, Report

HERE = Path(__file__).parent
ACCEPTED = HERE / "accepted.py"
MISTAKES = HERE / "mistakes.py"
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
KNOWN = {*sys.stdlib_module_names, "motorish", "pymongo", "bson", "gridfs", "pymysql", "tornado", "aiohttp"}

THEIRS = re.compile(r"with pymongo\.\w+\(")  # mypy: "Need type annotation"

# What comes before the blocks of a page that are no whole programs.
BEFORE = {
    "docs_howto_connect": "import motorish\n",
}

pytestmark = pytest.mark.timeout(300)  # type checkers read all of PyMongo the first time


def blocks() -> dict[str, str]:
    """
    The Python blocks of the README and the docs that use motorish and nothing but what the tests install.
    """
    found = {}
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        name = "_".join(page.relative_to(ROOT).with_suffix("").parts).replace("-", "_")
        for number, block in enumerate(BLOCK.findall(page.read_text()), 1):
            program = BEFORE.get(name, "") + block
            if "motorish" in imported(program) <= KNOWN:
                found[f"{name}_{number}"] = program
    return found


def imported(program: str) -> set[str]:
    """
    The top-level packages that a program imports.
    """
    names = set()
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """
    The blocks of the README and the docs, as files.
    """
    directory = tmp_path_factory.mktemp("blocks").resolve()
    paths = {name: directory / f"{name}.py" for name in blocks()}
    for name, program in blocks().items():
        paths[name].write_text(program)
    return paths


@pytest.fixture(scope="module", params=["mypy", "pyright"])
def report(
    request: pytest.FixtureRequest, programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Report:
    """
    What a type checker reports about all there is.
    """
    ours = [ACCEPTED, MISTAKES, *EXAMPLES]
    if request.param == "pyright":
        return checkers.pyright([*ours, *programs.values()], tmp_path_factory.mktemp("pyright"))
    cache = ROOT / ".mypy_cache" / "tests"
    strict = checkers.mypy(ours, "--strict", f"--cache-dir={cache / 'strict'}")
    return strict | checkers.mypy(list(programs.values()), f"--cache-dir={cache / 'blocks'}")


def test_blocks_are_found() -> None:
    """
    The README's blocks are among those that are checked, and so are some of each kind of page.
    """
    pages = {name.rpartition("_")[0] for name in blocks()}

    assert pages >= {"README", "docs_explain_differences", "docs_migrate_from_motor", *BEFORE}


def test_uses_are_accepted(report: Report) -> None:
    """
    The file of uses, whose types are asserted, has no errors.
    """
    assert {} == report.get(ACCEPTED, {})


def test_mistakes_are_reported(report: Report) -> None:
    """
    Every line that is marked as a mistake is reported, and no other.
    """
    lines = MISTAKES.read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# error")}
    reported = report.get(MISTAKES, {})

    assert len(marked) > 40
    assert {} == {line: message for line, message in reported.items() if line not in marked}
    assert [] == [lines[line - 1] for line in sorted(marked - set(reported))]


def test_examples_are_accepted(report: Report) -> None:
    """
    The examples have no errors.
    """
    assert {} == {path.name: report[path] for path in EXAMPLES if path in report}


def test_readme_and_docs_are_accepted(report: Report, programs: dict[str, Path]) -> None:
    """
    The programs in the README and the docs have no errors, but for what PyMongo's own classes want.
    """
    wrong = {}
    for name, path in programs.items():
        lines = path.read_text().splitlines()
        errors = report.get(path, {})
        wrong[name] = [errors[line] for line in errors if not THEIRS.search(lines[line - 1])]

    assert {} == {name: errors for name, errors in wrong.items() if errors}
