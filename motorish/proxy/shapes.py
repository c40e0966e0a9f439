"""
One declaration, two shapes: methods that start their call at once, or coroutine functions.

A class that is lazy (``_lazy = True``) gets the second shape of every method that is marked here, be it
declared or written by hand; a method of the first shape costs nothing more for having been marked.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

ANY_NUMBER = 1 << 30

_MARK = "__lazy_shape__"


def starts_call(function: F, *, callback: bool = True) -> F:
    """
    Mark a method that returns a started future: in lazy classes it becomes a coroutine function.

    Args:
        callback: it takes our ``callback=``, which coroutine functions do not take.
    """
    setattr(function, _MARK, partial(_coroutine_function, callback=callback))
    return function


def gives_latent(function: F) -> F:
    """
    Mark a method that starts nothing and takes ``callback=``: in lazy classes it takes none.
    """
    setattr(function, _MARK, _without_callback)
    return function


def make_lazy(cls: type[Any]) -> None:
    """
    Give *cls* the lazy shape of all marked methods, its own and those that it inherits.
    """
    for name in dir(cls):
        function = getattr(cls, name, None)
        shape = getattr(function, _MARK, None) if inspect.isfunction(function) else None
        if shape is not None:
            setattr(cls, name, shape(function, cls, name))


def _coroutine_function(
    start: Callable[..., Any], owner: type[Any], name: str, *, callback: bool
) -> Callable[..., Any]:
    signature = _signature_without_callback(start) if callback else inspect.signature(start)
    most = _positions(signature) if callback else ANY_NUMBER

    async def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        if callback and ("callback" in kwargs or len(args) > most):
            raise _refusal(owner, name, most, kwargs)
        return await start(self, *args, **kwargs)

    return _described(call, start, owner, name, signature)


def _without_callback(make: Callable[..., Any], owner: type[Any], name: str) -> Callable[..., Any]:
    signature = _signature_without_callback(make)
    most = _positions(signature)

    def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        if "callback" in kwargs or len(args) > most:
            raise _refusal(owner, name, most, kwargs)
        return make(self, *args, **kwargs)

    return _described(call, make, owner, name, signature)


def _signature_without_callback(function: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(function)
    kept = [parameter for parameter in signature.parameters.values() if parameter.name != "callback"]
    returned = signature.return_annotation
    if isinstance(returned, str) and returned.startswith("CallFuture["):
        returned = returned.removeprefix("CallFuture[").removesuffix("]")
    return signature.replace(parameters=kept, return_annotation=returned)


def _positions(signature: inspect.Signature) -> int:
    # How many positional arguments there may be, besides the object itself.
    parameters = signature.parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return ANY_NUMBER
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in kinds for parameter in parameters) - 1


def _refusal(owner: type[Any], name: str, most: int, kwargs: dict[str, Any]) -> TypeError:
    if "callback" not in kwargs:
        return TypeError(f"{owner.__name__}.{name}() takes no more than {most} positional arguments")
    eager = next(base for base in owner.__mro__ if not getattr(base, "_lazy", False))
    return TypeError(
        f"{owner.__name__}.{name}() takes no callback=: await it, or use {eager.__name__}, "
        "whose methods start at once and can call back"
    )


def _described(
    function: F, original: Callable[..., Any], owner: type[Any], name: str, signature: inspect.Signature
) -> F:
    function.__wrapped__ = original  # type: ignore[attr-defined]
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__name__ = name
    function.__qualname__ = f"{owner.__qualname__}.{name}"
    function.__module__ = owner.__module__
    function.__doc__ = re.sub(r"\s*Also accepts callback=\.", "", original.__doc__ or "")
    return function
