"""
Stand-ins named after the stdlib modules they replace in patched packages.

Each has every name of its original; what could block parks a child instead, and blocks a thread.
"""

from __future__ import annotations

import sys
from types import ModuleType

from motorish.green import _stock as _stock  # before the others
from motorish.green import _twin, queue, select, selectors, socket, ssl, threading, time
from motorish.green import at_exit as at_exit
from motorish.green import fork as fork

TWINS: dict[str, ModuleType] = {
    "queue": queue,
    "select": select,
    "selectors": selectors,
    "socket": socket,
    "ssl": ssl,
    "threading": threading,
    "time": time,
}
"""Name of a stdlib module -> its green twin."""

for _name, _module in TWINS.items():
    _twin.keep_builtin(sys.modules[_name], _module)
