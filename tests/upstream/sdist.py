"""Fetches the test folder of the installed PyMongo's sdist into a work folder.

The installed PyMongo (with its C extensions) is what gets tested. The root of the sdist would
shadow it on ``sys.path``, so the work folder holds nothing but ``test/`` and a ``pytest.ini``.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

MARKED_COMPLETE = ".complete"


def prepare(cache: Path) -> Path:
    """Return a folder in which ``pytest test/test_cursor.py`` runs PyMongo's own tests.

    The sdist is downloaded once per version and kept below ``cache``.

    Raises:
        RuntimeError: pip could not download the sdist.
    """
    version = importlib.metadata.version("pymongo")
    work = cache / f"pymongo-{version}"
    if not (work / MARKED_COMPLETE).exists():
        _unpack(_download(version, cache), work, version)
        (work / MARKED_COMPLETE).touch()
    return work


def _download(version: str, cache: Path) -> Path:
    archive = cache / f"pymongo-{version}.tar.gz"
    if archive.exists():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", f"pymongo=={version}"]
    command += ["--no-deps", "--no-binary", "pymongo", "--dest", str(cache), "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or not archive.exists():
        raise RuntimeError(
            f"pip could not download the sdist of pymongo {version} into {cache}: "
            f"put {archive.name} there by hand, or give pip an index that has it.\n{result.stderr}"
        )
    return archive


def _unpack(archive: Path, work: Path, version: str) -> None:
    root = f"pymongo-{version}/"
    with tarfile.open(archive) as tar:
        members = [m for m in tar.getmembers() if m.name.startswith(root + "test/")]
        tar.extractall(work.parent, members, filter="data")
        project = tar.extractfile(root + "pyproject.toml")
        assert project is not None
        options = tomllib.loads(project.read().decode())["tool"]["pytest"]["ini_options"]
    (work / "pytest.ini").write_text(_pytest_ini(options))


def _pytest_ini(options: dict[str, list[str]]) -> str:
    """Return PyMongo's pytest settings without those that need pytest-asyncio."""
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider", "xfail_strict = true"]
    for name in ("markers", "filterwarnings"):
        lines += [f"{name} =", *(f"    {value}" for value in options[name])]
    return "\n".join(lines) + "\n"
