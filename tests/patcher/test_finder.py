"""
The finder leaves loaders as they are: resources, reload, zip archives, odd loaders.
"""

import importlib
import importlib.util
import inspect
import sys
import zipfile
from collections.abc import Callable
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from motorish import green, patcher
from motorish.patcher.finder import Finder

TIME = green.TWINS["time"]


def test_a_loader_keeps_its_type(write: Callable[..., str], tmp_path: Path) -> None:
    """
    inspect, importlib.resources, find_spec and reload work on patched packages.
    """
    name = write("import time\ndef f():\n    return 1\n")
    (tmp_path / name / "data.txt").write_text("data")
    patcher.patch(name)
    module = importlib.import_module(name)

    assert SourceFileLoader is type(module.__spec__.loader)
    assert "def f():\n    return 1\n" == inspect.getsource(module.f)
    assert "data" == files(name).joinpath("data.txt").read_text()
    assert importlib.util.find_spec(name) is not None
    assert TIME is importlib.reload(module).time


def test_one_loader_for_several_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A zip archive has one loader for all that is in it; only the patched package is green.
    """
    archive = tmp_path / "both.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped_green.py", "import zipped_stock, time")
        file.writestr("zipped_stock.py", "import time")
    monkeypatch.syspath_prepend(str(archive))
    with patcher.patch("zipped_green"):
        module = importlib.import_module("zipped_green")
        assert TIME is module.time
        assert sys.modules["time"] is module.zipped_stock.time
    del sys.modules["zipped_green"], sys.modules["zipped_stock"]


def test_a_namespace_package(write: Callable[..., str], tmp_path: Path) -> None:
    """
    A package without __init__.py is patched as well.
    """
    name = write(low="import time")
    (tmp_path / name / "__init__.py").unlink()
    importlib.invalidate_caches()
    patcher.patch(name)

    assert TIME is importlib.import_module(f"{name}.low").time


def test_the_finder_stays_where_it_is(write: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Patching again leaves ``sys.meta_path`` alone: other threads' imports never miss the finder.
    """
    name, other = write(), write()
    before = others()
    patcher.patch(name)
    patched = tuple(sys.meta_path)
    with monkeypatch.context() as unchangeable:
        unchangeable.setattr(sys, "meta_path", patched)
        patcher.patch(name, other)
        patcher.unpatch(other)
        assert patched is sys.meta_path
    patcher.unpatch(name)

    assert before == others()


def others() -> list[object]:
    """
    The finders of ``sys.meta_path`` that are not ours.
    """
    return [finder for finder in sys.meta_path if not isinstance(finder, Finder)]


class Rigid:
    """
    A loader on which no attribute can be set.
    """

    __slots__ = ()
    marker = "rigid"

    def create_module(self, spec: ModuleSpec) -> None:
        """
        Leave the making of the module to the import system.
        """

    def exec_module(self, module: ModuleType) -> None:
        """
        Run the module's only line.
        """
        exec("import time", vars(module))


class Compiled(ExtensionFileLoader):
    """
    Stands in for the loader of a compiled module, which imports without asking builtins.
    """

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # type: ignore[override]
        """
        Make a plain module.
        """
        return ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """
        Fill its globals, as Cython does.
        """
        vars(module)["time"] = sys.modules["time"]


@pytest.mark.parametrize("loader", [Rigid(), Compiled("odd_module", "odd_module.so")])
def test_odd_loaders(loader: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A loader without a __dict__ is wrapped; what a compiled module holds is rebound.
    """

    class Odd:
        def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
            return ModuleSpec(name, loader) if name == "odd_module" else None  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "meta_path", [Odd(), *sys.meta_path])
    with patcher.patch("odd_module"):
        module = importlib.import_module("odd_module")
        assert TIME is module.time
        assert "rigid" == getattr(module.__loader__, "marker", "rigid")
    assert sys.modules["time"] is module.time
    del sys.modules["odd_module"]
