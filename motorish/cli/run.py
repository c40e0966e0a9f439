"""
``motorish run``: a synchronous program, from its first line to its last, inside one child greenlet.

The program is its process: ``sys.argv``, ``sys.path[0]``, ``__main__``, the exit status, the traceback
and Ctrl-C are as if Python itself had started it.
"""

from __future__ import annotations

import argparse
import io
import os
import runpy
import sys
import zipfile
from importlib.abc import InspectLoader
from importlib.machinery import PathFinder, SourceFileLoader
from itertools import pairwise
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

import motorish
from motorish.cli._child import run_in_child
from motorish.patcher import imports

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

USAGE = """python -m motorish run [--patch NAME]... SCRIPT [ARG ...]
       python -m motorish run [--patch NAME]... -m MODULE [ARG ...]"""

PYTEST_PLUGIN = "motorish.integrations.pytest_plugin"


def add_parser(commands: Parsers) -> None:
    """
    Declare the command and its options.
    """
    parser = commands.add_parser(
        "run",
        usage=USAGE,
        help="run a synchronous program in one child greenlet",
        description="Run a synchronous program in one child greenlet on a fresh event loop.",
        epilog="The program's own code is green as well: its sleep, locks and sockets park the child.",
    )
    parser.add_argument(
        "--patch",
        action="append",
        default=[],
        metavar="NAME",
        help="a package whose network I/O becomes green; may be given several times",
    )
    parser.add_argument("-m", dest="module", nargs=argparse.REMAINDER, metavar="...", help="a module to run")
    parser.add_argument("script", nargs=argparse.REMAINDER, metavar="...", help="a script to run")
    parser.set_defaults(command=run, error=parser.error)


def run(options: argparse.Namespace) -> None:
    """
    Run the program to its end and leave the process as it would.

    Raises:
        BaseException: what the program did not catch, SystemExit and KeyboardInterrupt included.
    """
    program = options.module or options.script
    if not program:
        options.error("which program? Give a script, or -m and a module")
    if not options.module and not os.path.exists(program[0]):
        options.error(f"can't open file {os.path.abspath(program[0])!r}: no such file")
    try:
        motorish.patch(*options.patch)
    except motorish.MotorishError as wrong:
        options.error(f"--patch: {wrong}")
    error = run_in_child(lambda: _run_module(program) if options.module else _run_script(program))
    if error is not None:
        _raise_as_the_programs_own(error)


def _run_script(program: list[str]) -> None:
    path = program[0]
    sys.argv = program
    is_file = os.path.isfile(path) and not zipfile.is_zipfile(path)
    if not sys.flags.safe_path or not is_file:
        sys.path[0] = os.path.dirname(os.path.realpath(path)) if is_file else os.path.abspath(path)
    # Not runpy.run_path(): it changes sys.argv[0], and forgets __main__ before atexit runs.
    main = ModuleType("__main__")
    main.__dict__.update(_green_globals())
    sys.modules["__main__"] = main
    exec(_file_code(main, path) if is_file else _directory_code(main, sys.path[0]), main.__dict__)


def _file_code(main: ModuleType, path: str) -> CodeType:
    path = main.__file__ = os.path.abspath(path)
    main.__loader__ = SourceFileLoader("__main__", path)
    with io.open_code(path) as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


def _directory_code(main: ModuleType, path: str) -> CodeType:
    spec = PathFinder.find_spec("__main__", [path])
    if spec is None or not isinstance(spec.loader, InspectLoader):
        sys.exit(f"{sys.executable}: can't find '__main__' module in {path!r}")
    main.__file__, main.__loader__, main.__spec__ = spec.origin, spec.loader, spec
    main.__package__ = ""
    code = spec.loader.get_code("__main__")
    assert code is not None
    return code


def _run_module(program: list[str]) -> None:
    if program[0] == "pytest":
        program[1:1] = ["-p", PYTEST_PLUGIN]
    sys.argv = program
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    runpy.run_module(program[0], _green_globals(), run_name="__main__", alter_sys=True)


def _green_globals() -> dict[str, Any]:
    return {"__builtins__": imports.green_builtins("__main__")}


def _raise_as_the_programs_own(error: BaseException) -> None:
    """
    Let Python end the process over the error, and show the traceback that the program would show.
    """
    own = _without_our_frames(error.__traceback__)
    show = sys.excepthook

    def show_own(kind: type[BaseException], value: BaseException, traceback: TracebackType | None) -> None:
        if value is error:
            value, traceback = value.with_traceback(own), own
        show(kind, value, traceback)

    sys.excepthook = show_own
    raise error


def _without_our_frames(traceback: TracebackType | None) -> TracebackType | None:
    """
    Leave out the frames that started the program, and those of the patcher's ``__import__``.
    """
    own: list[TracebackType] = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        starts = not own and (module == "runpy" or module.startswith("motorish.cli."))
        if not starts and not module.startswith("motorish.patcher"):
            own.append(traceback)
        traceback = traceback.tb_next
    for outer, inner in pairwise(own):
        outer.tb_next = inner
    if not own:
        return None
    own[-1].tb_next = None
    return own[0]
