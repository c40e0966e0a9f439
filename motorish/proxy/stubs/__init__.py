"""
Stub files (``.pyi``) of proxies: what editors and type checkers know of what declarations make at runtime.

Of a declared method the types are those in the driver's own source; of one that is written by hand those
that are written there, and where they say ``Any``, and the driver has a method of that name, again its own.
Nothing in here knows a driver: what the source does not say is in the `Hints`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from motorish.proxy.stubs.classes import render_class
from motorish.proxy.stubs.hints import Hints as Hints
from motorish.proxy.stubs.names import Names
from motorish.proxy.stubs.translator import hint_translator, parsed


def render(classes: Sequence[type[Any]], hints: Hints, command: str) -> str:
    """
    The text of a stub file.

    Args:
        classes: proxies, and whatever else they give.
        hints: what their source does not say.
        command: what makes the file anew.
    """
    names = Names({cls.__name__ for cls in classes} | set(hints.variables))
    bodies = [render_class(cls, classes, hints, names) for cls in classes]
    translator = hint_translator(names, classes)
    variables = []
    for name, arguments in hints.variables.items():
        type_var = names.imported("typing_extensions", "TypeVar", "TypeVar")
        given = [f"{key}={translator.text(parsed(text))}" for key, text in arguments.items()]
        variables.append(f"{name} = {type_var}({', '.join([_quoted(name), *given])})")
    text = "\n".join([*variables, "", "\n\n".join(bodies)]) + "\n"
    return "\n".join([f"# Made by: {command}", "", *names.lines(text), "", text])


def _quoted(name: str) -> str:
    return f'"{name}"'
