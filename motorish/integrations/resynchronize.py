"""
resynchronize(): an asynchronous API, blocking, for tests and scripts.

A resynchronized class has what the asynchronous one has: names, docstrings, signatures, bases.  What its
methods do, they do on one private event loop (see `motorish.integrations.private_loop`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import Context, ContextVar, Token, copy_context
from typing import Any, ClassVar, Self
from weakref import WeakValueDictionary

from motorish.integrations.private_loop import private_loop
from motorish.proxy import Proxy

_OPERATORS = {
    "__bool__",
    "__call__",
    "__contains__",
    "__copy__",
    "__deepcopy__",
    "__delitem__",
    "__enter__",
    "__exit__",
    "__getitem__",
    "__index__",
    "__int__",
    "__iter__",
    "__len__",
    "__next__",
    "__setitem__",
}


def resynchronize(cls_or_obj: Any) -> Any:
    """
    Make the blocking counterpart of an asynchronous class, object or function.

    Methods block until what they return is done, and give the result; asynchronous iterators and
    context managers become plain ones.  Proxies and other asynchronous objects that come out of a call
    are wrapped in turn, plain values are not; so is what a function gets that is passed to a method
    (``with_transaction``), unless it is a coroutine function.  Any thread may call, several at once; all
    calls run on one event loop in one private thread.  Each runs in a copy of its caller's context, so
    that `motorish.timeout` and `pymongo.timeout` bound it; Ctrl-C cancels it.

    Args:
        cls_or_obj: a class, such as `motorish.MotorClient`; an object that belongs to no event loop
            yet; or a function.

    Returns:
        A class whose instances are made and used without ``await``; or the object's or function's
        counterpart.  For the same class or object, the same counterpart.

    Raises:
        UsageError: (from each call) an event loop runs in this thread, which would stand still.

    Example::

        SyncClient = motorish.resynchronize(motorish.MotorClient)
        with SyncClient("mongodb://localhost") as client:
            client.shop.orders.insert_one({"_id": 1})
            for order in client.shop.orders.find():
                print(order)
    """
    if isinstance(cls_or_obj, type):
        return _class_for(cls_or_obj)
    if inspect.isroutine(cls_or_obj):
        return _function(cls_or_obj)
    if isinstance(cls_or_obj, Resynchronized):
        return cls_or_obj
    made = _wrap(cls_or_obj)
    return made if isinstance(made, Resynchronized) else _around(cls_or_obj)


class Resynchronized:
    """
    Base class of the resynchronized classes: the counterpart of ``object``.
    """

    __wrapped_class__: ClassVar[type[Any]] = object

    _wrapped: Any
    _entered: list[tuple[Context, list[tuple[ContextVar[Any], Token[Any]]]]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._hold(_run(type(self).__wrapped_class__, args, kwargs, as_it_is=True))

    def __class_getitem__(cls, _: Any) -> type[Self]:
        return cls

    def _hold(self, wrapped: Any) -> None:
        object.__setattr__(self, "_wrapped", wrapped)
        object.__setattr__(self, "_entered", [])
        _counterparts[id(wrapped)] = self

    def __repr__(self) -> str:
        return f"<resynchronized {self._wrapped!r}>"

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *dir(self._wrapped)})

    def __eq__(self, other: object) -> bool:
        return bool(self._wrapped == other._wrapped) if isinstance(other, Resynchronized) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._wrapped)

    def __getattr__(self, name: str) -> Any:
        # Only for what the class does not have: attributes of the instance, children by name.
        if name in ("_wrapped", "_entered") or name.startswith("__"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
        value = _run(getattr, (self._wrapped, name))
        return _method(name, value).__get__(self) if inspect.isroutine(value) else value

    def __setattr__(self, name: str, value: Any) -> None:
        _run(setattr, (self._wrapped, name, value))

    def __delattr__(self, name: str) -> None:
        _run(delattr, (self._wrapped, name))


_classes: dict[type[Any], type[Resynchronized]] = {object: Resynchronized}
_counterparts: WeakValueDictionary[int, Resynchronized] = WeakValueDictionary()  # by id() of what they wrap


def _class_for(cls: type[Any]) -> type[Resynchronized]:
    # The counterparts of the bases are its bases: isinstance() holds where it did.
    if issubclass(cls, Resynchronized):
        return cls
    known = _classes.get(cls)
    if known is None:
        body: dict[str, Any] = {
            "__doc__": cls.__doc__,
            "__module__": cls.__module__,
            "__qualname__": f"Sync{cls.__qualname__}",
            "__wrapped_class__": cls,
        }
        for name, value in vars(cls).items():
            body.update(_counterpart(cls, name, value))
        bases = tuple(_class_for(base) for base in cls.__bases__)
        known = _classes.setdefault(cls, type(f"Sync{cls.__name__}", bases, body))
    return known


def _counterpart(cls: type[Any], name: str, value: Any) -> dict[str, Any]:
    # What stands in the counterpart's body for an attribute in the body of *cls*.
    if name in _PROTOCOLS:
        sync_name, function = _PROTOCOLS[name]
        return {sync_name: function}
    if name == "__init__":
        return {name: functools.wraps(value)(_initialiser())}
    if name.startswith("__"):
        replaced = any(name == sync and hasattr(cls, other) for other, (sync, _) in _PROTOCOLS.items())
        if replaced or name not in _OPERATORS:
            return {}
        return {name: None if value is None else _method(name, value)}
    if isinstance(value, property):
        return {name: property(lambda self: _run(getattr, (self._wrapped, name)), doc=value.__doc__)}
    if isinstance(value, (classmethod, staticmethod)):
        return {name: staticmethod(_function(value.__get__(None, cls)))}
    return {name: _method(name, value)} if inspect.isroutine(value) else {}


def _initialiser() -> Callable[..., None]:
    def initialise(self: Resynchronized, /, *args: Any, **kwargs: Any) -> None:
        Resynchronized.__init__(self, *args, **kwargs)

    return initialise


def _method(name: str, method: Callable[..., Any]) -> Any:
    def call(self: Resynchronized, /, *args: Any, **kwargs: Any) -> Any:
        return _run(_call_method, (self._wrapped, name, *args), kwargs)

    functools.update_wrapper(call, method)
    call.__name__ = name
    return call


def _function(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return _run(function, args, kwargs)

    return call


# The protocols.


def _iterate(self: Resynchronized) -> Any:
    return _run(_call_method, (self._wrapped, "__aiter__"))


def _advance(self: Resynchronized) -> Any:
    return _run(_call_method, (self._wrapped, "__anext__"))


def _enter(self: Resynchronized) -> Any:
    # Context variables that are set on entry (a session that is bound) are set for the caller too.
    before = copy_context()
    context = before.copy()
    result = _run(_call_method, (self._wrapped, "__aenter__"), context=context)
    changed = [(var, value) for var, value in context.items() if before.get(var, context) is not value]
    self._entered.append((context, [(var, var.set(value)) for var, value in changed]))
    return result


def _leave(self: Resynchronized, *exc_info: object) -> Any:
    context, changed = self._entered.pop()
    for var, token in reversed(changed):
        var.reset(token)
    # They can be reset in the context only in which they were set.
    within = context if changed else None
    return _run(_call_method, (self._wrapped, "__aexit__", *exc_info), context=within)


_PROTOCOLS: dict[str, tuple[str, Callable[..., Any]]] = {
    "__aiter__": ("__iter__", _iterate),
    "__anext__": ("__next__", _advance),
    "__aenter__": ("__enter__", _enter),
    "__aexit__": ("__exit__", _leave),
}


# To the private loop, and back.


def _run(
    function: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    *,
    context: Context | None = None,
    as_it_is: bool = False,
) -> Any:
    """
    Call *function* on the private loop, await what it returns, and wrap what comes of that.

    Args:
        context: to run in, instead of a copy of the caller's.
        as_it_is: neither await nor wrap what is returned.
    """

    async def run() -> Any:
        result = function(*map(_unwrap, args), **{name: _unwrap(arg) for name, arg in (kwargs or {}).items()})
        return await result if not as_it_is and inspect.isawaitable(result) else result

    try:
        result = private_loop().call(run, copy_context() if context is None else context)
    except StopAsyncIteration as end:
        raise StopIteration(*end.args) from None
    return result if as_it_is else _wrap(result)


def _call_method(obj: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    # What the instance has by this name may not be what its class has.
    return getattr(obj, name)(*args, **kwargs)


def _wrap(value: Any) -> Any:
    known = _counterparts.get(id(value))
    if known is not None and known._wrapped is value:
        return known  # "is" holds where it did
    if type(value) in (list, tuple) and any(_is_asynchronous(type(item)) for item in value):
        return type(value)(map(_wrap, value))
    return _around(value) if _is_asynchronous(type(value)) else value


def _around(obj: Any) -> Resynchronized:
    cls = _class_for(type(obj))
    wrapper = cls.__new__(cls)
    wrapper._hold(obj)
    return wrapper


def _is_asynchronous(cls: type[Any]) -> bool:
    return issubclass(cls, Proxy) or any(hasattr(cls, name) for name in _PROTOCOLS)


def _unwrap(value: Any) -> Any:
    if isinstance(value, Resynchronized):
        return value._wrapped
    if isinstance(value, type) and issubclass(value, Resynchronized):
        return value.__wrapped_class__
    is_function = inspect.isroutine(value) or isinstance(value, functools.partial)
    if is_function and not inspect.iscoroutinefunction(value):
        return _called_back(value)
    return value


def _called_back(function: Callable[..., Any]) -> Callable[..., Any]:
    # A function that is given to a method (with_transaction) gets and gives what its caller knows.
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*map(_wrap, args), **{name: _wrap(arg) for name, arg in kwargs.items()})
        return _unwrap(result)

    return call
