"""
Throwaway packages, written to a directory that is on sys.path during the test.
"""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest

from motorish import patcher

Write = Callable[..., str]

_serial = count()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """
    Return a function that writes a package, ``name.py="source"``, and returns the package's name.

    Afterwards the package is unpatched and forgotten.
    """
    monkeypatch.syspath_prepend(str(tmp_path))
    names: list[str] = []

    def write_package(init: str = "", **modules: str) -> str:
        name = f"throwaway{next(_serial)}"
        names.append(name)
        (tmp_path / name).mkdir()
        for module, source in {"__init__": init, **modules}.items():
            (tmp_path / name / f"{module}.py").write_text(dedent(source).replace("PKG", name))
        importlib.invalidate_caches()
        return name

    yield write_package
    patcher.unpatch(*names)
    for module in [module for module in sys.modules if module.partition(".")[0] in names]:
        del sys.modules[module]


@pytest.fixture
def alone(tmp_path: Path) -> Callable[[str], None]:
    """
    Return a function that runs a script in a process where nothing is patched yet.

    It begins with ``from motorish import patcher``, can import the throwaway packages, and has to
    end without an error or a warning.
    """

    def run(script: str) -> None:
        source = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        source += f"from motorish import green, patcher\n{dedent(script)}"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", source], capture_output=True, text=True, timeout=60
        )
        assert (0, "") == (done.returncode, done.stderr)

    return run
