"""
Arguments that are proxies: what they stand for, and what to say when they are something else.
"""

from __future__ import annotations

from typing import Any

from motorish.proxy import Proxy


def delegate_of(argument: Any) -> Any:
    """
    PyMongo's own object, of a proxy of it or itself.
    """
    return argument.delegate if isinstance(argument, Proxy) else argument


def wrong_argument(proxy: Proxy, argument: str, expected: str, given: object) -> TypeError:
    """
    The error to raise where an argument of a constructor is no proxy of the right kind.

    Args:
        proxy: what is being made.
        argument: what the message calls the argument.
        expected: the class, without the prefix of its family: ``"Database"``.
        given: the argument.
    """
    if proxy._lazy:
        wanted = f"an Async{'MongoClient' if expected == 'Client' else expected} of motorish"
    else:
        wanted = f"a Motor{expected}"
    return TypeError(f"{argument} of {type(proxy).__name__} must be {wanted}, not {given!r}")
