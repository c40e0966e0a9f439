"""
How a green module takes over what it does not replace: every name of the stdlib module it stands for.
"""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType
from typing import Any

_OWN = {
    "__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__",
}  # fmt: skip


def names_of(module: ModuleType) -> dict[str, Any]:
    """
    What to put into a twin's namespace before its own definitions: private names and ``__all__`` too.
    """
    return {name: value for name, value in vars(module).items() if name not in _OWN}


def rebind_functions(module: ModuleType, namespace: dict[str, Any]) -> None:
    """
    Let the Python functions of *module* that a twin keeps run on the twin's names.

    So ``create_connection`` is the stdlib's own code over green sockets and green DNS.
    """
    for name, function in vars(module).items():
        kept = isinstance(function, FunctionType) and namespace.get(name) is function
        if kept and function.__globals__ is vars(module):
            namespace[name] = over(function, namespace)


class Builtin(staticmethod):  # type: ignore[type-arg]
    """
    A Python function in place of a built-in one: as a class attribute it does not become a method.
    """

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self

    def __reduce__(self) -> str:
        return self.__qualname__


def keep_builtin(module: ModuleType, twin: ModuleType) -> None:
    """
    Let those functions of *twin* be `Builtin` that take the place of built-in ones of *module*.

    Drivers write ``sleep = time.sleep`` in a class body.
    """
    for name, original in vars(module).items():
        function = vars(twin).get(name)
        if isinstance(function, FunctionType) and not hasattr(type(original), "__get__"):
            kept = Builtin(function)
            kept.__module__ = twin.__name__
            setattr(twin, name, kept)


def over(function: Any, namespace: dict[str, Any]) -> FunctionType:
    """
    The same function with *namespace* as its globals.
    """
    copy = FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__doc__ = function.__doc__
    copy.__qualname__ = function.__qualname__
    return copy


def source_of(module: ModuleType) -> CodeType:
    """
    The code of a pure Python module, to be run once more over other names.
    """
    loader = module.__spec__.loader if module.__spec__ is not None else None
    code = loader.get_code(module.__name__) if hasattr(loader, "get_code") else None  # type: ignore[union-attr]
    if not isinstance(code, CodeType):
        raise RuntimeError(f"the source code of {module.__name__!r} is not available")
    return code
