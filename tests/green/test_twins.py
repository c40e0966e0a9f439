"""
The twins have every name of the module they stand in for, and leave the original as it was.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import subprocess
import sys
from types import BuiltinFunctionType, ModuleType

import pytest

from motorish.green import TWINS

names = pytest.mark.parametrize("name", TWINS)


@names
def test_has_every_name(name: str) -> None:
    """
    Public, private and listed in __all__: whatever a package may import from it.
    """
    original, twin = importlib.import_module(name), TWINS[name]

    missing = {name for name in vars(original) if not hasattr(twin, name)}
    missing.discard("__warningregistry__")  # a warning leaves that

    assert set() == missing
    assert getattr(original, "__all__", None) == getattr(twin, "__all__", None)


@names
def test_name_that_came_later(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What somebody puts into the original afterwards is found, too; what nobody has is an AttributeError.
    """
    original, twin = importlib.import_module(name), TWINS[name]
    monkeypatch.setattr(original, "added_later", 5, raising=False)

    assert 5 == twin.added_later
    with pytest.raises(AttributeError, match="no attribute 'never_there'"):
        _ = twin.never_there


@names
def test_star_import(name: str) -> None:
    """
    ``from <twin> import *`` gives what the original's gives, with the replacements.
    """
    stock: dict[str, object] = {}
    green: dict[str, object] = {}
    exec(f"from {name} import *", stock)
    exec(f"from motorish.green.{name} import *", green)

    assert set(stock) <= set(green)


@names
def test_classes_say_where_they_are_from(name: str) -> None:
    """
    A replaced class is found under its module and name, so that reprs and pickles lead to it.
    """
    twin: ModuleType = TWINS[name]
    original = importlib.import_module(name)
    replaced = [
        (each, value)
        for each, value in vars(twin).items()
        if isinstance(value, type) and getattr(original, each, None) is not value and not each.startswith("_")
    ]

    for each, value in replaced:
        if value.__module__.startswith("motorish.green"):
            home = importlib.import_module(value.__module__)
            assert value is getattr(home, value.__name__, None), each


@names
def test_what_is_no_method_does_not_become_one(name: str) -> None:
    """
    A built-in function as a class attribute is called without self; its replacement, too.
    """
    original, twin = importlib.import_module(name), TWINS[name]

    for each, value in vars(original).items():
        replaced = vars(twin).get(each)
        if replaced is not value and isinstance(value, BuiltinFunctionType):
            holder = type("Holder", (), {each: replaced})
            assert replaced is getattr(twin, each), each
            assert replaced is getattr(holder(), each), each
            assert replaced is getattr(holder, each), each
            assert replaced is pickle.loads(pickle.dumps(replaced)), each


def test_replaced_builtin_looks_like_a_function() -> None:
    """
    It has a name, a signature and a docstring, and it can be copied.
    """
    sleep = TWINS["time"].sleep

    assert ("sleep", "motorish.green.time") == (sleep.__name__, sleep.__module__)
    assert ["seconds"] == [*inspect.signature(sleep).parameters]
    assert inspect.isroutine(sleep)
    assert inspect.getdoc(sleep).startswith("As `time.sleep`")
    assert sleep is copy.deepcopy(sleep)


def test_importing_the_twins_changes_no_stdlib_module() -> None:
    """
    After importing motorish every attribute of the originals is what it was.
    """
    script = f"""
import importlib
modules = {{name: importlib.import_module(name) for name in {list(TWINS)!r}}}
before = {{name: dict(vars(module)) for name, module in modules.items()}}
import motorish, motorish.green
for name, module in modules.items():
    changed = {{key for key in before[name] if before[name][key] is not vars(module).get(key)}}
    assert not changed, (name, changed)
"""

    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_monkeypatched_process_is_refused() -> None:
    """
    Where gevent has replaced the stdlib's sockets, the import says so, and what to do.
    """
    pytest.importorskip("gevent")
    script = "from gevent import monkey; monkey.patch_all(); import motorish"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)

    assert "PatchError: gevent._socket3.socket has taken the place of the stdlib's" in done.stderr
