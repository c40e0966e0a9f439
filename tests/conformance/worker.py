"""
Runs one of CPython's own test modules in this interpreter: stock, or on motorish's modules.

    python worker.py MODULE stock|thread|child|children DESCRIPTOR < TESTS
    python worker.py MODULE list

TESTS is a JSON list of test ids.  What happens is written to DESCRIPTOR, a JSON list for
each line: ``["start", test]``, then ``["end", test, outcome, seconds, details]``, at last ``["done"]``.
The process that has started us reads it, and ends us when a test takes too long.  *list* prints the ids.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import importlib.util
import json
import operator
import os
import pkgutil
import signal
import sys
import time
import unittest
import unittest.mock
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

RESOURCES = ("cpu", "walltime")  # but no network: the tests that want it talk to servers on the internet
SERVERS = ("asynchat", "asyncore", "smtpd", "socketserver", "http.server")
"""Modules that the tests have their servers from; some are in the package itself since Python 3.12."""
PROGRAM = Path(__file__).with_name("program.py")
STOCK, THREAD, CHILD, CHILDREN, LIST = "stock", "thread", "child", "children", "list"

clock = time.monotonic


class Reporter(unittest.TestResult):
    """
    Writes the outcome of each test as soon as it is known.

    Args:
        descriptor: where to.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._pid = os.getpid()
        self._worst = ""
        self._details = ""
        self._began = 0.0

    def say(self, *words: object) -> None:
        """
        Write one line; a process that a test has forked says nothing.
        """
        if os.getpid() == self._pid:
            os.write(self._descriptor, (json.dumps(words) + "\n").encode())

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._worst = self._details = ""
        self._began = clock()
        self.say("start", test.id())

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.say("end", test.id(), self._worst or "passed", round(clock() - self._began, 3), self._details)

    def _note(self, outcome: str, test: Any, details: str) -> None:
        if not isinstance(test, unittest.TestCase):  # what prepares a class or the module
            self.say("end", test.id(), outcome, 0.0, details)
        elif outcome == "failed" or not self._worst:
            self._worst = outcome
            self._details += details

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self._note("failed", test, self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._note("failed", test, self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        if err is not None:
            self._note("failed", test, self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._note("skipped", test, reason)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self._note("failed", test, "unexpected success")


def tests_of(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """
    Yield the tests of a suite and of those in it.
    """
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def load(module_name: str, where: str) -> unittest.TestSuite:
    """
    Import CPython's test module, with green imports unless *where* is stock.
    """
    import test.support

    if where != STOCK:
        _make_the_test_package_green()
        _make_programs_green(where)
    test.support.use_resources = list(RESOURCES)
    test.support.verbose = False
    module = importlib.import_module(f"test.{module_name}")
    if where != STOCK:
        _check_green(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    gc.freeze()  # many tests collect garbage again and again: not among what has just been imported
    return suite


def _make_the_test_package_green() -> None:
    import test

    from motorish.patcher import imports, make_green, patch_directory

    patch_directory(Path(test.__file__).parent)
    for name in SERVERS:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "test" or name in SERVERS:
            make_green(module)

    def resolve_name(name: str) -> Any:
        found = pkgutil.resolve_name(name)
        if isinstance(found, ModuleType):
            return imports.twin_or_same(found)
        module, _, path = name.partition(".")
        twin = imports.twin_of(module)
        return found if twin is None else operator.attrgetter(path)(twin)

    # So that mock.patch("selectors.EpollSelector") patches ours.
    vars(unittest.mock)["pkgutil"] = SimpleNamespace(resolve_name=resolve_name)


def _check_green(module: ModuleType) -> None:
    # Else we would test the stdlib.
    from motorish.patcher import imports

    for name, value in vars(module).items():
        if isinstance(value, ModuleType):
            assert imports.twin_or_same(value) is value, f"{module.__name__}.{name} is {value!r}"


def _make_programs_green(where: str) -> None:
    # Code that a test runs in an interpreter of its own is to be green there.
    from test.support import script_helper

    stock_run: Any = script_helper.run_python_until_end

    def run_green(*args: str, **options: Any) -> Any:
        if "-c" not in args:
            return stock_run(*args, **options)
        before = args.index("-c")
        code = args[before + 1]
        return stock_run(*args[:before], str(PROGRAM), where, code, *args[before + 2 :], **options)

    script_helper.run_python_until_end = run_green


def run(suite: unittest.TestSuite, wanted: list[str], reporter: Reporter) -> None:
    """
    Run the wanted tests of a suite.
    """
    names = frozenset(wanted)
    chosen = [test for test in tests_of(suite) if test.id() in names]
    unittest.TestSuite(chosen).run(reporter)
    reporter.say("done")


def main() -> None:
    """
    Do what the command line says.
    """
    module_name, where = sys.argv[1:3]
    if where == LIST:
        print("\n" + json.dumps([test.id() for test in tests_of(load(module_name, STOCK))]))
        return
    descriptor = int(sys.argv[3])
    wanted = json.load(sys.stdin)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    reporter = Reporter(descriptor)

    def work() -> None:
        run(load(module_name, where), wanted, reporter)

    if where == CHILDREN:
        _run_threads_as_children()
    if where in (CHILD, CHILDREN):
        _in_child(work)
    else:
        work()
    os._exit(0)  # threads that a test has left behind are nobody's business


def _run_threads_as_children() -> None:
    # What a test starts as a thread, from a child, is a child of the same loop.
    import _thread

    from motorish import adapter
    from motorish.hub import Scope, current_child, scope_of_context, spawn
    from motorish.patcher import imports

    def start_new_thread(function: Any, args: Any, kwargs: Any = None) -> int:
        if current_child() is None:
            return _thread.start_new_thread(function, args, kwargs or {})

        def body() -> None:
            try:
                function(*args, **(kwargs or {}))
            except SystemExit:  # ends a thread
                pass
            except BaseException as error:
                _say_unraisable(error, function)

        context, scope = Context(), Scope()
        context.run(scope_of_context.set, scope)
        spawn(body, context=context, later=True)
        return scope.ident

    vars(imports.twin_of("_thread")).update(start_new_thread=start_new_thread, start_new=start_new_thread)
    adapter.runs_green = lambda target: True


def _say_unraisable(error: BaseException, function: Any) -> None:
    # As the interpreter says what a bare thread has raised.
    text, about = "Exception ignored in thread started by", function
    if sys.version_info >= (3, 13):
        text, about = f"{text} {function!r}", None
    unraisable: Any = SimpleNamespace(
        exc_type=type(error),
        exc_value=error,
        exc_traceback=error.__traceback__,
        err_msg=text,
        object=about,
    )
    sys.unraisablehook(unraisable)


def _in_child(work: Callable[[], None]) -> None:
    from motorish.cli._child import run_in_child

    error = run_in_child(work)
    if error is not None:
        raise error


if __name__ == "__main__":
    main()
