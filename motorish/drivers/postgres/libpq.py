"""
The few functions of libpq that psycopg2 does not offer, called in the library that psycopg2 has loaded.

`ctypes` releases the GIL during each call; on a non-blocking connection none of these waits, save those of
`Cancel` outside a child.
"""

from __future__ import annotations

import ctypes
import importlib
from ctypes import POINTER, byref, c_char_p, c_int, c_void_p
from functools import cache
from typing import Any

from motorish.errors import UsageError

BUFFER_BYTES = 256
"""Of libpq's messages about a CancelRequest."""

CONNECTION_BAD = 1
FATAL_ERROR, COPY_OUT, COPY_IN = 7, 3, 4  # of ExecStatusType

FIELDS = {
    "severity": "S", "severity_nonlocalized": "V", "sqlstate": "C", "message_primary": "M",
    "message_detail": "D", "message_hint": "H", "statement_position": "P", "internal_position": "p",
    "internal_query": "q", "context": "W", "schema_name": "s", "table_name": "t", "column_name": "c",
    "datatype_name": "d", "constraint_name": "n", "source_file": "F", "source_line": "L",
    "source_function": "R",
}  # fmt: skip
"""Fields of an error or notice: the names that psycopg gives them, and the protocol's letters."""

NoticeReceiver = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)

_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "PQstatus": (c_int, (c_void_p,)),
    "PQerrorMessage": (c_char_p, (c_void_p,)),
    "PQflush": (c_int, (c_void_p,)),
    "PQconsumeInput": (c_int, (c_void_p,)),
    "PQisBusy": (c_int, (c_void_p,)),
    "PQsetnonblocking": (c_int, (c_void_p, c_int)),
    "PQgetResult": (c_void_p, (c_void_p,)),
    "PQclear": (None, (c_void_p,)),
    "PQresultStatus": (c_int, (c_void_p,)),
    "PQresultErrorMessage": (c_char_p, (c_void_p,)),
    "PQresultErrorField": (c_char_p, (c_void_p, c_int)),
    "PQcmdTuples": (c_char_p, (c_void_p,)),
    "PQputCopyData": (c_int, (c_void_p, c_char_p, c_int)),
    "PQputCopyEnd": (c_int, (c_void_p, c_char_p)),
    "PQgetCopyData": (c_int, (c_void_p, POINTER(c_void_p), c_int)),
    "PQfreemem": (None, (c_void_p,)),
    "PQsetNoticeReceiver": (c_void_p, (c_void_p, c_void_p, c_void_p)),
    "PQgetCancel": (c_void_p, (c_void_p,)),
    "PQcancel": (c_int, (c_void_p, c_char_p, c_int)),
    "PQfreeCancel": (None, (c_void_p,)),
}
_SINCE_17: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "PQcancelCreate": (c_void_p, (c_void_p,)),
    "PQcancelReset": (None, (c_void_p,)),
    "PQcancelStart": (c_int, (c_void_p,)),
    "PQcancelPoll": (c_int, (c_void_p,)),
    "PQcancelSocket": (c_int, (c_void_p,)),
    "PQcancelErrorMessage": (c_char_p, (c_void_p,)),
    "PQcancelFinish": (None, (c_void_p,)),
}


@cache
def library() -> Any:
    """
    The libpq of psycopg2's extension module; attributes are its functions.

    Raises:
        UsageError: psycopg2 was built with a libpq of its own inside, whose functions cannot be called.
    """
    extension = importlib.import_module("psycopg2._psycopg")
    loaded = ctypes.CDLL(extension.__file__)  # looking up a symbol also looks into what it depends on
    for name, (result, arguments) in _SIGNATURES.items():
        try:
            function = getattr(loaded, name)
        except AttributeError:
            raise UsageError(
                f"the libpq inside {extension.__file__} does not let others call {name}: install psycopg2 or "
                "psycopg2-binary as built by its maintainers or by your distribution"
            ) from None
        function.restype, function.argtypes = result, arguments
    for name, (result, arguments) in _SINCE_17.items():
        function = getattr(loaded, name, None)
        if function is not None:
            function.restype, function.argtypes = result, arguments
    return loaded


def has_green_cancel() -> bool:
    """
    Whether this libpq can send a CancelRequest without blocking: since version 17.
    """
    return hasattr(library(), "PQcancelCreate")


def fields_of(result: int, codec: str) -> dict[str, str | None]:
    """
    The fields of an error or notice.

    Args:
        result: a ``PGresult *``.
        codec: of the connection's client encoding, as Python calls it.
    """
    found = {}
    for name, letter in FIELDS.items():
        value = library().PQresultErrorField(result, ord(letter))
        found[name] = None if value is None else value.decode(codec, "replace")
    return found


def copy_data(pgconn: int) -> tuple[int, bytes]:
    """
    What PQgetCopyData gives without waiting: its result, and the data if that is positive.
    """
    buffer = c_void_p()
    length: int = library().PQgetCopyData(pgconn, byref(buffer), 1)
    if length <= 0:
        return length, b""
    try:
        return length, ctypes.string_at(buffer, length)
    finally:
        library().PQfreemem(buffer)
