"""
A database that ODBC reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pyodbc
import pytest


@pytest.fixture
def dsn(missing_program: Callable[[str], NoReturn], tmp_path: Path) -> str:
    """
    Return how to connect with a new SQLite database, by SQLite's ODBC driver.
    """
    if "SQLite3" not in pyodbc.drivers():
        missing_program("the ODBC driver of SQLite")
    return f"Driver=SQLite3;Database={tmp_path}/odbc.db"
