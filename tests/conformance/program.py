"""
Runs code on motorish's modules, as ``python -c`` would run it on the stdlib's.

    python program.py thread|child|children CODE [ARG ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

sys.path[0] = str(Path(__file__).parents[2])


def main() -> None:
    """
    Run the code of the command line as the main module.
    """
    from motorish.cli._child import run_in_child
    from motorish.patcher import imports

    _, where, code, *arguments = sys.argv
    sys.argv[:] = ["-c", *arguments]
    module = ModuleType("__main__")
    vars(module)["__builtins__"] = imports.green_builtins("__main__")
    sys.modules["__main__"] = module
    compiled = compile(code, "<string>", "exec", dont_inherit=True)
    if where == "thread":
        exec(compiled, vars(module))
        return
    error = run_in_child(lambda: exec(compiled, vars(module)))
    if error is not None:
        raise error


main()
