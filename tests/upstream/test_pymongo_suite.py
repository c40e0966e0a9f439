"""The drivers' own tests pass under motorish: the part that `make test` has time for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("suite", ["pymongo", "motor"])
def test_suite_passes(suite: str) -> None:
    """
    What passes stock passes inside one child greenlet, and with motorish in Motor's place.
    """
    result = subprocess.run(
        [sys.executable, str(RUN), suite, "--quick"], capture_output=True, text=True, check=False
    )

    assert 0 == result.returncode, result.stdout + result.stderr
