"""
Virtual environments for the ODMs, which exclude one another: made once, kept below the repository's cache.

Motor is in none of them, though three of the four require it.  Greenlet, Tornado and PyMongo are those
versions that the tests themselves run with; motorish is this repository.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "odms"
MARKED_COMPLETE = "complete"

_TYPING = ("typing-extensions==4.16.0",)
_PYDANTIC = (
    "annotated-types==0.8.0",
    "pydantic==2.14.3",
    "pydantic-core==2.50.4",
    "typing-inspection==0.4.5",
    *_TYPING,
)
ODMS: Mapping[str, tuple[str, ...]] = {
    "beanie_2": ("beanie==2.2.0", "click==8.5.1", "lazy-model==0.4.0", *_PYDANTIC),
    "beanie_1": ("beanie==1.30.0", "click==8.5.1", "lazy-model==0.2.0", *_PYDANTIC),
    "odmantic_1": ("odmantic==1.1.0", *_PYDANTIC),
    "umongo_4": ("umongo==4.0.0", "marshmallow==4.4.0", *_TYPING),
}
"""ODM → all that it needs; without Motor, therefore pip is told to add no dependencies."""

OURS = ("greenlet", "tornado", "pymongo", "dnspython")


class Environment:
    """
    The virtual environment of one ODM.
    """

    def __init__(self, odm: str, cache: Path = CACHE) -> None:
        self.packages = (*ODMS[odm], *(f"{name}=={version(name)}" for name in OURS))
        made_of = "\n".join((sys.version, *self.packages))
        self.path = cache / f"{odm}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"
        self.python = self.path / "bin" / "python"

    @property
    def is_complete(self) -> bool:
        """
        Whether it can be used as it is.
        """
        return (self.path / MARKED_COMPLETE).exists()

    def install(self) -> None:
        """
        Make it, from nothing.

        Raises:
            RuntimeError: pip could not install the packages.
        """
        venv.EnvBuilder(clear=True, symlinks=True).create(self.path)
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        command += ["--python", str(self.python), "install", "--no-deps", *self.packages]
        pip = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if pip.returncode:
            raise RuntimeError(
                f"pip could not install {' '.join(self.packages)} into {self.path}:\n{pip.stdout}"
            )
        (self.path / MARKED_COMPLETE).touch()

    def run(self, *arguments: str, uri: str) -> subprocess.CompletedProcess[str]:
        """
        Run its Python, for which any warning is an error, with MONGODB_URI in the environment.
        """
        return run_python(self.python, *arguments, uri=uri)


def make_all() -> dict[str, Environment]:
    """
    Return all environments; what is missing is installed, all at the same time.

    Raises:
        RuntimeError: pip could not install something.
    """
    environments = {odm: Environment(odm) for odm in ODMS}
    missing = [one for one in environments.values() if not one.is_complete]
    with ThreadPoolExecutor(len(environments)) as pool:
        list(pool.map(Environment.install, missing))
    return environments


def run_python(python: str | Path, *arguments: str, uri: str) -> subprocess.CompletedProcess[str]:
    """
    Run a Python with this repository on its path and MONGODB_URI in its environment.
    """
    return subprocess.run(
        [str(python), "-W", "error", *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "MONGODB_URI": uri, "PYTHONPATH": str(ROOT)},
    )
