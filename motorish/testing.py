"""
What tests need: `resynchronize`, `chaos`, and the `contract` of drivers (which needs pytest).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from motorish.integrations.resynchronize import resynchronize as resynchronize

if TYPE_CHECKING:
    from motorish.integrations import chaos as chaos
    from motorish.integrations import contract as contract

__all__ = ["chaos", "contract", "resynchronize"]


def __getattr__(name: str) -> Any:
    if name in ("chaos", "contract"):  # when asked for: the contract needs pytest
        return import_module(f"motorish.integrations.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
