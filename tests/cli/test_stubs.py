"""
``motorish stubs``: what type checkers accept and reject of programs that use wrapped packages.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from motorish.cli import main
from tests.types import checkers
from tests.types.checkers import ROOT, Report

TYPED = Path(__file__).parent / "typed"
PAGE = ROOT / "docs" / "howto" / "types.md"
PLAIN = """
class PlainError(Exception):
    pass


class Thing:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        pass

    def itself(self):
        return self

    def items(self):
        yield self.name


def number(one, *, other):
    return one + other
"""

pytestmark = pytest.mark.timeout(300)  # mypy reads all of redis-py the first time


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Return the directory with the stubs of three drivers and of a module without annotations.
    """
    directory = tmp_path_factory.mktemp("typings").resolve()
    (directory / "plain.py").write_text(PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(directory))
        for name in ("sqlite3", "pymysql", "redis", "plain", "http.client"):
            main(["stubs", name, "-o", str(directory)])
    sys.modules.pop("plain")
    return directory


@pytest.fixture(scope="module")
def report(stubs: Path) -> Report:
    """
    Return what mypy reports of the programs, and of the page's.
    """
    [program] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    page = stubs / "page.py"
    page.write_text(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPYPATH", str(stubs))
        cache = ROOT / ".mypy_cache" / "tests" / "stubs"
        return checkers.mypy([*sorted(TYPED.glob("*.py")), page], "--strict", f"--cache-dir={cache}")


@pytest.mark.parametrize("name", ["sqlite3", "pymysql", "redis", "plain"])
def test_programs_are_understood(name: str, report: Report) -> None:
    """
    mypy --strict accepts a program that uses a wrapped package, and reports its deliberate mistakes.
    """
    path = TYPED / f"with_{name}.py"
    lines = path.read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# error")}
    reported = report.get(path, {})

    assert {} == {line: message for line, message in reported.items() if line not in marked}
    assert [] == [lines[line - 1] for line in sorted(marked - set(reported))]


def test_the_pages_program_is_accepted_and_runs(report: Report, stubs: Path) -> None:
    """
    The program in the documentation has no error, and does what it should.
    """
    assert {} == report.get(stubs / "page.py", {})
    done = subprocess.run(
        [sys.executable, stubs / "page.py"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ("['Ada', 'Grace']\n", "") == (done.stdout, done.stderr)


def test_files_are_modules_of_the_package(stubs: Path) -> None:
    """
    Each module of a package has a file; exceptions are imported, docstrings are not copied.
    """
    err = (stubs / "pymysql_async" / "err.pyi").read_text()
    assert "from pymysql.err import OperationalError as OperationalError" in err
    assert '"""' not in (stubs / "pymysql_async" / "connections.pyi").read_text()
    assert (stubs / "http_async" / "client.pyi").exists()
    assert (stubs / "http_async" / "__init__.pyi").exists()


def test_the_command_tells_how_to_use_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What is written where, and the lines that an application needs.
    """
    main(["stubs", "sqlite3", "-o", str(tmp_path)])
    shown = capsys.readouterr().out
    assert f"2 files written: {tmp_path}/sqlite3_async" in shown
    assert "import sqlite3_async as asqlite3" in shown
    assert "asqlite3 = motorish.wrap(sqlite3)" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no_such_package"], "cannot import 'no_such_package'"),
        (["sqlite3", "-o", "/dev/null"], "cannot write to '/dev/null'"),
        ([], "PACKAGE"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A package that is not there, or a directory that is none: an error message, and status 2.
    """
    with pytest.raises(SystemExit) as exit_:
        main(["stubs", *arguments])
    assert 2 == exit_.value.code
    assert message in capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """
    ``--help`` names the arguments.
    """
    with pytest.raises(SystemExit) as exit_:
        main(["stubs", "--help"])
    assert 0 == exit_.value.code
    assert "stubs PACKAGE [-o DIR]" in capsys.readouterr().out
