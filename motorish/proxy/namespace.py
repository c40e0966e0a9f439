"""
Proxies whose unknown attributes are children by name: ``client.shop.orders.archive``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from motorish.proxy.base import Proxy


class NamespaceProxy(Proxy):
    """
    A proxy with children; a subclass implements ``__getitem__``.

    Two of them are equal when their delegates are.  A name that the driver's class has as an attribute
    of its own is never taken for a child.
    """

    _child_kind: ClassVar[str] = "child"
    _not_children: ClassVar[frozenset[str]] = frozenset({"delegate"})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__delegate_class__ is not None:
            public = [name for name in dir(cls.__delegate_class__) if not name.startswith("_")]
            cls._not_children = frozenset({"delegate", *public})

    __iter__ = None  # else Python would ask for the children [0], [1], ...

    def __getitem__(self, name: str) -> Any:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Only for what is not found otherwise.
        if name.startswith("_") or name in self._not_children:
            known = "" if name.startswith("_") else f" (the driver's {self._delegate_name()} has)"
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}{known}. For the {self._child_kind} "
                f"of that name, write [{name!r}].",
                name=name,
                obj=self,
            )
        return self[name]

    @classmethod
    def _delegate_name(cls) -> str:
        return getattr(cls.__delegate_class__, "__name__", "object")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, type(self)):
            return bool(self.delegate == other.delegate)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.delegate)
