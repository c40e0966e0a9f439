"""
Stub files of what `motorish.wrap` makes of a package: one for each of its modules.

Types are taken from where type checkers find them: a ``-stubs`` package, ``.pyi`` files, typeshed, or the
package's source.  Functions give futures of what they return, context managers and iterators become
asynchronous, the driver's classes are wrapped ones; exceptions and data are the driver's own.
"""

from __future__ import annotations

from types import ModuleType

from motorish.proxy.stubs.packages.modules import render_module
from motorish.proxy.stubs.packages.package import Package
from motorish.proxy.wrapped import unwrapped
from motorish.proxy.wrapping import Wrapping


def render_package(module: ModuleType, wrapping: Wrapping, head: str) -> dict[str, str]:
    """
    The stub files of a module and of all that can be reached from it.

    Args:
        wrapping: of what `motorish.wrap` makes of the module.
        head: the first line of each file.

    Returns:
        Path, relative to where they are to be, and text of each file.
    """
    package = Package(unwrapped(module), wrapping)
    files = {}
    for name in package.modules:
        path = package.path(name)
        files[path] = render_module(package, name, head)
        for parent in package.parents(name):
            files.setdefault(parent, f"{head}\n")
    return files
