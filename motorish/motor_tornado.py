"""
The MongoDB classes, under the module's name that Motor's users know.
"""

from typing import TYPE_CHECKING, Any

import motorish

__all__ = [name for name in motorish.__all__ if name.startswith("Motor") and not name.startswith("Motorish")]

if TYPE_CHECKING:
    from motorish import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(motorish, name)


def __dir__() -> list[str]:
    return __all__
