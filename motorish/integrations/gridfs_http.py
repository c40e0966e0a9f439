"""
What both web handlers for GridFS decide: which part of the file a request gets, with which headers.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Protocol

UNKNOWN_TYPE = "application/octet-stream"

_ETAG = re.compile(r'\*|(?:W/)?"[^"]*"')
_ETAGS = re.compile(rf"\s*(?:{_ETAG.pattern})\s*(?:,\s*(?:{_ETAG.pattern})\s*)*")
_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = len(str(sys.maxsize)) - 1  # no file is larger


class Headers(Protocol):
    """
    Of a request; names in any case.
    """

    def get(self, name: str, /) -> str | None:
        """
        The value of a header, or None.
        """


@dataclass(frozen=True)
class Answer:
    """
    What a request gets.

    Attributes:
        status: 200, 206 (a part), 304 (the client has it already) or 416 (there is no such part).
        start, stop: the bytes of the file that are sent, *stop* not included.
        headers: those that follow from that.
    """

    status: int
    start: int
    stop: int
    headers: Mapping[str, str]


def answer(method: str, request: Headers, length: int, etag: str, modified: datetime) -> Answer:
    """
    Decide by the request's conditions and its range, as RFC 9110 has it.

    Args:
        method: "GET" or "HEAD".
        request: its headers.
        length: of the file, in bytes.
        etag: of the file, with its quotes.
        modified: when the file was uploaded, to the second.
    """
    if _not_modified(request, etag, modified):
        return Answer(304, 0, 0, {})
    part = _range(request, length, etag, modified) if method == "GET" else None
    if part is None:
        return Answer(200, 0, length, {"Content-Length": str(length)})
    start, stop = part
    if start >= stop:
        return Answer(416, 0, 0, {"Content-Range": f"bytes */{length}", "Content-Length": "0"})
    return Answer(
        206,
        start,
        stop,
        {"Content-Range": f"bytes {start}-{stop - 1}/{length}", "Content-Length": str(stop - start)},
    )


def etag_of(file: Any) -> str:
    """
    The ETag of a `MotorGridOut`, the same as Motor's: by its _id, length and upload date.
    """
    identity = f"{file._id}{file.length}{file.upload_date}"
    return f'"{hashlib.sha256(identity.encode()).hexdigest()}"'


def modified_of(file: Any) -> datetime:
    """
    When a `MotorGridOut` was uploaded, in UTC, to the second (which is all that HTTP can say).
    """
    uploaded: datetime = file.upload_date
    uploaded = uploaded.replace(tzinfo=UTC) if uploaded.tzinfo is None else uploaded.astimezone(UTC)
    return uploaded.replace(microsecond=0)


def type_of(file: Any, path: str) -> str:
    """
    The media type: that of the file's document, or else what its name suggests.
    """
    stored = getattr(file, "contentType", None) or (file.metadata or {}).get("contentType")
    if stored:
        return str(stored)
    guessed, encoding = mimetypes.guess_type(path)
    if encoding is not None:
        return "application/gzip" if encoding == "gzip" else UNKNOWN_TYPE
    return guessed or UNKNOWN_TYPE


def headers_of(etag: str, modified: datetime, mime_type: str, cache_time_s: float) -> dict[str, str]:
    """
    The headers that all answers about a file have.
    """
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "public",
        "Content-Type": mime_type,
        "Etag": etag,
        "Last-Modified": format_datetime(modified, usegmt=True),
    }
    if cache_time_s > 0:
        expires = datetime.now(UTC) + timedelta(seconds=cache_time_s)
        headers["Cache-Control"] = f"max-age={cache_time_s}"
        headers["Expires"] = format_datetime(expires, usegmt=True)
    return headers


async def send(file: Any, start: int, stop: int, write: Callable[[bytes], Awaitable[object]]) -> None:
    """
    Pass the bytes from *start* to *stop* of a `MotorGridOut` on, a chunk at a time, and close the file.
    """
    try:
        await file.seek(start)
        while start < stop and (chunk := await file.readchunk()):
            await write(chunk[: stop - start])
            start += len(chunk)
    finally:
        await file.close()


def _not_modified(request: Headers, etag: str, modified: datetime) -> bool:
    wanted = request.get("If-None-Match")
    if wanted is not None:  # then If-Modified-Since does not count
        if _ETAGS.fullmatch(wanted) is None:
            return f'"{wanted}"' == etag
        known = [tag.removeprefix("W/") for tag in _ETAG.findall(wanted)]
        return "*" in known or etag in known
    since = _date(request.get("If-Modified-Since"))
    return since is not None and since >= modified


def _range(request: Headers, length: int, etag: str, modified: datetime) -> tuple[int, int] | None:
    # None for the whole file, also where the range makes no sense or there are several.
    asked = _RANGE.fullmatch(request.get("Range") or "")
    condition = request.get("If-Range")
    if asked is None or asked.groups() == ("", ""):
        return None
    if condition is not None and condition != etag and _date(condition) != modified:
        return None
    first, last = asked.groups()
    if not first:
        return max(0, length - _number(last)), length
    start, end = _number(first), _number(last) if last else length
    if last and end < start:
        return None
    return start, min(length, end + 1)


def _number(digits: str) -> int:
    # RFC 9110 has a server expect large ones, and int() refuses thousands of digits.
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else sys.maxsize


def _date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
