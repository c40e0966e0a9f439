"""
The examples that are no programs by themselves, and that what README and docs link to exists.
"""

import asyncio
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[`?([^\]`]+)`?\]\((?!http)([^)#]*)(?:#L(\d+))?\)")
BLOCK = re.compile(r"^([^\n]*)\n```python\n(.*?)^```$", re.M | re.S)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(page: str) -> list[str]:
    """
    The Python blocks of a page.
    """
    return [textwrap.dedent(code) for _, code in BLOCK.findall((ROOT / page).read_text())]


def test_first_example_runs(mongod_uri: str) -> None:
    """
    The ten lines print the document three times: awaited, called back and iterated.
    """
    program = examples("README.md")[0]
    assert "mongodb://localhost:27017" in program
    program = program.replace("mongodb://localhost:27017", mongod_uri)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)

    order = "{'_id': 1, 'status': 'new'}"
    assert (sorted([order, order, f"{order} None"]), "") == (sorted(done.stdout.splitlines()), done.stderr)


def test_two_lines_example_runs(mariadb: MariaDB, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The README's driver in two lines: the names come out, on the loop and in plain synchronous code.
    """
    settings = {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}
    with pymysql.connect(**settings, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE users (id INT PRIMARY KEY, name TEXT)")
        cursor.execute("INSERT INTO users VALUES (2, 'Bob'), (1, 'Ann')")
    example: dict[str, Any] = {}
    exec(examples("README.md")[1], example)

    asyncio.run(example["main"](settings))
    assert "['Ann', 'Bob']\n" == capsys.readouterr().out
    assert ["Ann", "Bob"] == example["load_names"](settings)


def test_wrap_example_runs(mariadb: MariaDB, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The README's wrapped driver prints the names, and is called back.
    """
    settings = {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}
    with pymysql.connect(**settings, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE users (id INT PRIMARY KEY, name TEXT)")
        cursor.execute("INSERT INTO users VALUES (2, 'Bob'), (1, 'Ann')")
    example: dict[str, Any] = {}
    exec(examples("README.md")[2], example)

    asyncio.run(example["main"](settings))
    assert "Ann\nBob\n1 None\n" == capsys.readouterr().out


def test_connect_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls_files: tuple[Path, Path, Path]
) -> None:
    """
    Each way to connect gives a client, without any I/O.
    """
    monkeypatch.chdir(tmp_path)
    Path("ca.pem").write_bytes(tls_files[2].read_bytes())
    lines = examples("docs/howto/connect.md")[0].splitlines()
    assert len(lines) > 3

    for line in lines:
        example: dict[str, Any] = {"motorish": motorish}
        exec(line, example)
        assert isinstance(example["client"], motorish.MotorClient)


def test_collector_example_runs() -> None:
    """
    What a service can do about the garbage collector sets its thresholds.
    """
    program = f"{examples('docs/explain/performance.md')[0]}\nassert (10_000, 20, 50) == gc.get_threshold()"

    subprocess.run([sys.executable, "-c", program], check=True, timeout=50)


def test_no_example_is_forgotten() -> None:
    """
    Each Python block in README and docs is marked as a program (see test_docs.py), or tested here.

    Those of the page on wrapping one's own driver belong together: test_own_driver_page.py.  That of the
    page on types is for type checkers too: cli/test_stubs.py.
    """
    unmarked = [
        page.relative_to(ROOT).as_posix()
        for page in PAGES
        for before, _ in BLOCK.findall(page.read_text())
        if not before.startswith("<!-- runnable")
    ]

    own_driver = ["docs/howto/wrap-your-own-driver.md"] * 5
    tested = ["docs/explain/performance.md", "docs/howto/connect.md", "docs/howto/types.md", *own_driver]
    assert ["README.md"] * 3 + tested == unmarked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """
    Each relative link names a file; with #L<n> that line holds the code that the link's text names.
    """
    for text, target, line in LINK.findall(page.read_text()):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name}: [{text}] leads to {target}, which does not exist"
        if line:
            lines = path.read_text().splitlines()
            holds = [number for number, code in enumerate(lines, 1) if text in code]
            assert int(line) in holds, f"{page.name}: [{text}] is now at {target}#L{holds}"
