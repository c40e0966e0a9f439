"""
Motor 3.7.1 and PyMongo's own asynchronous classes: every public name and parameter of theirs is ours too.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
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

motor_core = pytest.importorskip("motor.core")
motor_tornado = pytest.importorskip("motor.motor_tornado")

MOTOR = {name: getattr(motor_tornado, name) for name in [*motor_tornado.__all__, "MotorLatentCommandCursor"]}
MOTOR["MotorRawBatchCursor"] = motor_tornado.create_motor_class(motor_core.AgnosticRawBatchCursor)

PYMONGO = {
    "MotorChangeStream": change_stream.AsyncChangeStream,
    "MotorClient": mongo_client.AsyncMongoClient,
    "MotorClientEncryption": encryption.AsyncClientEncryption,
    "MotorClientSession": client_session.AsyncClientSession,
    "MotorCollection": collection.AsyncCollection,
    "MotorCommandCursor": command_cursor.AsyncCommandCursor,
    "MotorCursor": cursor.AsyncCursor,
    "MotorDatabase": database.AsyncDatabase,
    "MotorGridFSBucket": grid_file.AsyncGridFSBucket,
    "MotorGridIn": grid_file.AsyncGridIn,
    "MotorGridOut": grid_file.AsyncGridOut,
    "MotorGridOutCursor": grid_file.AsyncGridOutCursor,
    "MotorLatentCommandCursor": command_cursor.AsyncCommandCursor,
    "MotorRawBatchCursor": cursor.AsyncRawBatchCursor,
}

NOT_THERE: dict[str, str] = {}
"""Names that ours do not have, and why."""

OTHER_PARAMETERS = {
    "MotorClientSession.with_transaction of PyMongo": "coro, Motor's name, is the first; callback= works too",
}
"""Methods whose parameters differ, and why."""

NO_CALLBACK = {
    "MotorClientSession.with_transaction": "callback= is PyMongo's own: the function to run",
    "MotorCursor.add_option": "returns the cursor, as Motor's does; it can be awaited",
    "MotorCursor.rewind": "returns the cursor, as Motor's does; it can be awaited",
    "MotorGridOut.seek": "does no I/O, and works at once, as Motor's does; it can be awaited",
    "MotorGridOutCursor.add_option": "returns the cursor, as Motor's does; it can be awaited",
    "MotorGridOutCursor.rewind": "returns the cursor, as Motor's does; it can be awaited",
    "MotorRawBatchCursor.add_option": "returns the cursor, as Motor's does; it can be awaited",
    "MotorRawBatchCursor.rewind": "returns the cursor, as Motor's does; it can be awaited",
}
"""Coroutines of PyMongo's asynchronous classes that take no ``callback=`` here, and why."""

PROTOCOLS = [
    "aenter",
    "aexit",
    "aiter",
    "anext",
    "await",
    "bool",
    "call",
    "class_getitem",
    "copy",
    "deepcopy",
    "delitem",
    "enter",
    "eq",
    "exit",
    "getattr",
    "getitem",
    "hash",
    "setitem",
]
"""Special methods, without their underscores, that make an object usable in some place."""


def public(cls: type) -> Iterator[str]:
    """
    The names that a class offers.
    """
    return (name for name in dir(cls) if not name.startswith("_"))


def method_of(cls: type, name: str) -> Any:
    """
    The method of this name, or None where it is something else; Motor's pass-throughs are properties.
    """
    method = getattr(cls, name)
    if isinstance(method, property) and hasattr(cls, "__delegate_class__"):
        method = getattr(cls.__delegate_class__, name, None)
    return method if callable(method) else None


