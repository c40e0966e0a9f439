"""
Row D36: callers deep in the stack, and documents deep in themselves.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

import motorish
from motorish import MotorClient
from tests.faults import everyday
from tests.faults.figures import Figures

T = TypeVar("T")

FRAMES = 900
LEVELS = 100
pytestmark = pytest.mark.row("D36")


def called_at_depth(frames: int, function: Callable[[], T]) -> T:
    """
    Call *function* where the stack has so many frames.
    """
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    return _deeper(frames - depth, function)


def _deeper(more: int, function: Callable[[], T]) -> T:
    return function() if more <= 0 else _deeper(more - 1, function)


def nested(levels: int) -> dict[str, Any]:
    """
    Return a document in a document in a document.
    """
    document: dict[str, Any] = {"end": True}
    for _ in range(levels - 1):
        document = {"in": document}
    return document


def test_deep_caller_and_deep_document(mongod_uri: str, figures: Figures) -> None:
    """
    Both at once, with children that are idle and with none; the loop's own stack is not the caller's.
    """
    document = {"_id": 1, "deep": nested(LEVELS - 1)}

    async def main() -> list[bool]:
        client = MotorClient(mongod_uri)
        things = client.motorish_test.deep
        written = called_at_depth(FRAMES, lambda: things.replace_one({"_id": 1}, document, upsert=True))
        await written
        found = [called_at_depth(FRAMES, lambda: things.find_one({"_id": 1})) for _ in range(20)]
        listed = called_at_depth(FRAMES, lambda: things.find({"_id": 1}).to_list())
        right = [document == each for each in await asyncio.gather(*found)] + [[document] == await listed]
        await client.close()
        return right

    figures.equal(
        f"PyMongo: failed of 22, from {FRAMES} frames, with {LEVELS} levels",
        0,
        22 - 1 - sum(asyncio.run(main())),
    )


@pytest.mark.parametrize("name", ["PyMySQL", "psycopg2", "redis-py"])
def test_deep_caller(name: str, request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    Other drivers, too.
    """
    driver = everyday.drivers(everyday.addresses(request, name))[name]

    async def main() -> list[str]:
        calls = called_at_depth(
            FRAMES, lambda: [motorish.spawn(driver.session, f"text{number}") for number in range(10)]
        )
        return await asyncio.gather(*calls)

    with motorish.patch(*driver.packages):
        said = asyncio.run(main())

    expected = [f"text{number}" for number in range(10)]
    wrong = sum(one != other for one, other in zip(expected, said, strict=True))
    figures.equal(f"{name}: failed of 10, from {FRAMES} frames", 0, wrong)


def test_recursion_error(mongod_uri: str, figures: Figures) -> None:
    """
    Too deep a document, and a function without end, fail alone; the next operations are well.
    """

    def endless() -> int:
        return endless() + 1

    async def main() -> list[type[BaseException]]:
        client = MotorClient(mongod_uri)
        things = client.motorish_test.deep
        calls = [things.insert_one(nested(5000)), motorish.spawn(endless)]
        calls += [things.insert_one(nested(LEVELS)) for _ in range(5)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
        await things.drop()
        await client.close()
        return [type(each) for each in ended if isinstance(each, BaseException)]

    seen = asyncio.run(main())

    assert RecursionError is seen[1]
    figures.equal("operations beside a RecursionError that failed, too", 0, len(seen) - 2)
    figures.note("a document of 5,000 levels", seen[0].__name__)
