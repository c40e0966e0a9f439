"""A pytest plugin for urllib3's tests, stock or not: their web server keeps stock sockets.

It runs in a thread of its own on trio, which takes no others.
"""

from __future__ import annotations

import importlib
import sys


def pytest_sessionstart() -> None:
    """Change the one module that makes the server's sockets."""
    vars(importlib.import_module("dummyserver.hypercornserver"))["socket"] = sys.modules["socket"]
