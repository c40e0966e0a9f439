"""
MongoDB through PyMongo in the main thread: the driver alone, for one at a time.
"""

from collections.abc import Callable

from benchmarks._variant import serve
from benchmarks.mongodb._blocking import PyMongo


class PyMongoSync(PyMongo):
    """
    All of it one after the other.
    """

    def at_once(self, functions: list[Callable[[], None]]) -> None:
        for function in functions:
            function()


serve(PyMongoSync)
