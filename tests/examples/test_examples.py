"""
The short examples: each does what its first lines say, with no more than the command that they give.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pyodbc
import pytest

from tests.examples.example_program import ROOT, Running, command_of, run
from tests.memory import AT_PEAK, resident_bytes

MEMORY_BYTES = 25 * 2**20


def test_avatars() -> None:
    """
    Three avatars are looked up at once, each on a connection of its own.
    """
    expected = "ada: difference-engine.png\ngrace: moth.png\nbarbara: clu.png\nseen: 3\nconnections: 3\n"

    assert (expected, "") == run("avatars")


def test_odbc_pool(missing_program: Callable[[str], NoReturn]) -> None:
    """
    Held connections, transactions, interactions and streams on SQLite's ODBC driver; errors roll back.
    """
    if "SQLite3" not in pyodbc.drivers():
        missing_program("the ODBC driver of SQLite")
    expected = "(42,) 42\ntea left: 7\nnot so many: milk\nmilk 1\ntea 7\n"

    assert (expected, "") == run("odbc_pool")


def test_stream_cursor(mongod_program: Path) -> None:
    """
    All documents arrive, as one JSON array of 50 MB, and memory has room for a few batches only.
    """
    with Running("stream_cursor") as example:
        before = resident_bytes(AT_PEAK, example.pid)
        with urllib.request.urlopen(example.urls[0], timeout=30) as response:
            documents = json.load(response)
        with urllib.request.urlopen(example.urls[0], timeout=30) as response:
            assert b"[" == response.read(1)  # and then it hangs up
        grown = resident_bytes(AT_PEAK, example.pid) - before

    assert list(range(5000)) == [document["_id"] for document in documents]
    assert grown < MEMORY_BYTES


def answer(url: str, text: str | None = None) -> tuple[int, object]:
    """
    The status and the JSON of a GET, or of a POST of *text*.
    """
    body = None if text is None else urllib.parse.urlencode({"text": text} if text else {}).encode()
    try:
        with urllib.request.urlopen(url, body, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None


def test_callbacks_and_coroutines(mongod_program: Path) -> None:
    """
    Both applications give the same answers, and see what the other one has stored.
    """
    with Running("callbacks_and_coroutines", lines=2) as example:
        coroutines, callbacks = example.urls
        answers = [
            answer(coroutines),
            answer(callbacks),
            answer(coroutines, "one"),
            answer(callbacks, "two"),
            answer(coroutines),
            answer(callbacks),
            answer(coroutines, ""),
            answer(callbacks, ""),
        ]

    nothing, both = (200, {"messages": []}), (200, {"messages": ["two", "one"]})
    added = [(200, {"count": 1}), (200, {"count": 2})]
    assert [nothing, nothing, *added, both, both, (400, None), (400, None)] == answers


@pytest.mark.parametrize("style", ["coroutines", "callbacks"])
def test_failures_in_both_styles(style: str) -> None:
    """
    With no database there, both answer with an error.
    """
    nowhere = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
    with Running("callbacks_and_coroutines", lines=2, fails=True, MONGODB_URI=nowhere) as example:
        url = next(url for url in example.urls if url.endswith(style))

        assert (500, None) == answer(url)
        assert (500, None) == answer(url, "one")


def test_every_example_is_listed() -> None:
    """
    The table of examples has each of them, with the command that its first lines give.
    """
    folder = ROOT / "examples"
    listed = re.findall(r"^\| `python (examples/\w+\.py)` \|", (folder / "README.md").read_text(), re.M)

    assert listed == sorted(
        command_of(path.stem)[-1] for path in folder.glob("*.py") if path.stem != "__init__"
    )
