"""
The page on wrapping one's own driver: its driver, adapter and tests are installed and run as it says.
"""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "howto" / "wrap-your-own-driver.md"
FIRST = re.compile(r"^```python\n(phone = .*?)^```$", re.M | re.S)
REGISTER = re.compile(r"^(motorish\.adapter\.register.*)$", re.M)
FILES = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.M | re.S)
ENTRY_POINT = re.compile(r"^motorish\.adapters =\n +(.*)$", re.M)


def write_files(directory: Path) -> str:
    """
    Write the page's files into a directory; return the page.
    """
    page = PAGE.read_text()
    files = dict(FILES.findall(page))
    assert ["phone.py", "phone_motorish.py", "test_phone.py"] == list(files)
    for name, source in files.items():
        (directory / name).write_text(source)
    return page


def python(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """
    Run Python in a directory, to its end.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{directory}"},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_first_example(tmp_path: Path) -> None:
    """
    What the page begins with prints what is said, called back and heard; so it does with the adapter.
    """
    page = write_files(tmp_path)
    (first,) = FIRST.findall(page)
    (register,) = REGISTER.findall(page)
    assert "4711" in first
    program = f"""
import asyncio, threading
import motorish, phone, phone_motorish, test_phone

{register}

async def main(port):
    global phone
{textwrap.indent(first.replace("4711", "port"), "    ")}

with test_phone.Server() as server:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    asyncio.run(main(server.server_address[1]))
    server.shutdown()
"""

    done = python(tmp_path, "-c", program)

    assert ("hello\ngoodbye None\nring\nring\n", "") == (done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_adapter_passes(tmp_path: Path) -> None:
    """
    The files of the page, with its entry point, pass the contract and its own test.
    """
    page = write_files(tmp_path)
    info = tmp_path / "phone_motorish-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: phone-motorish\nVersion: 1.0\n")
    (entry_point,) = ENTRY_POINT.findall(page)
    (info / "entry_points.txt").write_text(f"[motorish.adapters]\n{entry_point}\n")

    done = python(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_phone.py")

    assert 0 == done.returncode, done.stdout[-8000:]
    assert re.search(r"\b(\d+) passed", done.stdout)
    assert "skipped" not in done.stdout
