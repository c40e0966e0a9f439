"""Fetches the tests of an installed driver's sdist into a work folder.

The installed driver (with its C extensions) is what gets tested. The root of the sdist would shadow
it on ``sys.path``, so the work folder holds nothing but the tests and a ``pytest.ini``.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from suites import Suite

MARKED_COMPLETE = ".complete"


def prepare(suite: Suite, cache: Path) -> Path:
    """Return a folder in which pytest runs the driver's own tests.

    The sdist is downloaded once per version and kept below ``cache``.

    Raises:
        RuntimeError: pip could not download the sdist.
    """
    version = suite.tests_of or importlib.metadata.version(suite.distribution)
    name = f"{suite.distribution}-{version}"
    work = cache / name
    if not (work / MARKED_COMPLETE).exists():
        _unpack(_download(suite.distribution, version, cache / f"{name}.tar.gz"), work, suite)
        (work / MARKED_COMPLETE).touch()
    return work


def _download(distribution: str, version: str, archive: Path) -> Path:
    if archive.exists():
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", f"{distribution}=={version}"]
    command += ["--no-deps", "--no-binary", distribution, "--dest", str(archive.parent), "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    normalized = archive.with_name(archive.name.replace(distribution, distribution.replace("-", "_")))
    if normalized.exists():  # what the index calls it; the folder in it keeps the distribution's own name
        normalized.rename(archive)
    if result.returncode or not archive.exists():
        raise RuntimeError(
            f"pip could not download the sdist of {distribution} {version}: put {archive.name} into "
            f"{archive.parent} by hand, or give pip an index that has it.\n{result.stderr}"
        )
    return archive


def _unpack(archive: Path, work: Path, suite: Suite) -> None:
    root = archive.name.removesuffix(".tar.gz") + "/"
    wanted = tuple(root + path for path in suite.unpack)
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if member.name.startswith(wanted)]
        tar.extractall(work.parent, members, filter="data")
        project = (
            tar.extractfile(root + "pyproject.toml") if root + "pyproject.toml" in tar.getnames() else None
        )
        settings = tomllib.loads(project.read().decode()) if project is not None else {}
    (work / "pytest.ini").write_text(suite.pytest_ini(settings))
