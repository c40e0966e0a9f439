"""
A function or method of a driver's, as a wrapped one: it gives a future, or takes a callback.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from motorish.proxy.stubs.packages.sources import Types, decorators_of, is_overload
from motorish.proxy.stubs.packages.translator import Translator, Where, is_awaitable
from motorish.proxy.stubs.translator import parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef

_CONTEXT_MANAGER = "contextmanager"


class Functions:
    """
    Renders functions that stand in one module.

    Args:
        translator: of the stub.
        types: of the module in which the functions stand.
    """

    def __init__(self, translator: Translator, types: Types) -> None:
        self.translator, self.types = translator, types

    def started(self, nodes: list[Function], *, bound: bool) -> Iterator[str]:
        """
        A function whose calls start in a child: with ``callback=``, and with a future.

        Args:
            nodes: its overloads, or itself.
            bound: whether the first parameter is the object, or the class.
        """
        future = self.translator.imported("motorish.proxy.wrapped_call", "WrappedFuture")
        yield from self._overloads(nodes, bound, lambda result: ast.Subscript(future, result))

    def at_once(self, nodes: list[Function], *, bound: bool) -> Iterator[str]:
        """
        One that is called directly, but takes a callback as well.
        """
        yield from self._overloads(nodes, bound, lambda result: result)

    def plain(
        self,
        node: Function,
        *,
        bound: bool,
        name: str | None = None,
        result: str = "",
        is_async: bool = False,
    ) -> str:
        """
        One without a callback.

        Args:
            name: another one than its own.
            result: another type than its own.
            is_async: whether it is a coroutine function.
        """
        made: Function = self._signature(node, bound)
        if is_async:
            made = ast.AsyncFunctionDef(
                name=made.name, args=made.args, body=[], decorator_list=[], returns=made.returns
            )
        made.name = name or made.name
        made.returns = parsed(result) if result else made.returns
        made.decorator_list = [parsed(one) for one in self._decorators(node)]
        return shown(made)

    def as_it_is(self, node: Function) -> str:
        """
        A coroutine function, which is not wrapped.
        """
        made = copy.deepcopy(node)
        for argument in _arguments_of(made):
            argument.annotation = self.translator.said(argument.annotation, self.types, Where.INSIDE)
        made.returns = self.translator.said(node.returns, self.types, Where.INSIDE)
        made.decorator_list = [parsed(one) for one in self._decorators(node)]
        return shown(made)

    def constructor(self, node: Function) -> str:
        """
        ``__init__`` or ``__new__``.
        """
        made = self._signature(node, bound=True)
        if node.name == "__init__":
            made.returns = ast.Constant(None)
        if not _has_callback(made):
            taken = f"{self._callable()}[[Self | None, BaseException | None], object] | None"
            self.translator.imported("typing", "Self")
            _add_keyword(made, "callback", taken, "None")
        made.decorator_list = [parsed(one) for one in self._decorators(node)]
        return shown(made)

    def _overloads(
        self, nodes: list[Function], bound: bool, given: Callable[[ast.expr], ast.expr]
    ) -> Iterator[str]:
        made: list[Function] = []
        for node in nodes:
            signature = self._signature(node, bound)
            result = signature.returns
            assert result is not None
            future = copy.deepcopy(signature)
            future.returns = given(result)
            if _has_callback(signature):  # the driver's own
                made.append(future)
                continue
            optional = self.translator.union([result, ast.Constant(None)])
            taken = f"{self._callable()}[[{ast.unparse(optional)}, BaseException | None], object]"
            called = copy.deepcopy(signature)
            called.returns = ast.Constant(None)
            _add_keyword(called, "callback", taken, None)
            _add_keyword(future, "callback", "None", "None")
            made += [called, future]
        for one in made:
            decorators = self._decorators(nodes[0])
            if len(made) > 1:
                self.translator.imported("typing", "overload")
                decorators = ["overload", *(name for name in decorators if name != "overload")]
            one.decorator_list = [parsed(name) for name in decorators]
            yield shown(one)

    def _callable(self) -> str:
        return ast.unparse(self.translator.imported("collections.abc", "Callable"))

    def _decorators(self, node: Function) -> list[str]:
        # Of those that stubs have.
        kept = []
        for name in decorators_of(node):
            if name == "overload":
                self.translator.imported("typing", "overload")
            if name in ("overload", "staticmethod", "classmethod", "property"):
                kept.append(name)
            elif name.endswith("property"):
                kept.append("property")
            elif name in ("setter", "deleter"):
                kept.append(f"{node.name}.{name}")
        return kept

    def _signature(self, node: Function, bound: bool) -> ast.FunctionDef:
        arguments = copy.deepcopy(node.args)
        made = ast.FunctionDef(name=node.name, args=arguments, body=[], decorator_list=[], returns=None)
        decorators = decorators_of(node)
        own = bound and "staticmethod" not in decorators
        for number, argument in enumerate(_arguments_of(made)):
            if own and number == 0:
                if argument.annotation is not None:
                    argument.annotation = self._self(argument.annotation)
            else:
                argument.annotation = self._said(argument.annotation, Where.TAKEN)
        arguments.defaults = [_default(one) for one in arguments.defaults]
        arguments.kw_defaults = [one and _default(one) for one in arguments.kw_defaults]
        made.returns = self._result(node, own, _CONTEXT_MANAGER in decorators)
        return made

    def _result(self, node: Function, own: bool, is_context_manager: bool) -> ast.expr:
        if node.returns is None and own and _returns_self(node):
            return self.translator.imported("typing", "Self")
        result = self._said(node.returns, Where.GIVEN)
        if not is_context_manager:
            return result
        manager = self.translator.imported("contextlib", "AbstractAsyncContextManager")
        value = self.translator.any()
        if isinstance(result, ast.Subscript):
            value = result.slice.elts[0] if isinstance(result.slice, ast.Tuple) else result.slice
        return ast.Subscript(manager, value)

    def _self(self, node: ast.expr) -> ast.expr | None:
        # What a method says of its object: which of several classes it is.  Protocols say other things.
        said = self._said(node, Where.GIVEN)
        first = said.value if isinstance(said, ast.Subscript) else said
        if ast.unparse(first) in self.translator.variables:
            return said
        cls = self.translator.wrapped_class(node, self.types)
        return None if cls is None or getattr(cls, "_is_protocol", False) else said

    def _said(self, node: ast.expr | None, where: Where) -> ast.expr:
        return self.translator.said(node, self.types, where)


def inspected(name: str, function: Any, *, bound: bool) -> Function:
    """
    The definition of a function that has none which can be read: its parameters, if it can say them.
    """
    first = "self, " if bound else ""
    text = f"def {name}({first}*args, **kwargs): ..."
    try:
        signature = inspect.signature(function)
        bare = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
        named = [one if one.default is one.empty else one.replace(default=None) for one in bare]
        found = f"def {name}{signature.replace(parameters=named, return_annotation=signature.empty)}: ..."
        ast.parse(found)
        text = found
    except (TypeError, ValueError, SyntaxError):
        pass
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef)
    for argument in (*made.args.defaults, *filter(None, made.args.kw_defaults)):
        assert isinstance(argument, ast.Constant)
        argument.value = ...  # nobody knows how it is written
    return made


def shown(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """
    The statement of a function without its body.
    """
    node.body = [ast.Expr(ast.Constant(...))]
    return ast.unparse(ast.fix_missing_locations(node)).replace(":\n    ...", ": ...")


def overloads(nodes: list[ast.stmt]) -> list[Function]:
    """
    The signatures of a function: its overloads, or the last definition.
    """
    functions = [one for one in nodes if isinstance(one, Function)]
    several = [one for one in functions if is_overload(one)]
    if several:  # some share their methods with asynchronous classes
        return [one for one in several if not is_awaitable(one.returns)] or several
    return functions[-1:]


def _arguments_of(node: Function) -> list[ast.arg]:
    arguments = node.args
    rest = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def _has_callback(node: Function) -> bool:
    return any(one.arg == "callback" for one in _arguments_of(node))


def _add_keyword(node: Function, name: str, annotation: str, default: str | None) -> None:
    node.args.kwonlyargs.append(ast.arg(name, parsed(annotation)))
    node.args.kw_defaults.append(parsed(default) if default else None)


def _default(node: ast.expr) -> ast.expr:
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    return node if isinstance(value, ast.Constant) else ast.Constant(...)


def _returns_self(node: Function) -> bool:
    # Without an annotation, what else could be known?
    returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
    return bool(returned) and all(isinstance(one, ast.Name) and one.id == "self" for one in returned)
