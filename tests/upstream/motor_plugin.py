"""A pytest plugin for Motor's tests, stock or not: stands in for mockupdb, which they import.

The tests that use it fail, both ways; the version that Motor's authors use is not on PyPI.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules["mockupdb"] = mockupdb = ModuleType("mockupdb")
vars(mockupdb).update(MockupDB=object, OpQuery=object, go=None)