def misses(theirs: inspect.Signature, ours: inspect.Signature) -> list[str]:
    """
    What a call that suits *theirs* could stumble over in *ours*.
    """
    found = []
    mine = list(ours.parameters.values())
    any_name = any(own.kind is own.VAR_KEYWORD for own in mine)
    any_position = any(own.kind is own.VAR_POSITIONAL for own in mine)
    for position, their in enumerate(theirs.parameters.values()):
        if their.kind in (their.VAR_POSITIONAL, their.VAR_KEYWORD):
            continue
        own = ours.parameters.get(their.name)
        if own is None and not (any_name and (any_position or their.kind is their.KEYWORD_ONLY)):
            found.append(f"no parameter {their.name}")
        elif own is not None:
            if their.kind is their.POSITIONAL_OR_KEYWORD and mine.index(own) != position and not any_position:
                found.append(f"{their.name} is at another position")
            if their.default is not their.empty and own.default is own.empty:
                found.append(f"{their.name} is required")
    for own in mine:
        variable = own.kind in (own.VAR_POSITIONAL, own.VAR_KEYWORD)
        if own.name not in theirs.parameters and not variable and own.default is own.empty:
            takes_any = any(their.kind is their.VAR_POSITIONAL for their in theirs.parameters.values())
            if not takes_any:
                found.append(f"{own.name} is required")
    return found


def check(name: str, theirs: type, of: str) -> None:
    """
    Compare our class of this name with theirs.
    """
    ours = getattr(motorish, name)
    offered = set(dir(ours))
    missing = {f"{name}.{attribute}" for attribute in set(public(theirs)) - offered}
    wrong = {}
    for attribute in set(public(theirs)) & set(dir(ours)):
        method = method_of(theirs, attribute)
        if method is None or isinstance(getattr(ours, attribute), property):
            continue
        found = misses(inspect.signature(method), inspect.signature(getattr(ours, attribute)))
        if found and f"{name}.{attribute} of {of}" not in OTHER_PARAMETERS:
            wrong[attribute] = found

    assert set() == missing - set(NOT_THERE)
    assert {} == wrong


@pytest.mark.parametrize("name", MOTOR)
def test_all_of_motor(name: str) -> None:
    """
    Each public attribute of Motor's class is one of ours, and a call of Motor's suits it.
    """
    check(name, MOTOR[name], "Motor")


@pytest.mark.parametrize("name", PYMONGO)
def test_all_of_pymongo_async(name: str) -> None:
    """
    Each public attribute of PyMongo's asynchronous class too.
    """
    check(name, PYMONGO[name], "PyMongo")


@pytest.mark.parametrize("name", PYMONGO)
def test_all_protocols(name: str) -> None:
    """
    What theirs can be used for, ours can: in `async with`, in `async for`, with an index and so on.
    """
    both = {protocol for protocol in PROTOCOLS for cls in (MOTOR[name], PYMONGO[name]) if has(cls, protocol)}

    assert set() == {protocol for protocol in both if not has(getattr(motorish, name), protocol)}


def has(cls: type, protocol: str) -> bool:
    """
    Whether the class has this special method; None in its place says that it has not.
    """
    return getattr(cls, f"__{protocol}__", None) is not None


@pytest.mark.parametrize("name", PYMONGO)
def test_coroutines_take_a_callback(name: str) -> None:
    """
    What is a coroutine function in PyMongo's asynchronous class takes callback= here.
    """
    ours = getattr(motorish, name)
    without = {
        f"{name}.{attribute}"
        for attribute in public(PYMONGO[name])
        if inspect.iscoroutinefunction(getattr(PYMONGO[name], attribute))
        and f"{name}.{attribute}" not in NOT_THERE
        and "callback" not in inspect.signature(getattr(ours, attribute)).parameters
    }

    assert set() == without - set(NO_CALLBACK)


def test_the_exceptions_are_still_needed() -> None:
    """
    What is listed as missing or different is so.
    """
    for name in NOT_THERE:
        owner, _, attribute = name.partition(".")
        assert not hasattr(getattr(motorish, owner), attribute)
    for name in NO_CALLBACK.keys() - {"MotorClientSession.with_transaction"}:
        owner, _, attribute = name.partition(".")
        assert "callback" not in inspect.signature(getattr(getattr(motorish, owner), attribute)).parameters
