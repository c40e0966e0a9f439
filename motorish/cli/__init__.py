"""
The command line, ``python -m motorish``: each command is a module with an ``add_parser`` function.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from motorish.cli import doctor, run, stubs

COMMANDS = (run, doctor, stubs)


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Carry out one command line.

    Args:
        arguments: without the program's name; those of the process by default.

    Raises:
        SystemExit: the command line is wrong, or the command ends with a status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m motorish",
        description="Synchronous network drivers on the asyncio loop.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    options = parser.parse_args(arguments)
    options.command(options)
