"""
Adapters: what their fields take, and what is said of those that are not what they must be.
"""

import re
from typing import Any

import pytest

from motorish import UsageError
from motorish.adapter import Adapter
from motorish.proxy.wrapping import Wrapping

SETS = ("awaited", "batch", "concurrent", "direct", "green_threads", "plain", "tolerated")


class Connection:
    """
    A driver's class.
    """


@pytest.mark.parametrize("field", SETS)
@pytest.mark.parametrize("kind", [set, frozenset, list, tuple, dict.fromkeys])
def test_names_may_come_in_any_collection(field: str, kind: Any) -> None:
    """
    What names are given in does not matter: they are kept in a frozenset.
    """
    fields: dict[str, Any] = {field: kind(["Connection", "Pool"])}

    assert frozenset({"Connection", "Pool"}) == getattr(Adapter(name="phone", packages=(), **fields), field)


def test_a_set_names_classes() -> None:
    """
    A plain set does in a wrapped object what a frozenset does.
    """
    known = Adapter(name="phone", packages=("phone",), direct={"Connection.number"})
    wrapping = Wrapping(frozenset({"phone"}), "greenlet", known, None)

    assert wrapping.names("direct", Connection, "number")
    assert not wrapping.names("direct", Connection, "num")


def test_packages_may_come_in_any_collection() -> None:
    """
    Packages keep their order, the first being the one whose version is told.
    """
    packages: Any = ["phone", "phonebook"]

    assert ("phone", "phonebook") == Adapter(name="phone", packages=packages).packages


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("packages", "phone", "packages must be several names, or one as in packages=('phone',);"),
        ("packages", ("a.b",), "packages take top-level import names: write 'a', not 'a.b'"),
        ("packages", (re,), "packages must be names: write 'Name', not <module 're'"),
        *((name, "get", f"{name} must be several names, or one as in {name}={{'get'}}") for name in SETS),
        ("direct", 5, "direct must be names, as in direct={'Name'}; it is 5"),
        ("plain", {Connection}, "plain must be names: write 'Connection', not <class"),
        ("engine", "threads", "engine must be 'greenlet' or 'thread'; it is 'threads'"),
        ("busy", "err", "busy must be 'queue' or 'error'; it is 'err'"),
        ("on_abort", 5, "on_abort must be a function, or None; it is 5"),
        ("interrupt", "cancel", "interrupt must be a function, or None; it is 'cancel'"),
        ("cancel_exception", int, "cancel_exception must be a class of exceptions, such as ConnectionError"),
        ("cancel_exception", OSError(), "cancel_exception must be a class of exceptions"),
        ("max_calls", 0, "max_calls must be a number from 1 on, or None for no limit; it is 0"),
        ("max_calls", "5", "max_calls must be a number from 1 on, or None for no limit; it is '5'"),
    ],
)  # fmt: skip
def test_mistakes_are_refused(field: str, value: Any, what: str) -> None:
    """
    A field that is not what it must be is an error at once, which says what to write.
    """
    fields = {"packages": ("phone",), field: value}

    with pytest.raises(UsageError, match=f"^adapter 'phone': {re.escape(what)}"):
        Adapter(name="phone", **fields)
