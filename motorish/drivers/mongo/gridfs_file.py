"""
What files have in common that are written to, and read from, a GridFS bucket.
"""

from __future__ import annotations

from typing import Any

from motorish.drivers.mongo._arguments import wrong_argument
from motorish.drivers.mongo.collection import MotorCollection
from motorish.proxy import Closing, Proxy, WithLoop


class GridFile(WithLoop, Closing):
    """
    A file, whose document's fields are attributes.
    """

    def __getattr__(self, name: str) -> Any:
        # Only for what is not found otherwise: fields of the file's document.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
        self._check_opened(name)
        return getattr(self.delegate, name)

    def _check_opened(self, name: str) -> None:
        """
        Refuse to tell the field *name* where the server would have to be asked.
        """


def check_root(proxy: Proxy, root_collection: object) -> MotorCollection:
    """
    Refuse what is no collection.
    """
    if not isinstance(root_collection, MotorCollection):
        raise wrong_argument(proxy, "the first argument", "Collection", root_collection)
    return root_collection
