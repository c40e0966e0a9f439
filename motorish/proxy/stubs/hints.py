"""
What the source of proxies does not say about their types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Hints:
    """
    What the source does not say.

    Keys are ``"Class.member"``, of the class or of one of its bases.  Types are source text; the names in it
    are those of the stub's classes and of type variables, ``Any``, ``Awaitable``, ``Callable``, ``Mapping``.

    Attributes:
        variables: arguments of the type variables that the stub defines, by name.
        parameters: the type parameter of a class and of its subclasses, where it is not the delegate's.
        bases: argument of the generic base of a class that has no parameter itself.
        meanings: the driver's classes that are a proxy in the stub, besides the proxies' delegates.
        arguments: functions of the driver that have a member's parameters, after their first two.
        results: what a member returns.
        types: of single parameters: ``"Class.member.parameter"``; several make as many overloads.
        aliases: what the driver calls a class by another name, and is a proxy in the stub.
        attributes: of instances, by class.
    """

    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: Mapping[type[Any], str] = field(default_factory=dict)
    bases: Mapping[type[Any], str] = field(default_factory=dict)
    meanings: Mapping[type[Any], type[Any]] = field(default_factory=dict)
    arguments: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Sequence[str]] = field(default_factory=dict)
    aliases: Mapping[str, type[Any]] = field(default_factory=dict)
    attributes: Mapping[type[Any], Mapping[str, str]] = field(default_factory=dict)
