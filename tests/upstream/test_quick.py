"""The drivers' own tests pass under motorish: the parts that `make test` has time for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")
NAMES = ("pymongo", "motor", "pymysql", "redis")  # `make upstream` runs the others, too


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_suite_passes_as_stock(name: str) -> None:
    """
    What passes under the stock driver passes under motorish too.
    """
    command = [sys.executable, str(RUN), name, "--quick"]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == result.returncode, result.stdout + result.stderr
