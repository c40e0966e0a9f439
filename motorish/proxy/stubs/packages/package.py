"""
The package that stubs are made of: its modules, and the classes of it that are wrapped.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from motorish.proxy.wrapping import Wrapping


class Package:
    """
    What an application can reach from a wrapped module.

    Args:
        module: the driver's own.
        wrapping: of the driver.

    Attributes:
        modules: by their names, the module itself included.
    """

    def __init__(self, module: ModuleType, wrapping: Wrapping) -> None:
        self.wrapping = wrapping
        self.modules: dict[str, ModuleType] = {}
        ahead = [module]
        while ahead:
            one = ahead.pop()
            if one.__name__ not in self.modules:
                self.modules[one.__name__] = one
                ahead += [value for value in vars(one).values() if self.is_reached(value)]
        self._homes: dict[type[Any], tuple[str, str]] = {}
        for name, one in self.modules.items():
            for attribute, value in vars(one).items():
                if isinstance(value, type) and wrapping.wraps_class(value):
                    is_own = (value.__module__, value.__name__) == (name, attribute)
                    if is_own or value not in self._homes:
                        self._homes[value] = (name, attribute)

    def is_reached(self, value: object) -> bool:
        """
        Whether it is a module that is wrapped when it is found in another one.
        """
        return isinstance(value, ModuleType) and self.wrapping.wraps_module(value)

    def home(self, cls: object) -> tuple[str, str] | None:
        """
        The module and the name of a class that is wrapped; None for anything else.
        """
        return self._homes.get(cls) if isinstance(cls, type) else None

    def stub(self, module: str) -> str:
        """
        What the stub of a module is called.
        """
        first, dot, rest = module.partition(".")
        return f"{first}_async{dot}{rest}"

    def path(self, module: str) -> str:
        """
        Where the stub of a module is.
        """
        path = self.stub(module).replace(".", "/")
        inner = any(name.startswith(f"{module}.") for name in self.modules)
        return f"{path}/__init__.pyi" if inner or "." not in module else f"{path}.pyi"

    def parents(self, module: str) -> Iterator[str]:
        """
        Where the stubs of the packages around a module are.
        """
        parts = self.stub(module).split(".")
        for count in range(1, len(parts)):
            yield "/".join([*parts[:count], "__init__.pyi"])

    def is_own(self, module: str) -> bool:
        """
        Whether a module belongs to the driver.
        """
        return module in self.modules or module.partition(".")[0].lstrip("_") in {
            name.partition(".")[0] for name in self.modules
        }

    def object(self, module: str, name: str) -> Any:
        """
        What a name in a module is at runtime; None if it is known to type checkers only.
        """
        found = sys.modules.get(module)
        if found is None:
            try:
                found = importlib.import_module(module)
            except Exception:  # a module of stubs only, or one that needs what is not there
                return None
        return getattr(found, name, None)
