"""
The docstrings of the MongoDB classes: ours, complete, and with examples that run.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from pymongo.write_concern import WriteConcern

import motorish
from motorish import MotorClient
from motorish.drivers.mongo import stubs
from motorish.proxy import Proxy

PROXIES: list[type[Any]] = [cls for cls in stubs.CLASSES if issubclass(cls, Proxy)]
DECLARED = [cls for cls in PROXIES if "__texts__" in vars(cls)]
TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
FEWEST_EXAMPLES = 25
FEWEST_WORDS = 2
PYMONGO_S = ("pymongo.", "gridfs.")


def members(cls: type[Any]) -> Iterator[tuple[str, Any]]:
    """
    The public methods and properties of a class.
    """
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        if not name.startswith("_") and (isinstance(member, property) or inspect.isroutine(member)):
            yield name, member


def sentences(documented: object) -> set[str]:
    """
    The sentences of a docstring that are long enough to be somebody's own.
    """
    text = inspect.cleandoc(getattr(documented, "__doc__", None) or "").partition("\nExample")[0]
    found = (" ".join(one.split()) for one in re.split(r"[.:;](?=\s|$)|\n\n", text))
    return {one for one in found if len(one.split()) >= FEWEST_WORDS}


def examples(text: str) -> list[str]:
    """
    The source of the examples in a docstring.
    """
    found = re.findall(r"^Example::\n\n((?: {4}.*\n|\n)+)", inspect.cleandoc(text) + "\n", re.MULTILINE)
    return [textwrap.dedent(one) for one in found]


EXAMPLES = [
    pytest.param(source, id=f"{cls.__name__}.{name}")
    for cls in PROXIES
    if not cls._lazy  # the same texts
    for name, documented in [("class", cls), *members(cls)]
    if name == "class" or name in vars(cls)
    for source in examples(documented.__doc__ or "")
]


@pytest.mark.parametrize("cls", PROXIES, ids=lambda cls: cls.__name__)
def test_every_member_is_described_in_our_words(cls: type[Any]) -> None:
    """
    No public method or property is without a docstring, or with a sentence of PyMongo's.
    """
    delegate = getattr(cls, "__delegate_class__", None)
    theirs = [base for base in getattr(delegate, "__mro__", ()) if base.__module__.startswith(PYMONGO_S)]
    for name, member in members(cls):
        ours = sentences(member)
        assert ours, name
        for base in theirs:
            assert set() == ours & sentences(getattr(base, name, None)), name


@pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.__name__)
def test_no_text_is_left_over(cls: type[Any]) -> None:
    """
    All texts of a class are of something that it, or one that has the same texts, declares.
    """
    assert set() == set(cls.__texts__) - set(cls.__declarations__)


@pytest.mark.parametrize("cls", PROXIES, ids=lambda cls: cls.__name__)
def test_a_docstring_says_what_is_a_coroutine(cls: type[Any]) -> None:
    """
    What takes callback= says so; what is of a lazy class does not mention it.
    """
    for name, member in members(cls):
        declaration = cls.__declarations__.get(name)
        if declaration is None or isinstance(member, property):
            continue
        takes_callback = "callback" in inspect.signature(member).parameters

        assert ("Also accepts callback=." in member.__doc__) is takes_callback, name


@pytest.mark.parametrize("source", EXAMPLES)
def test_examples_are_python(source: str) -> None:
    """
    Each example compiles where await is allowed.
    """
    assert compile(source, "<example>", "exec", flags=TOP_LEVEL_AWAIT)


def test_the_main_methods_have_an_example() -> None:
    """
    There are as many as there are methods that everybody uses.
    """
    assert len(EXAMPLES) >= FEWEST_EXAMPLES
    for name in ("find_one", "insert_one", "insert_many", "update_one", "delete_many", "count_documents"):
        assert examples(motorish.MotorCollection.__texts__[name])


NEEDS_MORE = (
    "MotorClient.class",
    "MotorClientEncryption",
    "MotorClientSession",
    "Stream",
    "watch",
    "to_handler",
)
RUN = [one for one in EXAMPLES if not any(name in str(one.id) for name in NEEDS_MORE)]


@pytest.mark.parametrize("source", RUN)
async def test_examples_run(client: MotorClient, source: str) -> None:
    """
    Each example does something on a real server, and raises nothing.
    """
    prefix = "examples_of_texts"
    db = client[prefix]
    await client.drop_database(prefix)
    orders = [{"_id": number, "customer": "Ann", "total": number, "paid": False} for number in range(1, 5)]
    await db.orders.insert_many(orders)
    bucket = motorish.MotorGridFSBucket(db)
    async with client.start_session() as session:
        await db.orders.find_one({}, session=session)
        names = {
            "WriteConcern": WriteConcern,
            "bucket": bucket,
            "client": client,
            "cursor": db.orders.find(),
            "db": db,
            "destination": io.BytesIO(),
            "file_id": await bucket.upload_from_stream("report.pdf", b"x" * 300_000),
            "io": io,
            "motorish": motorish,
            "orders": db.orders,
            "pdf": b"a report",
            "print": lambda *values: None,
            "pymongo": pymongo,
            "response": io.BytesIO(),
            "session": session,
            "source": io.BytesIO(b"a report"),
        }
        code = compile(source, "<example>", "exec", flags=TOP_LEVEL_AWAIT)
        running = eval(code, names)
        if inspect.isawaitable(running):
            await running
    await client.drop_database(prefix)
