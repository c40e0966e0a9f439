"""
Which of CPython's test modules are run, where, and what of them is left out; and what is known to differ.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

MODULES = (
    "test_socket",
    "test_ssl",
    "test_select",
    "test_selectors",
    "test_threading",
    "test_thread",
    "test_queue",
    "test_threading_local",
    "test_smtplib",
    "test_ftplib",
    "test_httplib",
)
WHERE = ("child", "children", "thread")

LEFT_OUT = {
    "ThreadedVSOCKSocketStreamTest": "hangs without motorish where a virtual machine's host does not answer",
}
"""Test classes that are not run at all, and why."""

VARIANTS = re.compile("UDP6|UDPLITE")
"""Classes that repeat the tests of others on another kind of socket; the quick run does without."""

KNOWN = Path(__file__).with_name("known")
RECORDED = Path(__file__).with_name("recorded")
"""What complete runs have found, a file for each Python."""


def why_missing() -> str:
    """
    Return why there is nothing to run, or "".
    """
    version = ".".join(map(str, sys.version_info[:2]))
    if not (RECORDED / f"{version}.json").exists():
        return f"a record of what CPython's own tests do in Python {version}"
    with contextlib.suppress(ModuleNotFoundError):
        if importlib.util.find_spec("test.test_socket") is not None:
            return ""
    return f"CPython's own tests (package test; on Debian libpython{version}-testsuite)"


@dataclass(frozen=True)
class Known:
    """
    One line of a file of known differences: ``where versions test reason``.

    Attributes:
        where: ``all``, or of ``child``, ``children`` and ``thread`` those that it is about.
        versions: ``all``, ``3.12``, ``3.12+`` or ``3.11-3.12``; with a ``?``, only now and then.
        test: ``Class.test_name``.
        reason: why it differs.
    """

    where: tuple[str, ...]
    versions: str
    test: str
    reason: str

    def holds(self, where: str, version: tuple[int, int] = sys.version_info[:2]) -> bool:
        """
        Return whether the line is about *where* and the Python *version*.
        """
        if where not in self.where:
            return False
        versions = self.versions.rstrip("?")
        if versions == "all":
            return True
        first, _, last = versions.rstrip("+").partition("-")
        low = _numbers(first)
        if versions.endswith("+"):
            return version >= low
        return low <= version <= _numbers(last or first)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def all_known(module: str) -> list[Known]:
    """
    Return the known differences of a module, in all Pythons and places.

    Raises:
        ValueError: a line is not understood.
    """
    path = KNOWN / f"{module}.txt"
    found = []
    for line in path.read_text().splitlines() if path.exists() else ():
        if line and not line.startswith("#"):
            words = line.split(maxsplit=3)
            places = WHERE if words[0] == "all" else tuple(words[0].split(","))
            if len(words) < 4 or not set(places) <= set(WHERE):
                raise ValueError(f"{path}: where, versions, test and a reason are expected, not {line!r}")
            found.append(Known(places, *words[1:]))
    return found


def known_differences(module: str, where: str) -> dict[str, Known]:
    """
    Return what is known to differ in this Python, by the test's id.
    """
    return {f"test.{module}.{known.test}": known for known in all_known(module) if known.holds(where)}


def is_left_out(test: str) -> bool:
    """
    Return whether a test, given by its id, is run nowhere.
    """
    return class_of(test) in LEFT_OUT


def class_of(test: str) -> str:
    """
    Return the class name in a test's id; that of what prepares a class, ``setUpClass (...)``, too.
    """
    parts = test.rstrip(")").split(".")
    return parts[2] if len(parts) > 2 else test
