"""
Signatures in a stub file: with and without ``callback=``, and how they are laid out.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from inspect import Parameter

from motorish.proxy.stubs.names import LINE_LENGTH
from motorish.proxy.stubs.translator import Translator

_STARS: dict[object, str] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}


@dataclass(frozen=True)
class Signature:
    """
    One signature of a method.

    Attributes:
        parameters: without ``self``; annotation and default are source text.
        returns: source text.
        is_async: whether it is of a coroutine function.
        decorator: ``"property"``, ``"classmethod"`` or none.
    """

    parameters: tuple[Parameter, ...]
    returns: str
    is_async: bool = False
    decorator: str = ""

    def lines(self, name: str, overloaded: bool, summary: str = "") -> list[str]:
        """
        The statement, indented for a class body, in as many lines as a formatter would give it.

        Args:
            name: the method's or property's.
            overloaded: whether it is one of several.
            summary: its docstring, one paragraph, or none.
        """
        prefix = "    async def" if self.is_async else "    def"
        shown = ["cls" if self.decorator == "classmethod" else "self", *_shown(self.parameters)]
        decorators = ["overload"] * overloaded + [self.decorator] * bool(self.decorator)
        head = [f"    @{decorator}" for decorator in decorators]
        docstring = docstring_lines(summary, "        ")
        colon = ":" if docstring else ": ..."
        whole = f"{prefix} {name}({', '.join(shown)}) -> {self.returns}{colon}"
        if len(whole) <= LINE_LENGTH:
            return [*head, whole, *docstring]
        inner = f"        {', '.join(shown)}"
        body = [inner] if len(inner) <= LINE_LENGTH else [_on_its_own(one) for one in shown]
        return [*head, f"{prefix} {name}(", *body, f"    ) -> {self.returns}{colon}", *docstring]


def docstring_lines(summary: str, indent: str) -> list[str]:
    """
    A docstring of one paragraph, in as many lines as it takes; none for the empty one.
    """
    if not summary:
        return []
    quoted = f'{indent}"""{summary}"""'
    if len(quoted) <= LINE_LENGTH:
        return [quoted]
    wrapped = textwrap.wrap(summary, LINE_LENGTH - (len(quoted) - len(summary)))  # so in two lines at least
    return [f'{indent}"""{wrapped[0]}', *(indent + line for line in wrapped[1:]), f'{indent}"""']


def summary_of(documented: object) -> str:
    """
    The first paragraph of a docstring, on one line, without what the signature shows.
    """
    text = inspect.cleandoc(getattr(documented, "__doc__", None) or "")
    summary = " ".join(text.partition("\n\n")[0].split())
    return re.sub(r" *(Coroutine[.;]|Also accepts callback=\.|Returns the cursor itself\.)", "", summary)


def parameters_of(arguments: ast.arguments, translator: Translator) -> tuple[Parameter, ...]:
    """
    The parameters of a function in the names of the stub, without the first one (``self``).
    """
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    made = [
        _parameter(
            argument,
            Parameter.POSITIONAL_ONLY
            if index < len(arguments.posonlyargs)
            else Parameter.POSITIONAL_OR_KEYWORD,
            default,
            translator,
        )
        for index, (argument, default) in enumerate(zip(positional, defaults, strict=True))
    ]
    if arguments.vararg:
        made.append(_parameter(arguments.vararg, Parameter.VAR_POSITIONAL, None, translator))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        made.append(_parameter(argument, Parameter.KEYWORD_ONLY, default, translator))
    if arguments.kwarg:
        made.append(_parameter(arguments.kwarg, Parameter.VAR_KEYWORD, None, translator))
    return tuple(made[1:])


def with_callback(signature: Signature, result: str, callable_: str) -> list[Signature]:
    """
    The overloads of a method that takes ``callback=``: those with one return None.

    The parameter is where *signature* has one of that name; otherwise it is made, by keyword only.

    Args:
        result: what the callback is called with.
        callable_: how `collections.abc.Callable` is called in the stub.
    """
    optional = result if re.search(r"(^|\| )None$", result) else f"{result} | None"
    taken = f"{callable_}[[{optional}, BaseException | None], object]"
    before = [parameter for parameter in signature.parameters if parameter.name != "callback"]
    own = next((parameter for parameter in signature.parameters if parameter.name == "callback"), None)
    keyword = Parameter("callback", Parameter.KEYWORD_ONLY, annotation=taken)
    made = []
    if own is None or own.kind is Parameter.KEYWORD_ONLY or any(_has_default(one) for one in before):
        made.append(replace(signature, parameters=_inserted(before, keyword), returns="None"))
    if own is not None and own.kind is not Parameter.KEYWORD_ONLY:
        required = [parameter.replace(default=Parameter.empty) for parameter in before]
        positional = keyword.replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
        made.append(replace(signature, parameters=(*required, positional), returns="None"))
    none = (own or keyword).replace(annotation="None", default="None")
    return [*made, replace(signature, parameters=_inserted(before, none))]


def _inserted(parameters: Sequence[Parameter], parameter: Parameter) -> tuple[Parameter, ...]:
    return tuple(sorted([*parameters, parameter], key=lambda one: one.kind))


def _has_default(parameter: Parameter) -> bool:
    return parameter.default is not Parameter.empty


def _parameter(
    argument: ast.arg, kind: object, default: ast.expr | None, translator: Translator
) -> Parameter:
    text = translator.text(argument.annotation)
    shown = Parameter.empty if default is None else _default(default)
    return Parameter(argument.arg, kind, annotation=text, default=shown)  # type: ignore[arg-type]


def _default(node: ast.expr) -> str:
    simple = isinstance(node, ast.Constant) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    )
    return ast.unparse(node).replace("'", '"') if simple else "..."


def _on_its_own(parameter: str) -> str:
    line = f"        {parameter},"
    if len(line) <= LINE_LENGTH or not parameter.endswith("]"):
        return line
    head, _, inner = parameter[:-1].partition("[")
    return f"        {head}[\n            {inner}\n        ],"


def _shown(parameters: Sequence[Parameter]) -> list[str]:
    shown: list[str] = []
    kinds = [parameter.kind for parameter in parameters]
    for index, parameter in enumerate(parameters):
        if parameter.kind is Parameter.KEYWORD_ONLY and not {
            Parameter.KEYWORD_ONLY,
            Parameter.VAR_POSITIONAL,
        } & set(kinds[:index]):
            shown.append("*")
        stars = _STARS.get(parameter.kind, "")
        default = f" = {parameter.default}" if _has_default(parameter) else ""
        shown.append(f"{stars}{parameter.name}: {parameter.annotation}{default}")
        if (
            parameter.kind is Parameter.POSITIONAL_ONLY
            and Parameter.POSITIONAL_ONLY not in kinds[index + 1 :]
        ):
            shown.append("/")
    return shown
