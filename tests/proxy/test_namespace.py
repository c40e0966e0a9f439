"""
Children by attribute name.
"""

from __future__ import annotations

import copy

import pytest

from motorish.proxy import NamespaceProxy


class Folder:
    """
    A delegate with a method of its own.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folder) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def remove(self) -> None: ...


class FolderProxy(NamespaceProxy):
    """
    Its children are folders.
    """

    __delegate_class__ = Folder
    _child_kind = "folder"

    def __init__(self, path: str) -> None:
        self.delegate = Folder(path)

    def __getitem__(self, name: str) -> FolderProxy:
        return FolderProxy(f"{self.delegate.path}/{name}")


def test_an_unknown_attribute_is_a_child() -> None:
    """
    Attribute and item give the same child.
    """
    assert "a/b/c" == FolderProxy("a").b.c.delegate.path
    assert FolderProxy("a/_b") == FolderProxy("a")["_b"]


def test_names_with_an_underscore_are_not_children() -> None:
    """
    AttributeError, which says how to get the child of that name.
    """
    with pytest.raises(AttributeError, match=r"folder of that name, write \['_b'\]"):
        _ = FolderProxy("a")._b


def test_the_driver_s_own_names_are_not_children() -> None:
    """
    What the delegate's class has but the proxy does not is an AttributeError.
    """
    assert not hasattr(FolderProxy("a"), "remove")
    with pytest.raises(AttributeError, match="the driver's Folder has"):
        _ = FolderProxy("a").remove


def test_equality_and_hash_are_the_delegate_s() -> None:
    """
    Two proxies of equal delegates are equal; one of another class is not.
    """
    assert FolderProxy("a") == FolderProxy("a")
    assert FolderProxy("a") != FolderProxy("b")
    assert FolderProxy("a") != Folder("a")
    assert 1 == len({FolderProxy("a"), FolderProxy("a")})


def test_copying_does_not_recurse() -> None:
    """
    copy.copy() looks for attributes on an object that has none yet.
    """
    original = FolderProxy("a")

    assert original == copy.copy(original)
