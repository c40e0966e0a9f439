"""
mysqlclient, which is C: wrapped and pooled, in threads.

It has to be compiled, so it is none of the packages that all tests need: it is built here, once, and kept
below the repository's cache.  Where there is no compiler, it is not tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from motorish.integrations.servers import MariaDB

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PACKAGE = "mysqlclient==2.3.1"
CACHE = ROOT / ".cache" / f"{PACKAGE}-{sys.implementation.cache_tag}"


@pytest.fixture
def mysqlclient() -> Path:
    """
    Return the directory that has mysqlclient in it.
    """
    tools = [name for name in ("mariadb_config", "cc", "pkg-config") if shutil.which(name) is None]
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        tools.append("Python.h")
    if tools:
        pytest.skip(f"mysqlclient cannot be built without {', '.join(tools)}")
    complete = CACHE / "complete"
    if not complete.exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--no-deps", "--target", str(CACHE), PACKAGE], check=True)
        complete.touch()
    return CACHE


@pytest.mark.timeout(300)  # it may have to be built
def test_wrapped_and_pooled(mysqlclient: Path, mariadb: MariaDB) -> None:
    """
    Calls, iteration, transactions and streams work, in threads; a job given up harms no other.
    """
    arguments = (mariadb.host, str(mariadb.port), mariadb.user, mariadb.password, mariadb.database)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / "mysqlclient_program.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "PYTHONPATH": f"{mysqlclient}{os.pathsep}{ROOT}"},
    )

    assert ("done\n", 0) == (done.stdout, done.returncode), done.stderr
    assert "Traceback" not in done.stderr
