"""
The documentation as a site.
"""

import subprocess
import sys
from pathlib import Path

import pytest

import motorish

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.timeout(120)
def test_site_builds_without_warnings(tmp_path: Path) -> None:
    """
    No link within it is broken, no docstring malformed, no page left out; every public name is described.
    """
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)

    assert (0, "") == (done.returncode, done.stderr)
    api = (tmp_path / "reference" / "api.html").read_text()
    assert [] == [name for name in motorish.__all__ if f'id="motorish.{name}"' not in api]
