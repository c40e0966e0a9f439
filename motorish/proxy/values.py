"""
Which values are data, and which can wait: by their classes, for drivers that nobody knows.
"""

from __future__ import annotations

import io
import socket
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from functools import cache
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType
from typing import Any
from uuid import UUID

from motorish import green

DATA = (
    bool, int, float, complex, str, bytes, bytearray, memoryview, tuple, list, dict, set, frozenset, range,
    date, time, timedelta, tzinfo, Decimal, UUID, Enum, BaseException, type(None),
)  # fmt: skip
LAZY = (GeneratorType, map, filter, zip, enumerate)  # code of the driver's runs at each step
HELPERS = {"contextlib", "itertools"}  # their objects, too, run code of the driver's
ROUTINES = (FunctionType, MethodType, BuiltinFunctionType)
FILES = (io.BufferedReader, io.BufferedWriter, io.BufferedRWPair, io.TextIOWrapper)
SOCKETS = (socket.socket, socket.SocketIO, green.TWINS["socket"].socket)


@cache
def are_named(names: frozenset[str], kind: type[Any], name: str) -> bool:
    """
    Whether *names* of an adapter has this class, a base of it, or with *name* a method or attribute of it.
    """
    if name and name in names:
        return True
    dotted = f".{name}" if name else ""
    return any(
        f"{base.__name__}{dotted}" in names or f"{base.__qualname__}{dotted}" in names
        for base in kind.__mro__
    )


def is_connection(value: object) -> bool:
    """
    Whether an object looks like a connection of PEP 249, or a class like that of one.
    """
    return callable(getattr(value, "cursor", None)) and callable(getattr(value, "commit", None))


def is_cursor(value: object) -> bool:
    """
    Whether an object looks like a cursor of PEP 249, or a class like that of one.
    """
    return callable(getattr(value, "fetchmany", None)) and callable(getattr(value, "execute", None))


def is_network_file(file: Any) -> bool:
    """
    Whether a file of one of FILES is what ``socket.makefile()`` gives.
    """
    for name in ("buffer", "raw"):
        file = getattr(file, name, file)
    return isinstance(file, socket.SocketIO)
