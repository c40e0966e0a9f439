"""
Goes through everything that some modules hold, and replaces what a given function has a replacement for.

Reached are globals, class attributes, base classes, defaults, closures, decorated and partial functions,
containers, and the attributes of objects whose class the modules define.  Nothing is called and no
attribute is computed on the way: only types, dictionaries and slots are looked at.
"""

from __future__ import annotations

import functools
import gc
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import Field
from types import (
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

Swap = Callable[[str, Any], Any]
"""``swap(where, value)`` gives what is to stand in *value*'s place: often *value* itself."""

_ATOMS = frozenset(
    {type(None), bool, int, float, complex, str, bytes, bytearray, CodeType, MemberDescriptorType}
    | {GetSetDescriptorType, type(...)}
)
_MAPPINGS = (dict, OrderedDict, defaultdict)
_SEQUENCES = (list, deque)
_NOT_OF_CLASSES = {"__annotations__", "__dict__", "__doc__", "__module__", "__weakref__"}


class Walk:
    """
    One pass, replacing as it goes.

    Args:
        modules: where to begin.
        swap: gives the replacements.
        unreachable: told, as ``unreachable(where, what)``, of what could not be replaced.

    Attributes:
        functions: the functions met, with the place of their definition.
    """

    def __init__(
        self,
        modules: Iterable[ModuleType],
        swap: Swap,
        unreachable: Callable[[str, str], None],
    ) -> None:
        self.functions: list[tuple[str, FunctionType]] = []
        self._swap = swap
        self._unreachable = unreachable
        self._modules = {module.__name__: module for module in modules}
        self._namespaces = {id(vars(module)) for module in self._modules.values()}
        self._seen: dict[int, Any] = {}
        self._to_do: deque[tuple[str, Any]] = deque()

    def run(self) -> None:
        """
        Walk to the end.
        """
        for name, module in self._modules.items():
            self._namespace(name, vars(module))
        while self._to_do:
            self._look_into(*self._to_do.popleft())

    def _owns(self, thing: Any) -> bool:
        name = thing.__module__
        return type(name) is str and (name in self._modules or name.partition(".")[0] in self._modules)

    def _hold(self, where: str, value: Any, put: Callable[[Any], None]) -> None:
        # One reference: replaced if need be, and followed.
        if type(value) in _ATOMS:
            return
        new = self._replacement(where, value)
        if new is not value:
            try:
                put(new)
            except (AttributeError, TypeError) as error:
                self._unreachable(where, f"cannot be replaced ({error})")
                return
        self._follow(where, new)

    def _replacement(self, where: str, value: Any) -> Any:
        kind = type(value)
        if kind is tuple:
            new = tuple(self._replacement(f"{where}[{i}]", item) for i, item in enumerate(value))
            return value if all(a is b for a, b in zip(new, value, strict=True)) else new
        if kind is staticmethod or kind is classmethod:
            inner = self._replacement(where, value.__func__)
            return value if inner is value.__func__ else kind(inner)
        return value if kind in _ATOMS else self._swap(where, value)

    def _follow(self, where: str, value: Any) -> None:
        if type(value) not in _ATOMS and id(value) not in self._seen:
            self._seen[id(value)] = value
            self._to_do.append((where, value))

    def _look_into(self, where: str, value: Any) -> None:
        kind = type(value)
        if kind is FunctionType:
            if self._owns(value):
                self._function(f"{value.__module__}.{value.__qualname__}", value)
            elif id(value.__globals__) in self._namespaces:
                self._function(where, value)
        elif issubclass(kind, type):
            if self._owns(value):
                self._class(f"{value.__module__}.{value.__qualname__}", value)
        elif kind in _MAPPINGS:
            self._items(where, value, list(value.items()))
            if kind is defaultdict:
                self._attribute(where, value, "default_factory")
        elif kind in _SEQUENCES:
            self._items(where, value, list(enumerate(value)))
        elif kind in (tuple, set, frozenset):
            for item in value:
                self._follow(where, item)
        elif kind is staticmethod or kind is classmethod:
            self._follow(where, value.__func__)
        elif kind is property:
            for accessor in (value.fget, value.fset, value.fdel):
                self._follow(where, accessor)
        elif kind is MethodType:
            self._follow(where, value.__func__)
            self._follow(where, value.__self__)
        elif kind is functools.partial:
            self._partial(where, value)
        elif kind is Field:
            self._attribute(where, value, "default")
            self._attribute(where, value, "default_factory")
        elif kind in (functools.cached_property, functools.partialmethod) or self._owns(kind):
            self._instance(where, value)
        elif issubclass(kind, functools._lru_cache_wrapper):
            self._items(where, vars(value), list(vars(value).items()))

    def _namespace(self, where: str, names: dict[str, Any]) -> None:
        for name, value in list(names.items()):
            if not (name.startswith("__") and name.endswith("__")):
                self._hold(f"{where}.{name}", value, functools.partial(names.__setitem__, name))

    def _items(self, where: str, container: Any, items: list[tuple[Any, Any]]) -> None:
        for key, value in items:
            if type(value) not in _ATOMS:
                put = functools.partial(container.__setitem__, key)
                self._hold(f"{where}[{key!r}]" if type(key) in _ATOMS else where, value, put)

    def _attribute(self, where: str, owner: Any, name: str) -> None:
        put = functools.partial(setattr, owner, name)
        self._hold(f"{where}.{name}", getattr(owner, name), put)

    def _function(self, where: str, function: FunctionType) -> None:
        self.functions.append((where, function))
        if function.__defaults__:
            put = functools.partial(setattr, function, "__defaults__")
            self._hold(f"{where}(defaults)", function.__defaults__, put)
        if function.__kwdefaults__:
            self._items(where, function.__kwdefaults__, list(function.__kwdefaults__.items()))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:  # empty
                continue
            put = functools.partial(setattr, cell, "cell_contents")
            self._hold(f"{where}.{name}", value, put)
        self._namespace(where, vars(function))
        self._follow(where, vars(function).get("__wrapped__"))
        # attrs gives its generated methods globals that are no module's.
        names = function.__globals__
        module = self._modules.get(names.get("__name__", function.__module__))
        if module is not None and names is not vars(module) and id(names) not in self._seen:
            self._seen[id(names)] = names
            self._namespace(where, names)

    def _class(self, where: str, cls: type) -> None:
        for name, value in list(vars(cls).items()):
            if name not in _NOT_OF_CLASSES:
                self._hold(f"{where}.{name}", value, functools.partial(type.__setattr__, cls, name))
        bases = tuple(self._swap(where, base) for base in cls.__bases__)
        if any(a is not b for a, b in zip(bases, cls.__bases__, strict=True)):
            self._rebase(where, cls, bases)
        for base in cls.__bases__:
            self._follow(where, base)

    def _rebase(self, where: str, cls: type, bases: tuple[type, ...]) -> None:
        names = ", ".join(base.__qualname__ for base in cls.__bases__)
        if _has_instances(cls):
            # They were initialised by the old base.
            self._unreachable(where, f"has objects already, so its base class {names} must stay")
            return
        try:
            cls.__bases__ = bases
        except TypeError as error:
            self._unreachable(where, f"its base class {names} cannot be replaced ({error})")

    def _partial(self, where: str, value: functools.partial[Any]) -> None:
        def hold(function: Any, args: Any, keywords: Any) -> None:
            value.__setstate__((function, args, keywords, vars(value)))  # type: ignore[attr-defined]

        self._hold(where, value.func, lambda new: hold(new, value.args, value.keywords))
        self._hold(where, value.args, lambda new: hold(value.func, new, value.keywords))
        self._items(where, value.keywords, list(value.keywords.items()))

    def _instance(self, where: str, value: Any) -> None:
        for cls in type(value).__mro__:
            for name, slot in vars(cls).items():
                if type(slot) is MemberDescriptorType and self._owns(cls):
                    try:
                        held = slot.__get__(value)
                    except AttributeError:  # not set
                        continue
                    put = functools.partial(slot.__set__, value)
                    self._hold(f"{where}.{name}", held, put)
        try:
            names = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return
        if type(names) is dict:
            for name, held in list(names.items()):
                self._hold(f"{where}.{name}", held, functools.partial(names.__setitem__, name))


def _has_instances(cls: type[Any]) -> bool:
    if any(type(holder) is cls for holder in gc.get_referrers(cls)):
        return True
    return any(map(_has_instances, cls.__subclasses__()))
