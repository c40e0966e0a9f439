"""
Batches that are decoded quickly: what a cursor asks for next goes by how long its last batch took.

The server sends as much as fits into 16 MiB unless it is told how many documents to send.  PyMongo decodes
that in one go, and the loop stands still meanwhile: for half a second, if the documents are small.  So the
cursors that proxies are made of become instances of a subclass, which says how many in every getMore.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from time import thread_time
from typing import Any

from pymongo.message import _GetMore

BATCH_TIME_MS = 5.0
"""The default of `MotorClient`'s *batch_time_ms*.

With it a batch takes less than 50 ms, even if its documents are four times as large as those before and the
garbage collector runs meanwhile.
"""

UNKNOWN = 10
"""Documents to ask for where nothing has been measured yet."""

GROWTH = 20
"""A batch has at most so many times the documents of the one before: more of them take longer each."""


@cache
def _paced(cls: Any) -> Any:
    # The class of cursors that PyMongo makes -> the same, paced.  None for what is not to be paced.
    if hasattr(cls, "_batch_s"):
        return cls
    if getattr(cls, "_getmore_class", None) is not _GetMore:  # raw batches are not decoded
        return None

    class Paced(cls):  # type: ignore[misc]
        _batch_s: float | None = None  # what PyMongo copies of a cursor for itself is not paced
        _most = UNKNOWN
        _decoding_since = 0.0

        def _unpack_response(self, *args: Any, **kwargs: Any) -> Any:
            self._decoding_since = thread_time()
            return super()._unpack_response(*args, **kwargs)

        def _send_message(self, operation: Any) -> None:
            super()._send_message(operation)
            if self._id:
                self._learn(thread_time() - self._decoding_since)

        def _learn(self, took_s: float) -> None:
            if self._data and self._batch_s:
                self._most = ceil(len(self._data) / (took_s / self._batch_s + 1 / GROWTH))

        def _getmore_class(self, *args: Any) -> _GetMore:
            operation = _GetMore(*args)
            if self._batch_s and not self._batch_size and not operation.exhaust:
                left_by_limit = operation.ntoreturn
                operation.ntoreturn = min(left_by_limit or self._most, self._most)
            return operation

    Paced.__name__ = Paced.__qualname__ = cls.__name__
    return Paced


def seconds_of(batch_time_ms: float | None) -> float | None:
    """
    The same in seconds.

    Raises:
        TypeError, ValueError: it is neither None nor a number above 0.
    """
    if batch_time_ms is None:
        return None
    if isinstance(batch_time_ms, bool) or not isinstance(batch_time_ms, (int, float)):
        raise TypeError(f"batch_time_ms must be a number of milliseconds or None, not {batch_time_ms!r}")
    if not batch_time_ms > 0:
        raise ValueError(f"batch_time_ms must be above 0, or None for no limit, not {batch_time_ms!r}")
    return batch_time_ms / 1000


def pace(cursor: Any, batch_s: float | None, took_s: float | None = None) -> None:
    """
    Let a PyMongo cursor ask for batches that take about *batch_s* seconds to decode.

    Does nothing to what is no cursor, or one of raw batches.  A batch size that is set has precedence.

    Args:
        batch_s: None for the server's batches.
        took_s: how long it took, at most, to decode the documents that the cursor has already.
    """
    cls: Any = type(cursor)
    paced = batch_s and _paced(cls)
    if paced:
        cursor.__class__ = paced
        cursor._batch_s = batch_s
        if took_s is not None:
            cursor._learn(took_s)
