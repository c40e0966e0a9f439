"""A pytest plugin for PyMySQL's tests, stock or not: ``pymysql.tests`` is in the work folder.

The sdists have no such tests any more: these, of an older version, find what they import of that beside
them, and test the driver that is installed.
"""

from __future__ import annotations

from pathlib import Path

import pymysql

pymysql.__path__.append(str(Path.cwd() / "pymysql"))
