"""PyMongo's own tests pass through the proxies: the part that `make test` has time for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("synchro.py")


@pytest.mark.timeout(300)
def test_pymongo_suite_passes_through_the_proxies() -> None:
    """
    What passes stock passes with each family of proxies in the place of PyMongo's classes.
    """
    modules = ["test/test_cursor.py", "test/test_database.py"]
    result = subprocess.run([sys.executable, str(RUN), *modules], capture_output=True, text=True, check=False)

    assert 0 == result.returncode, result.stdout + result.stderr
