"""
One adapter per driver, and proxies for those that have an API of their own here.
"""

from __future__ import annotations

from importlib import import_module

from motorish import adapter

ADAPTERS = {
    "bson": "motorish.drivers.mongo.adapter",
    "gridfs": "motorish.drivers.mongo.adapter",
    "pymongo": "motorish.drivers.mongo.adapter",
}
"""Top-level package -> the module that registers its adapter."""


def load_adapter(package: str) -> None:
    """
    Register the adapter of *package*, if it has one here.  No driver is imported.
    """
    if package in ADAPTERS:
        import_module(ADAPTERS[package])


adapter.sources.append(load_adapter)
