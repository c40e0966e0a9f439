"""PyMongo's own tests pass under motorish: the part that `make test` has time for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.mark.timeout(300)
def test_pymongo_suite_passes_in_one_child() -> None:
    """
    What passes under stock PyMongo passes inside one child greenlet.
    """
    result = subprocess.run(
        [sys.executable, str(RUN), "--quick"], capture_output=True, text=True, check=False
    )

    assert 0 == result.returncode, result.stdout + result.stderr
