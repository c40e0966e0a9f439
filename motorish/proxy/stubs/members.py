"""
The signatures of a proxy's methods and properties, from their source and the driver's.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_overloads

from motorish.calls import has_callback_parameter
from motorish.proxy.declarations import AsyncMethod, ChainingMethod, ReadOnlyProperty
from motorish.proxy.namespace import NamespaceProxy
from motorish.proxy.stubs.hints import Hints
from motorish.proxy.stubs.names import Names
from motorish.proxy.stubs.signatures import Signature, parameters_of, with_callback
from motorish.proxy.stubs.source import Definition, Source, definition, source
from motorish.proxy.stubs.translator import Translator, parsed, says_any

_COUNTERPARTS = {"__anext__": "__next__"}
_ANYTHING = ast.parse("def anything(self, *args, **kwargs): ...").body[0]


@dataclass
class Members:
    """
    The members of one class.

    Attributes:
        ours: makes the translator of annotations in the proxies' source.
        theirs: makes that of annotations in the driver's.
        hinted: translates hints.
    """

    cls: type[Any]
    hints: Hints
    names: Names
    ours: Callable[[Source], Translator]
    theirs: Callable[[Source], Translator]
    hinted: Translator

    def signatures(self, name: str) -> list[Signature]:
        """
        The overloads of a method, or the one signature of a property; none if it only raises an error.
        """
        if name in getattr(self.cls, "__declarations__", {}):
            made = self._declared(name)
        elif name == "__getattr__" and issubclass(self.cls, NamespaceProxy):
            made = self._by_hand("__getitem__")
        elif name == "__exit__" and not self.signatures("__enter__"):
            made = []
        else:
            made = self._by_hand(name)
        return [typed for one in made if one.returns != "NoReturn" for typed in self._typed(name, one)]

    def _typed(self, name: str, signature: Signature) -> list[Signature]:
        # With what the hints say about its parameters.
        keys = {one.name: f"{name}.{one.name}" for one in signature.parameters}
        hints = {one: self._hint(self.hints.types, key) or () for one, key in keys.items()}
        made = []
        for index in range(max(1, *map(len, hints.values())) if hints else 1):
            parameters = [
                one.replace(annotation=self.hinted.text(parsed(hints[one.name][index])))
                if hints[one.name]
                else one
                for one in signature.parameters
            ]
            made.append(replace(signature, parameters=tuple(parameters)))
        return made

    def _hint(self, hints: Mapping[str, Any], name: str) -> Any:
        keys = [f"{cls.__name__}.{name}" for cls in self.cls.__mro__]
        return next((hints[key] for key in keys if key in hints), None)

    def _type(self, hints: Mapping[str, str], name: str) -> str | None:
        text = self._hint(hints, name)
        return None if text is None else self.hinted.text(parsed(text))

    # What is declared: the types are the delegate's.

    def _declared(self, name: str) -> list[Signature]:
        declaration: Any = self.cls.__declarations__[name]
        attribute = declaration.attr_name or name
        delegate: Any = self.cls.__delegate_class__
        if isinstance(declaration, ReadOnlyProperty):
            hinted = self._type(self.hints.results, name)
            type_ = hinted or self._type_of_attribute(delegate, attribute)
            return [Signature((), type_, decorator="property")]
        method = getattr(delegate, attribute)
        signatures = self._of_delegate(method, name)
        if isinstance(declaration, AsyncMethod):
            callback = not has_callback_parameter(method)
            return [made for one in signatures for made in self._started(one, name, callback)]
        if isinstance(declaration, ChainingMethod) and signatures[0].returns != "NoReturn":
            itself = self.names.imported("typing", "Self", "Self")
            return [replace(one, returns=itself) for one in signatures]
        return signatures

    def _of_delegate(self, method: Any, name: str) -> list[Signature]:
        overloads = [definition(one) for one in get_overloads(inspect.unwrap(method)) or [method]]
        found = list(filter(None, overloads)) or [Definition(_ANYTHING, source(__name__))]  # type: ignore[arg-type]
        given = definition(self._hint(self.hints.arguments, name))
        signatures = []
        for node, module in found:
            translator = self.theirs(module)
            parameters = parameters_of(node.args, translator)
            if given is not None:
                parameters = parameters_of(given.node.args, self.theirs(given.module))[1:]
            signatures.append(Signature(parameters, translator.text(node.returns)))
        return signatures

    def _type_of_attribute(self, delegate: type[Any], attribute: str) -> str:
        for cls in delegate.__mro__:
            annotation = vars(cls).get("__annotations__", {}).get(attribute)
            if isinstance(annotation, str):
                return self.theirs(source(cls.__module__)).text(parsed(annotation))
        value = inspect.getattr_static(delegate, attribute, None)
        found = definition(value.fget) if isinstance(value, property) else None
        if found is not None:
            return self.theirs(found.module).text(found.node.returns)
        if isinstance(value, str | int | float | bytes):
            return type(value).__name__
        return self.names.imported("typing", "Any", "Any")

    # What is written by hand.

    def _by_hand(self, name: str) -> list[Signature]:
        member = inspect.getattr_static(self.cls, name)
        kind = type(member).__name__ if isinstance(member, property | classmethod) else ""
        found = definition(
            member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        )
        if found is None:
            return []
        node, module = found
        ours = self.ours(module)
        started = isinstance(node.returns, ast.Subscript) and ast.unparse(node.returns.value) == "CallFuture"
        returns = node.returns.slice if started else node.returns  # type: ignore[union-attr]
        result = self._type(self.hints.results, name) or self._result(name, returns, ours)
        parameters = self._parameters(name, node, ours)
        signature = Signature(parameters, result, isinstance(node, ast.AsyncFunctionDef), kind)
        callback = any(
            one.annotation is not None and ast.unparse(one.annotation) == "Callback | None"
            for one in (*node.args.args, *node.args.kwonlyargs)
        )
        if started:
            return self._started(signature, name, callback)
        return self._called_back(signature, result) if callback and not self._lazy(name) else [signature]

    def _counterpart(self, name: str) -> Definition | None:
        # The delegate's method or property of the same name.
        delegate = getattr(self.cls, "__delegate_class__", None)
        value = inspect.getattr_static(delegate, _COUNTERPARTS.get(name, name), None)
        function = value.fget if isinstance(value, property) else value
        return definition(function) if inspect.isfunction(function) else None

    def _result(self, name: str, returns: ast.expr | None, ours: Translator) -> str:
        counterpart = self._counterpart(name)
        if counterpart is None or counterpart.node.returns is None:
            return ours.text(returns)
        their_returns, theirs = counterpart.node.returns, self.theirs(counterpart.module)
        if says_any(returns) or ast.unparse(their_returns) == "NoReturn":
            return theirs.text(their_returns)
        known = ours.translated(returns)
        if known is not None and isinstance(their_returns, ast.Subscript):
            return known.given(theirs.text(their_returns.slice))
        return ours.text(returns)

    def _parameters(self, name: str, node: Any, ours: Translator) -> tuple[inspect.Parameter, ...]:
        parameters = parameters_of(node.args, ours)
        if self._lazy(name):
            parameters = tuple(one for one in parameters if one.name != "callback")
        known: dict[str, str] = {}
        method = getattr(getattr(self.cls, "__delegate_class__", None), name, None)
        if self._counterpart(name) is not None and inspect.isfunction(method) and name != "__init__":
            theirs = self._of_delegate(method, name)[0].parameters
            if node.args.vararg is not None and says_any(node.args.vararg.annotation):
                callback = [one for one in parameters if one.name == "callback"]
                return tuple(sorted([*theirs, *callback], key=lambda one: one.kind))
            known = {one.name: one.annotation for one in theirs}
        made = []
        for one in parameters:
            if one.name.startswith("_") and one.default is not one.empty:
                continue  # our own
            theirs_ = known.get(one.name, "")
            same_class = theirs_.partition("[")[0] == one.annotation.partition("[")[0]
            taken = theirs_ and (same_class or "Any" in one.annotation)
            made.append(one.replace(annotation=theirs_) if taken else one)
        return tuple(made)

    # What is common to both.

    def _lazy(self, name: str) -> bool:
        # Whether the class has another shape of a method than its source says.
        member = inspect.getattr_static(self.cls, name)
        return hasattr(member, "__wrapped__") and bool(getattr(self.cls, "_lazy", False))

    def _started(self, signature: Signature, name: str, callback: bool) -> list[Signature]:
        # Of a method that starts a call: what it returns depends on how it is used.
        if self._lazy(name):
            return [replace(signature, is_async=True)]
        future = self.names.imported("motorish.hub", "CallFuture", "CallFuture")
        started = replace(signature, returns=f"{future}[{signature.returns}]")
        return self._called_back(started, signature.returns) if callback else [started]

    def _called_back(self, signature: Signature, result: str) -> list[Signature]:
        return with_callback(
            signature, result, self.names.imported("collections.abc", "Callable", "Callable")
        )
