"""
The page on wrapping one's own driver: its driver, adapter and tests are installed and run as it says.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "howto" / "wrap-your-own-driver.md"
FILES = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.M | re.S)
ENTRY_POINT = re.compile(r"^motorish\.adapters =\n +(.*)$", re.M)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_page_is_true(tmp_path: Path) -> None:
    """
    The files of the page, with its entry point, pass the contract and its own test.
    """
    page = PAGE.read_text()
    files = dict(FILES.findall(page))
    assert ["phone.py", "phone_motorish.py", "test_phone.py"] == list(files)
    for name, source in files.items():
        (tmp_path / name).write_text(source)
    info = tmp_path / "phone_motorish-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: phone-motorish\nVersion: 1.0\n")
    (entry_point,) = ENTRY_POINT.findall(page)
    (info / "entry_points.txt").write_text(f"[motorish.adapters]\n{entry_point}\n")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_phone.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert 0 == done.returncode, done.stdout[-8000:]
    assert re.search(r"\b(\d+) passed", done.stdout)
    assert "skipped" not in done.stdout
