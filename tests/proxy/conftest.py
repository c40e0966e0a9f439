"""
The toy driver and its server, for the tests of `motorish.wrap`.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import motorish

TOY = str(Path(__file__).parent / "toy")


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """
    Return the toy driver's module, which nobody has patched.
    """
    monkeypatch.syspath_prepend(TOY)
    yield importlib.import_module("echodriver")
    motorish.unpatch("echodriver")
    del sys.modules["echodriver"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """
    Return the toy driver's server: port, lines, holds.
    """
    monkeypatch.syspath_prepend(TOY)
    with importlib.import_module("echoserver").EchoServer() as running:
        yield running


@pytest.fixture(params=["greenlet", "thread"])
def echo(driver: Any, request: pytest.FixtureRequest) -> Any:
    """
    Return the wrapped toy driver, on each engine.
    """
    return motorish.wrap(driver, request.param)
