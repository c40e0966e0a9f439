"""
The names in a stub file: what it defines and what it imports.
"""

from __future__ import annotations

import collections.abc
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

LINE_LENGTH = 110


@dataclass(frozen=True)
class Meaning:
    """
    What a class is in the stub: a name there, with a type parameter or without.
    """

    name: str
    parameter: str | None = None

    def given(self, argument: str) -> str:
        """
        The class with *argument* for its parameter, if it has one.
        """
        return f"{self.name}[{argument}]" if self.parameter else self.name


@dataclass
class Names:
    """
    The names of one stub file.

    Attributes:
        defined: what it defines itself, which no import may be called.
        imports: by local name, the module and the name there, or None for the module itself.
    """

    defined: set[str]
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def imported(self, module: str, name: str | None, local: str) -> str:
        """
        Import something, unless it is imported already.

        Returns:
            What it is called here: *local*, or a variation if that is something else.
        """
        if module == "typing" and name in collections.abc.__all__:
            module = "collections.abc"
        while local in self.defined or self.imports.get(local, (module, name)) != (module, name):
            local += "_"
        self.imports[local] = (module, name)
        return local

    def lines(self, text: str) -> list[str]:
        """
        The import statements of what *text* uses, sorted as linters want them.
        """
        used = set(re.findall(r"\w+", text))
        plain, by_module, renamed = [], dict[str, list[str]](), []
        for local, (module, name) in self.imports.items():
            if local not in used:
                continue
            if name is None:
                plain.append(f"import {module}" if local == module else f"import {module} as {local}")
            elif name == local:
                by_module.setdefault(module, []).append(name)
            else:
                renamed.append(f"from {module} import {name} as {local}")
        whole = [_import(module, sorted(names)) for module, names in by_module.items()]
        froms = sorted([*whole, *renamed], key=lambda line: (line.split()[1], " as " in line))
        groups: list[list[str]] = [[], [], []]
        for line in [*sorted(plain), *froms]:
            root = line.split()[1].partition(".")[0]
            standard, own = root in sys.stdlib_module_names, root == __name__.partition(".")[0]
            groups[0 if standard else 2 if own else 1].append(line)
        return "\n\n".join("\n".join(group) for group in groups if group).split("\n")


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
