"""
The stub file of the MongoDB classes: fresh, and complete.
"""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pymongo
import pytest

import motorish
from motorish.drivers.mongo import stubs

# What type checkers should report: it only raises an error.
REFUSED = {"next", "read", "fileno", "truncate", "write", "writelines", "add_option", "remove_option"}


def test_it_is_fresh() -> None:
    """
    The file is what the source of PyMongo and of our classes makes it.
    """
    written = stubs.PATH.read_text()
    if f"PyMongo {pymongo.version}" not in written.partition("\n")[0]:
        pytest.skip(f"{stubs.PATH.name} was made with another PyMongo than {pymongo.version}")

    if stubs.text() != written:
        pytest.fail(f"{stubs.PATH} is not fresh. To make it anew: {stubs.COMMAND}")


def shown() -> dict[str, set[str]]:
    """
    The members of the classes in the stub file, with those of their bases.
    """
    tree = ast.parse(stubs.PATH.read_text())
    members: dict[str, set[str]] = {}
    bases: dict[str, list[str]] = {}
    for cls in tree.body:
        if isinstance(cls, ast.ClassDef):
            bases[cls.name] = [ast.unparse(base).partition("[")[0] for base in cls.bases]
            members[cls.name] = {
                node.target.id if isinstance(node, ast.AnnAssign) else node.name  # type: ignore[union-attr]
                for node in cls.body
                if not isinstance(node, ast.Expr)
            }

    def whole(name: str) -> set[str]:
        return members.get(name, set()).union(*map(whole, bases.get(name, [])))

    return {name: whole(name) for name in members}


@pytest.mark.parametrize("cls", stubs.CLASSES, ids=lambda cls: cls.__name__)
def test_every_member_is_shown(cls: type[Any]) -> None:
    """
    No public member of a class is missing, but for those that only raise an error.
    """
    public = {name for name in dir(cls) if not name.startswith("_")}

    assert set() == public - shown()[cls.__name__] - REFUSED


def test_every_public_class_is_shown() -> None:
    """
    All of the package's names that are MongoDB classes are in the stub.
    """
    ours = {
        name
        for name in motorish.__all__
        if inspect.isclass(cls := getattr(motorish, name)) and cls.__module__.startswith(stubs.PACKAGE)
    }

    assert ours <= set(shown())
    assert {"MotorClient", "AsyncMongoClient"} <= ours


def test_attributes_of_instances_are_shown() -> None:
    """
    What __init__ sets is there too.
    """
    client = motorish.MotorClient()
    bucket = motorish.MotorGridFSBucket(client.shop)
    for made in (client, client.shop, client.shop.orders, client.shop.orders.find(), bucket, bucket.find()):
        public = {name for name in vars(made) if not name.startswith("_")}

        assert set() == public - shown()[type(made).__name__]
