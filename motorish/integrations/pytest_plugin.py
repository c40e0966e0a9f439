"""
Makes a project's tests green when pytest itself runs in a child (``motorish run -m pytest``).

Test modules, ``conftest.py`` files and the helpers beside them wait for threads, events and sleeps: each
such wait must park the child.  Whatever is imported from below the root directory of the tests counts
as theirs, except what is installed there (a virtual environment).

What ``mock.patch("subprocess.Popen")`` names is then what these modules know by that name: the green one.
"""

from __future__ import annotations

import builtins
import pkgutil
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from motorish import patcher
from motorish.patcher import imports, table


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """
    Step in front of pytest's assertion rewriter before the first ``conftest.py`` is imported.
    """
    patcher.patch_directory(early_config.rootpath)
    vars(mock)["pkgutil"] = imports.Overlay("pkgutil", resolve_name=_resolve_name)


def pytest_make_parametrize_id(val: object) -> str | None:
    """
    Let a test that is parametrized with modules have the name that it has without us.
    """
    if isinstance(val, ModuleType) and (stock := imports.stock_of(val)) is not val:
        return stock.__name__
    return None


def pytest_unconfigure(config: pytest.Config) -> None:
    """
    Leave modules alone that are imported later.
    """
    patcher.unpatch_directory(config.rootpath)
    vars(mock)["pkgutil"] = pkgutil


class _Builtins:
    """
    Stands for `builtins` where a mock takes the place of one: green modules have built-ins of their own.
    """

    __dict__ = property(lambda self: vars(builtins))

    def __getattr__(self, name: str) -> Any:
        return getattr(builtins, name)

    def __setattr__(self, name: str, value: Any) -> None:
        for names in imports.all_builtins():
            names[name] = value


def _resolve_name(name: str) -> Any:
    if name == "builtins":
        return _Builtins()
    return table.green_for(pkgutil.resolve_name(name))
