"""
One adapter per driver, and proxies for those that have an API of their own here.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

ADAPTERS = {
    "bson": "motorish.drivers.mongo.adapter",
    "gridfs": "motorish.drivers.mongo.adapter",
    "pymongo": "motorish.drivers.mongo.adapter",
}
"""Top-level package -> the module that registers its adapter."""


def load_adapters(packages: Iterable[str]) -> None:
    """
    Register the adapters of those of the packages that have one.  No driver is imported.
    """
    for package in packages:
        if package in ADAPTERS:
            import_module(ADAPTERS[package])
