"""
What `motorish.wrap` gives for modules, classes and functions of a driver; the objects are next door.
"""

from __future__ import annotations

import inspect
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from motorish.calls import has_callback_parameter, is_coroutine_function
from motorish.proxy.declarations import with_callback

if TYPE_CHECKING:
    from motorish.proxy.roots import Root
    from motorish.proxy.wrapping import Wrapping

PEP_249_TYPES = frozenset(
    ("Binary", "Date", "DateFromTicks", "Time", "TimeFromTicks", "Timestamp", "TimestampFromTicks")
)

_ROUTINES = (MethodType, FunctionType, BuiltinFunctionType, partial)
DOC: Any = property(lambda self: self.delegate.__doc__, doc="The driver's own.")


class Wrapped:
    """
    Base of them all.

    Attributes are read from the delegate and set on it.  What is read is wrapped if it can wait: functions
    and methods, and the driver's classes and objects.

    Attributes:
        delegate: the driver's own.
    """

    __slots__ = ("__weakref__", "_root", "_wrapping", "delegate")

    delegate: Any
    _root: Root | None
    _wrapping: Wrapping

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        set_own(self, "delegate", delegate)
        set_own(self, "_root", root)
        set_own(self, "_wrapping", wrapping)

    def __repr__(self) -> str:
        return f"<wrapped {self.delegate!r}>"

    def __dir__(self) -> list[str]:
        return sorted({*dir(self.delegate), "delegate"})

    def __eq__(self, other: object) -> Any:
        return self.delegate == unwrapped(other)

    def __ne__(self, other: object) -> Any:
        return self.delegate != unwrapped(other)

    def __hash__(self) -> int:
        return hash(self.delegate)

    def __reduce__(self) -> Any:
        from motorish.proxy.wrap import wrap

        return wrap, (self.delegate, self._wrapping.engine)

    def __getattr__(self, name: str) -> Any:
        # Only for what is not found otherwise.
        wrapping, delegate = self._wrapping, self.delegate
        owner = delegate if isinstance(delegate, type) else type(delegate)
        if wrapping.names("awaited", owner, name):
            return wrapping.start(partial(getattr, delegate, name), (), {}, self._root)
        value = getattr(delegate, name)
        if name.startswith("__"):
            return value
        return self._wrap_attribute(owner, name, value)

    def _wrap_attribute(self, owner: type[Any], name: str, value: Any) -> Any:
        wrapping = self._wrapping
        if isinstance(value, type):
            return WrappedClass(value, None, wrapping) if wrapping.wraps_class(value) else value
        if isinstance(value, ModuleType):
            return WrappedModule(value, None, wrapping) if wrapping.wraps_module(value) else value
        if isinstance(value, _ROUTINES) or inspect.isroutine(value):
            if is_coroutine_function(value):
                return value
            root = None if wrapping.names("concurrent", owner, name) else self._root
            return WrappedFunction(value, root, wrapping, direct=wrapping.names("direct", owner, name))
        return wrapping.give(value, self._root)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.delegate, name, unwrapped(value))

    def __delattr__(self, name: str) -> None:
        delattr(self.delegate, name)


class _Callable(Wrapped):
    __slots__ = ("_direct",)

    _direct: bool

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping, *, direct: bool) -> None:
        super().__init__(delegate, root, wrapping)
        set_own(self, "_direct", direct)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        call = self._wrapping.call_at_once if self._direct else self._wrapping.start
        return call(self.delegate, args, kwargs, self._root)

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            try:
                if has_callback_parameter(self.delegate):
                    return inspect.signature(self.delegate)
                return with_callback(self.delegate)
            except ValueError:
                raise AttributeError(name) from None  # code in C that has none
        return super().__getattr__(name)


class WrappedFunction(_Callable):
    """
    A function or method: a call of it starts at once, and returns a future.
    """

    __slots__ = ()
    __doc__ = DOC

    def _wrap_attribute(self, owner: type[Any], name: str, value: Any) -> Any:
        return value


class WrappedClass(_Callable):
    """
    A class: calling it makes an object, in a child.

    Also for ``isinstance`` (of wrapped objects and of the driver's own), and to derive from: what one gets
    is a synchronous class, derived from the driver's, which can be wrapped in turn.
    """

    __slots__ = ()
    __doc__ = DOC

    def __init__(self, delegate: Any, root: Root | None, wrapping: Wrapping) -> None:
        super().__init__(delegate, root, wrapping, direct=wrapping.names("direct", delegate))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.delegate,)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(unwrapped(instance), self.delegate)

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(unwrapped(subclass), self.delegate)


class WrappedModule(Wrapped):
    """
    A module: its functions, classes and submodules are wrapped, exceptions and constants are not.
    """

    __slots__ = ()
    __doc__ = DOC

    def _wrap_attribute(self, owner: type[Any], name: str, value: Any) -> Any:
        if name in PEP_249_TYPES and hasattr(self.delegate, "apilevel"):
            return value
        if inspect.isroutine(value):
            direct = name in self._wrapping.adapter.direct
            return value if is_coroutine_function(value) else self._function(value, direct)
        return super()._wrap_attribute(owner, name, value)

    def _function(self, value: Any, direct: bool) -> WrappedFunction:
        return WrappedFunction(value, None, self._wrapping, direct=direct)

    def __reduce__(self) -> Any:
        from motorish.proxy.wrap import wrap_module

        return wrap_module, (self.delegate.__name__, self._wrapping.engine)


def set_own(wrapped: Wrapped, name: str, value: Any) -> None:
    """
    Set an attribute of a wrapped object itself, not of its delegate.
    """
    object.__setattr__(wrapped, name, value)


def unwrapped(value: Any) -> Any:
    """
    The driver's own object in place of a wrapped one; anything else as it is.
    """
    return value.delegate if isinstance(value, Wrapped) else value
