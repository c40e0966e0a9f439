"""
What tests need: `resynchronize`, and the `contract` of drivers (which needs pytest).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from motorish.integrations.resynchronize import resynchronize as resynchronize

if TYPE_CHECKING:
    from motorish.integrations import contract as contract

__all__ = ["contract", "resynchronize"]


def __getattr__(name: str) -> Any:
    if name == "contract":  # when asked for: it needs pytest
        return import_module("motorish.integrations.contract")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
