"""
install_as_motor(): libraries that ``import motor`` get motorish, and Motor need not be installed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import motorish
from motorish.errors import UsageError

MOTOR_VERSION = "3.7.1"
"""The version of Motor whose API this is."""

_SAME_NAMES = {
    "motor": "motorish.motor_tornado",
    "motor.aiohttp": "motorish.aiohttp",
    "motor.motor_asyncio": "motorish.motor_asyncio",
    "motor.motor_tornado": "motorish.motor_tornado",
    "motor.web": "motorish.web",
}

_BASES = {
    "AgnosticBase": ("motorish.proxy", "Proxy"),
    "AgnosticBaseProperties": ("motorish.proxy", "Proxy"),
    "AgnosticBaseCursor": ("motorish.drivers.mongo._iteration", "BaseCursor"),
    "AgnosticRawBatchCommandCursor": ("motorish", "MotorCommandCursor"),
}


def install_as_motor() -> None:
    """
    Let ``import motor`` give motorish, everywhere in this process, from now on.

    Has to be called before the first library that imports Motor.  Motor's modules ``motor``,
    ``motor.motor_asyncio``, ``motor.motor_tornado``, ``motor.core``, ``motor.motor_gridfs``, ``motor.web``
    and ``motor.aiohttp`` are there, with their public names; what they hold is imported when it is first
    asked for.  Whether Motor is installed makes no difference.  Calling it again does nothing.

    Raises:
        UsageError: Motor itself has been imported already.

    Example::

        import motorish
        motorish.install_as_motor()

        import odmantic
    """
    if isinstance(sys.modules.get("motor"), _StandIn):
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "motor":
            raise UsageError(
                f"{name} was imported already, from {getattr(module, '__file__', None)}: call "
                "motorish.install_as_motor() at the start of the program, before anything that imports "
                "Motor (with pytest: at the top of conftest.py)"
            )
    package = _SameNames("motor")
    modules: list[_StandIn] = [package, *(_SameNames(name) for name in _SAME_NAMES if name != "motor")]
    modules += [_Agnostic("motor.core"), _Agnostic("motor.motor_gridfs")]
    for module in modules:
        sys.modules[module.__name__] = module
        if module is not package:
            setattr(package, module.__name__.rpartition(".")[2], module)
    vars(package).update(
        __path__=[],  # a package, of which nothing else is found
        __version__=MOTOR_VERSION,
        version=MOTOR_VERSION,
        version_tuple=tuple(map(int, MOTOR_VERSION.split("."))),
        get_version_string=lambda: MOTOR_VERSION,
    )


class _StandIn(ModuleType):
    """
    A module in Motor's place.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, f"Motor's module {name!r}, as motorish has it.")
        self.__spec__ = ModuleSpec(name, loader=None, is_package=name == "motor")
        self.__package__ = self.__spec__.parent

    def __getattr__(self, name: str) -> Any:
        # Only for what was not asked for yet.
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = self._find(name)
        setattr(self, name, value)
        return value

    def _find(self, name: str) -> Any:
        raise NotImplementedError


class _SameNames(_StandIn):
    """
    A module that has the names of one of ours.
    """

    def _find(self, name: str) -> Any:
        ours = import_module(_SAME_NAMES[self.__name__])
        try:
            return getattr(ours, name)
        except AttributeError:
            raise AttributeError(
                f"module {self.__name__!r}, which is {ours.__name__} here (motorish.install_as_motor), has "
                f"no attribute {name!r}"
            ) from None

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *dir(import_module(_SAME_NAMES[self.__name__]))})


class _Agnostic(_StandIn):
    """
    A module of Motor's classes of no framework, which is what all of ours are.
    """

    def _find(self, name: str) -> Any:
        if name in _BASES:
            module, ours = _BASES[name]
            return getattr(import_module(module), ours)
        ours = name.replace("Agnostic", "Motor", 1)
        if name.startswith("Agnostic") and ours in motorish.__all__:
            return getattr(motorish, ours)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
