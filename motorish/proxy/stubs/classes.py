"""
One class of a stub file.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any

from motorish.proxy.stubs.hints import Hints
from motorish.proxy.stubs.members import Members
from motorish.proxy.stubs.names import Meaning, Names
from motorish.proxy.stubs.signatures import docstring_lines, summary_of
from motorish.proxy.stubs.source import source
from motorish.proxy.stubs.translator import Translator, hint_translator, parsed

_NOT_SHOWN = {"__class_getitem__", "__init_subclass__", "__repr__", "__setattr__"}


def render_class(cls: type[Any], classes: Sequence[type[Any]], hints: Hints, names: Names) -> str:
    """
    The class statement of *cls*.

    What is inherited from a class that is not in the stub is shown here; so is all that is inherited from
    one whose methods have the other shape: those of lazy classes are coroutine functions.
    """
    lazy = _is_lazy(cls)
    bases = _bases(cls, classes)
    simplest = sorted(classes, key=lambda one: len(one.__mro__))
    own = {one: _meaning(_alike(one, simplest, lazy), hints) for one in simplest}
    delegates = {_delegate(one): own[one] for one in reversed(simplest) if not _is_lazy(one)}
    hinted = {driver_s: own[proxy] for driver_s, proxy in hints.meanings.items()}

    parameter = _meaning(cls, hints).parameter
    if parameter and parameter not in hints.variables:
        [variable, *_] = _delegate(cls).__parameters__
        names.imported(variable.__module__, parameter, parameter)
    argument = parameter or "Any"
    if cls in hints.bases:
        argument = hint_translator(names, classes, meanings=own).text(parsed(hints.bases[cls]))
    variables = {variable: argument for base in cls.__mro__ for variable in _variables(base)}
    aliases = {alias: own[proxy].given(argument) for alias, proxy in hints.aliases.items()}
    options: dict[str, Any] = {
        "variables": {**variables, **aliases},
        "bare": parameter or "Any",
        "members": frozenset(dir(cls)),
    }
    ours = partial(Translator, names, meanings=own, **options)
    theirs = partial(Translator, names, meanings={**own, **delegates, **hinted}, **options)
    options["variables"] = {**{variable: variable for variable in hints.variables}, **variables}
    of_hints = hint_translator(names, classes, meanings=own, **options)
    members = Members(cls, hints, names, ours, theirs, of_hints)

    lines = _attributes(cls, bases, hints, ours, of_hints)
    for name in sorted(_member_names(cls, bases)):
        signatures = members.signatures(name)
        if len(signatures) > 1:
            names.imported("typing", "overload", "overload")
        summary = "" if name.startswith("_") else summary_of(inspect.getattr_static(cls, name))
        for signature in signatures:
            lines += signature.lines(name, len(signatures) > 1, summary)

    shown = [_meaning(base, hints).given(argument) for base in bases]
    if parameter and not shown:
        shown = [f"{names.imported('typing', 'Generic', 'Generic')}[{parameter}]"]
    after = f"({', '.join(shown)})" if shown else ""
    head = f"class {cls.__name__}{after}:"
    docstring = docstring_lines(summary_of(cls), "    ")
    if docstring and lines:
        docstring.append("")
    body = [*docstring, *lines]
    return "\n".join([head, *body]) if body else f"{head} ..."


def _bases(cls: type[Any], classes: Sequence[type[Any]]) -> list[type[Any]]:
    # Those of the classes that the stub can show as bases.
    bases: list[type[Any]] = []
    for base in cls.__mro__[1:]:
        covered = any(issubclass(one, base) for one in bases)
        if base in classes and _is_lazy(base) == _is_lazy(cls) and not covered:
            bases.append(base)
    return bases


def _not_inherited(cls: type[Any], bases: Sequence[type[Any]]) -> list[type[Any]]:
    # The classes whose members are shown in this one; what is nearer comes later.
    inherited = {object, *(one for base in bases for one in base.__mro__)}
    return [one for one in reversed(cls.__mro__) if one not in inherited]


def _attributes(
    cls: type[Any], bases: Sequence[type[Any]], hints: Hints, ours: Any, of_hints: Translator
) -> list[str]:
    found: dict[str, str] = {}
    for one in _not_inherited(cls, bases):
        for name, annotation in vars(one).get("__annotations__", {}).items():
            own = isinstance(annotation, str) and "ClassVar" not in annotation
            if own and not name.startswith("_") and not hasattr(cls, name):
                found[name] = ours(source(one.__module__)).text(parsed(annotation))
        found.update(
            {name: "None" for name, value in vars(one).items() if name == "__iter__" and value is None}
        )
        for name, text in hints.attributes.get(one, {}).items():
            found[name] = of_hints.text(parsed(text))
    return [f"    {name}: {text}" for name, text in sorted(found.items())]


def _member_names(cls: type[Any], bases: Sequence[type[Any]]) -> set[str]:
    declared = getattr(cls, "__declarations__", {})
    inherited = [one for base in bases for one in getattr(base, "__declarations__", {}).values()]
    by_hand = {
        name
        for one in _not_inherited(cls, bases)
        for name, value in vars(one).items()
        if not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
        if inspect.isfunction(value) or isinstance(value, property | classmethod)
        if name not in declared and name not in _NOT_SHOWN
    }
    return by_hand | {name for name, one in declared.items() if one not in inherited}


def _is_lazy(cls: type[Any]) -> bool:
    return bool(getattr(cls, "_lazy", False))


def _alike(cls: type[Any], classes: Sequence[type[Any]], lazy: bool) -> type[Any]:
    # In a lazy class: the lazy one that is made from *cls*.
    if not lazy or _is_lazy(cls):
        return cls
    for other in filter(_is_lazy, classes):
        made_from = next((base for base in other.__mro__ if base in classes and not _is_lazy(base)), None)
        if made_from is cls:
            return other
    return cls


def _meaning(cls: type[Any], hints: Hints) -> Meaning:
    variables = _variables(cls)
    if cls in hints.bases or not variables:
        return Meaning(cls.__name__)
    hinted = next((hints.parameters[base] for base in cls.__mro__ if base in hints.parameters), None)
    return Meaning(cls.__name__, hinted or variables[0])


def _variables(cls: type[Any]) -> list[str]:
    # The type variables of the delegate's class.
    return [one.__name__ for one in getattr(_delegate(cls), "__parameters__", ())]


def _delegate(cls: type[Any]) -> Any:
    return getattr(cls, "__delegate_class__", None)
