"""
Adapters that other packages bring: entry points of the group ``motorish.adapters``.

A distribution that has ``[options.entry_points] motorish.adapters = mydriver = mydriver_motorish:ADAPTER``
tells motorish of the package ``mydriver``.  Nothing of it is imported before somebody patches or wraps that.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from motorish import adapter
from motorish.errors import UsageError

GROUP = "motorish.adapters"


def load_registered(package: str) -> None:
    """
    Register the adapter that an installed distribution has for *package*, if there is one.

    Raises:
        UsageError: what the entry point leads to is no adapter.
        BaseException: whatever importing it raises.
    """
    entry_point = _known().get(package)
    if entry_point is None:
        return
    where = f"the entry point {entry_point.name!r} = {entry_point.value!r} of the group {GROUP!r}"
    try:
        found = entry_point.load()
    except BaseException as error:
        error.add_note(f"raised when motorish loaded {where}")
        raise
    if not isinstance(found, adapter.Adapter):
        raise UsageError(f"{where} must lead to a motorish.adapter.Adapter, not to {found!r}")
    if package not in found.packages:
        raise UsageError(f"{where} leads to an adapter of {', '.join(found.packages)}: add {package!r} to it")
    adapter.register(found)


@cache
def _known() -> dict[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group=GROUP)}
