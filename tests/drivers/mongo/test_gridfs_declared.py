"""
The GridFS classes against Motor 3.7.1's and those of PyMongo's asynchronous client: nothing is missing.
"""

import inspect
import warnings
from typing import Any

import pytest
from gridfs.asynchronous import grid_file as asynchronous

import motorish

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    motor_tornado = pytest.importorskip("motor.motor_tornado")

NAMES = ["GridFSBucket", "GridIn", "GridOut", "GridOutCursor"]
PROTOCOL = {"_id", "__aenter__", "__aexit__", "__aiter__", "__anext__", "__getattr__"}

NOT_ASYNCHRONOUS = {
    ("GridOut", "seek"): "does no I/O and takes effect at once, as with Motor; its result may be awaited",
    ("GridOutCursor", "rewind"): "does no I/O and takes effect at once, as with Motor",
}
"""What is a coroutine in PyMongo's asynchronous classes and needs no callback= here, and why."""


def public(cls: type) -> set[str]:
    """
    The names that users of the class can write.
    """
    return {name for name in dir(cls) if not name.startswith("_") or name in PROTOCOL}


def parameters(method: Any) -> list[tuple[str, Any]]:
    """
    Names and defaults of a method's parameters, without ours.
    """
    signature = inspect.signature(method)
    return [
        (parameter.name, parameter.default)
        for parameter in signature.parameters.values()
        if parameter.name not in ("self", "callback")
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["Motor", "Async"])
def test_every_name_is_there(name: str, other: str) -> None:
    """
    Each public name of the other class is one of ours.
    """
    theirs = getattr(motor_tornado if other == "Motor" else asynchronous, other + name)
    ours = getattr(motorish, f"Motor{name}")

    assert set() == public(theirs) - public(ours)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["Motor", "Async"])
def test_every_parameter_is_there(name: str, other: str) -> None:
    """
    Methods have the other class's parameters, with the same defaults.
    """
    theirs = getattr(motor_tornado if other == "Motor" else asynchronous, other + name)
    ours = getattr(motorish, f"Motor{name}")
    different = {}
    for method in sorted(public(theirs) - PROTOCOL):
        their_method, our_method = getattr(theirs, method), getattr(ours, method, None)
        if not inspect.isfunction(their_method):
            continue
        if parameters(their_method) != parameters(our_method):
            different[method] = parameters(their_method), parameters(our_method)

    assert {} == different


@pytest.mark.parametrize("name", NAMES)
def test_everything_asynchronous_takes_a_callback(name: str) -> None:
    """
    What is a coroutine with PyMongo's asynchronous client takes ``callback=`` here.
    """
    theirs = getattr(asynchronous, f"Async{name}")
    ours = getattr(motorish, f"Motor{name}")
    without = {
        method
        for method in public(theirs) - PROTOCOL
        if inspect.iscoroutinefunction(getattr(theirs, method))
        and "callback" not in inspect.signature(getattr(ours, method)).parameters
    }

    assert {method for cls, method in NOT_ASYNCHRONOUS if cls == name} == without
    assert "callback" in inspect.signature(motorish.MotorGridOut.stream_to_handler).parameters


@pytest.mark.parametrize("name", NAMES)
def test_constructors(name: str) -> None:
    """
    What Motor's constructors take, ours take.
    """
    theirs, ours = getattr(motor_tornado, f"Motor{name}"), getattr(motorish, f"Motor{name}")

    assert parameters(theirs.__init__)[:6] == parameters(ours.__init__)[:6]
