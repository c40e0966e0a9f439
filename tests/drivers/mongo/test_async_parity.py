"""
The AsyncMongoClient family against PyMongo's own: every public name, as what it is, with its parameters.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from gridfs.asynchronous import grid_file
from pymongo.asynchronous import (
    change_stream,
    client_session,
    collection,
    command_cursor,
    cursor,
    database,
    encryption,
    mongo_client,
)

import motorish

PYMONGO: dict[str, type] = {
    cls.__name__: cls
    for module in (
        change_stream,
        client_session,
        collection,
        command_cursor,
        cursor,
        database,
        encryption,
        grid_file,
        mongo_client,
    )
    for name, cls in vars(module).items()
    if inspect.isclass(cls) and cls.__module__ == module.__name__ and name.startswith("Async")
}
del PYMONGO["AsyncGridOutIterator"]  # a leftover of PyMongo's: nothing returns one, and no page names it

LATENT = "gives an object that may be used at once, awaited, entered, iterated, or made a task of"
NO_COROUTINE_FUNCTION = {
    "AsyncClientSession.start_transaction": "begins at once, which sends nothing; may be awaited or entered",
    "AsyncCollection.aggregate": LATENT,
    "AsyncCollection.aggregate_raw_batches": LATENT,
    "AsyncCollection.list_indexes": LATENT,
    "AsyncCollection.list_search_indexes": LATENT,
    "AsyncCollection.watch": LATENT,
    "AsyncDatabase.aggregate": LATENT,
    "AsyncDatabase.watch": LATENT,
    "AsyncMongoClient.watch": LATENT,
}
"""PyMongo's coroutine functions that are plain functions here, and why."""

NOT_MADE_BY_USERS = (
    "AsyncChangeStream",
    "AsyncClientSession",
    "AsyncClusterChangeStream",
    "AsyncCollectionChangeStream",
    "AsyncCommandCursor",
    "AsyncCursor",
    "AsyncDatabaseChangeStream",
    "AsyncGridOutCursor",
    "AsyncRawBatchCommandCursor",
    "AsyncRawBatchCursor",
)
"""Classes of which PyMongo's documentation says that methods make them: constructors differ."""

OWN_PARAMETERS = {
    "AsyncMongoClient": {
        "io_loop": "Motor's",
        "driver": "PyMongo takes it among its options",
        "batch_time_ms": "ours",
    },
    "AsyncDatabase": {"_delegate": "private"},
    "AsyncCollection": {"_delegate": "private"},
    "AsyncGridIn": {"delegate": "PyMongo's object, instead of a new one"},
    "AsyncGridOut": {"delegate": "PyMongo's object, instead of a new one"},
}
"""Keyword parameters of constructors that PyMongo's do not have, and what they are."""

PROTOCOLS = "aenter aexit aiter anext bool call class_getitem copy getattr getitem".split()  # noqa: SIM905


def public(cls: type) -> list[str]:
    """
    The names that a class offers.
    """
    return [name for name in dir(cls) if not name.startswith("_")]


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    """
    Names, kinds and defaults.
    """
    signature = inspect.signature(function)
    return [(each.name, each.kind, each.default) for each in signature.parameters.values()]


def kind(cls: type, name: str) -> str:
    """
    What an attribute of a class is.
    """
    value = inspect.getattr_static(cls, name)
    if inspect.iscoroutinefunction(value):
        return "coroutine function"
    return "function" if inspect.isroutine(value) else "property"


def test_every_class_is_there() -> None:
    """
    Under the same name.
    """
    assert 18 == len(PYMONGO)
    assert set() == PYMONGO.keys() - set(motorish.__all__)


@pytest.mark.parametrize("name", PYMONGO)
def test_every_attribute_is_there_as_what_it_is(name: str) -> None:
    """
    A coroutine function is one here, a plain function a plain one, anything else a property.
    """
    theirs, ours = PYMONGO[name], getattr(motorish, name)
    other = {
        f"{name}.{attribute}"
        for attribute in public(theirs)
        if kind(theirs, attribute) != kind(ours, attribute)
    }

    assert set() == set(public(theirs)) - set(public(ours))
    assert {key for key in NO_COROUTINE_FUNCTION if key.startswith(f"{name}.")} == other


@pytest.mark.parametrize("name", PYMONGO)
def test_every_signature_is_the_same(name: str) -> None:
    """
    Names, order, kinds and defaults of all parameters; no ``callback=``.
    """
    theirs, ours = PYMONGO[name], getattr(motorish, name)
    different = {
        attribute: (parameters(getattr(theirs, attribute)), parameters(getattr(ours, attribute)))
        for attribute in public(theirs)
        if kind(theirs, attribute) != "property"
        and parameters(getattr(theirs, attribute)) != parameters(getattr(ours, attribute))
    }

    assert {} == different


@pytest.mark.parametrize("name", sorted(PYMONGO.keys() - set(NOT_MADE_BY_USERS)))
def test_constructors(name: str) -> None:
    """
    Classes that users make objects of take the same arguments, and few more, by name.
    """
    theirs, ours = PYMONGO[name], getattr(motorish, name)
    own = OWN_PARAMETERS.get(name, {})

    assert parameters(theirs) == [each for each in parameters(ours) if each[0] not in own]
    assert {inspect.Parameter.KEYWORD_ONLY} >= {each[1] for each in parameters(ours) if each[0] in own}
    assert own.keys() <= {each[0] for each in parameters(ours)}


@pytest.mark.parametrize("name", PYMONGO)
def test_protocols(name: str) -> None:
    """
    What theirs can be used for, ours can.
    """
    theirs, ours = PYMONGO[name], getattr(motorish, name)
    missing = {
        protocol
        for protocol in PROTOCOLS
        if getattr(theirs, f"__{protocol}__", None) is not None
        and getattr(ours, f"__{protocol}__", None) is None
    }

    if name == "AsyncRawBatchCommandCursor":
        missing -= {"getitem"}  # theirs does nothing but raise an error
    assert set() == missing


@pytest.mark.parametrize("name", PYMONGO)
def test_bases(name: str) -> None:
    """
    isinstance() holds as it does in PyMongo, and each class is Motor's with lazy methods.
    """
    ours = getattr(motorish, name)
    bases = [base.__name__ for base in PYMONGO[name].__mro__ if base.__name__ in PYMONGO]

    for base in bases:
        assert issubclass(ours, getattr(motorish, base))
    eager = next(base for base in ours.__mro__ if not base._lazy)
    assert eager.__name__.startswith("Motor")


@pytest.mark.parametrize("name", PYMONGO)
def test_all_that_is_asynchronous_is_lazy(name: str) -> None:
    """
    No method of Motor's shape is left: none takes ``callback=``, but `each`, which is nothing without.
    """
    ours = getattr(motorish, name)
    left = {
        attribute
        for attribute in public(ours)
        if inspect.isfunction(getattr(ours, attribute))
        and "callback" in inspect.signature(getattr(ours, attribute)).parameters
    }

    assert left <= {"each", "with_transaction"}
    for attribute in public(ours):
        doc = getattr(ours, attribute).__doc__ or ""
        assert "callback=" not in doc, attribute
