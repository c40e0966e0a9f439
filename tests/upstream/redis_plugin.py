"""A pytest plugin for redis-py's tests, stock or not: stands in for pytest-asyncio, which they import.

The tests that use it, those of the asynchronous API, are not run.
"""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

sys.modules["pytest_asyncio"] = pytest_asyncio = ModuleType("pytest_asyncio")
vars(pytest_asyncio).update(fixture=pytest.fixture)
