"""
When PyMongo is imported, and what is known of it before.
"""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import motorish
from motorish import adapter, drivers


def run(program: str) -> None:
    """
    Run a program in an interpreter of its own, with warnings as errors.
    """
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_motorish_alone_imports_no_driver() -> None:
    """
    Only asking for one of the classes does; and then PyMongo is green.
    """
    run(
        "import sys, motorish\n"
        "assert 'pymongo' not in sys.modules\n"
        "assert 'MotorClient' in dir(motorish)\n"
        "from motorish import MotorClient\n"
        "import pymongo.pool_shared, motorish.green.socket\n"
        "assert pymongo.pool_shared.socket is motorish.green.socket\n"
        "assert motorish.MotorClient is MotorClient\n"
    )


def test_pymongo_may_have_been_imported_before() -> None:
    """
    Without a warning, and with the same effect.
    """
    run(
        "import pymongo\n"
        "from motorish import MotorClient\n"
        "import pymongo.pool_shared, motorish.green.socket\n"
        "assert pymongo.pool_shared.socket is motorish.green.socket\n"
    )


def test_the_adapter_is_known_without_importing_pymongo() -> None:
    """
    load_adapter() is what patching PyMongo alone needs.
    """
    run(
        "import sys\n"
        "from motorish import adapter, drivers\n"
        "[drivers.load_adapter(name) for name in ('gridfs', 'nothing')]\n"
        "assert adapter.for_package('pymongo').name == 'pymongo'\n"
        "assert 'pymongo' not in sys.modules\n"
    )
    for package in drivers.ADAPTERS:
        known = adapter.for_package(package)
        assert known is not None
        assert package in known.packages


def test_the_lazy_names_are_those_that_type_checkers_see() -> None:
    """
    Three lists in motorish/__init__.py: looked up lazily, imported for type checkers, exported.
    """
    tree = ast.parse(Path(motorish.__file__).read_text())
    (checking,) = (node for node in tree.body if isinstance(node, ast.If))
    checked = {
        alias.name: str(node.module)
        for node in checking.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert checked == motorish._LAZY
    assert set(checked) <= set(motorish.__all__)
    for name, module in checked.items():
        assert getattr(import_module(module), name) is getattr(motorish, name)
