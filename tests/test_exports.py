"""
The public names: what the package offers, where it comes from, and what importing it costs.
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import motorish
from motorish import errors

INIT = Path(motorish.__file__)


def test_all_lists_what_is_re_exported() -> None:
    """
    __all__ is sorted, and holds exactly the names that __init__.py re-exports as public.
    """
    public = {
        alias.asname
        for node in ast.walk(ast.parse(INIT.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and not alias.asname.startswith("_")
    }

    assert sorted(motorish.__all__) == motorish.__all__
    assert public == set(motorish.__all__)


@pytest.mark.parametrize("name", motorish.__all__)
def test_name_is_there_and_documented(name: str) -> None:
    """
    Each public name can be got, is listed by dir(), and has a docstring of its own.
    """
    value = getattr(motorish, name)

    assert name in dir(motorish)
    assert inspect.getdoc(value)
    assert value.__module__.startswith("motorish.")


def test_star_import() -> None:
    """
    ``from motorish import *`` gives all public names and nothing else.
    """
    names: dict[str, object] = {}
    exec("from motorish import *", names)

    assert {*motorish.__all__, "__builtins__"} == set(names)


def test_unknown_name() -> None:
    """
    A name that is not there is an AttributeError that says so.
    """
    with pytest.raises(AttributeError, match="module 'motorish' has no attribute 'nothing'"):
        _ = motorish.nothing


def test_version() -> None:
    """
    The version has three numbers.
    """
    assert 3 == len([int(part) for part in motorish.__version__.split(".")])


def test_errors_are_all_public() -> None:
    """
    What motorish raises can be caught by its name at the top.
    """
    assert set(errors.__all__) <= set(motorish.__all__)
    for name in errors.__all__:
        error = getattr(errors, name)
        assert getattr(motorish, name) is error
        assert name in (errors.__doc__ or "")


def test_error_tree() -> None:
    """
    Usage errors are RuntimeErrors and MotorishErrors; what drivers see is an OSError, and no MotorishError.
    """
    for name in ("NotInChildError", "BlockingCallError", "ForeignLoopError", "BusyError"):
        assert issubclass(getattr(errors, name), errors.UsageError)
    assert issubclass(errors.UsageError, (errors.MotorishError, RuntimeError))
    assert issubclass(errors.DeadlineExceeded, TimeoutError)
    assert issubclass(errors.CallAborted, ConnectionAbortedError)
    assert not issubclass(errors.CallAborted, errors.MotorishError)


def test_import_loads_no_driver() -> None:
    """
    ``import motorish`` imports none of the drivers, starts no thread and says nothing.
    """
    script = """
import sys, threading
import motorish
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"pymongo", "bson", "gridfs", "pymysql", "psycopg2", "redis", "sqlalchemy"}))
print(threading.active_count())
"""

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=30
    )

    assert ("[]\n1\n", "") == (done.stdout, done.stderr)
