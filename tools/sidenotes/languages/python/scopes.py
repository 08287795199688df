r"""
# Scopes

One walk over the syntax tree of a module, which knows in which scope each name is bound and used.
A function does not see the names of the class around it; decorators, defaults and annotations are
evaluated outside of what they belong to.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom


class Scope:
    """A module, a class, a function, or the type parameters of one of them."""

    def __init__(self, outer: Scope | None = None, owner: str = "", bound: Iterable[str] = ()):
        # Where a name is looked up that is not bound here.
        self.outer = outer
        # The class at the top of the module whose methods the functions in here are.
        self.owner = owner
        self.bound = Counter(bound)
        # Of a module: what is bound otherwise than by a definition or an import.
        self.assigned: set[str] = set()
        # Of a class: where its functions look names up, which do not see those of the class.
        self.around: Scope | None = None
        # Of a method: its first parameter, unless the body binds that name to something else.
        self.first = ""

    def hides(self, name: str) -> bool:
        """Whether the name may mean something else in here than in the module."""
        scope = self
        while scope.outer is not None:
            if name in scope.bound:
                return True
            scope = scope.outer
        return name in scope.assigned

    def instance(self) -> str:
        """What a method calls the instance or the class that it is called on."""
        if self.first or self.outer is None:
            return self.first
        name = self.outer.instance()
        return "" if name in self.bound else name


class Walk:
    """
    Visits each node of a tree once, with its scope. A method for a kind of node returns the nodes
    below it that are visited next, in the same scope: an expression may be nested deeper than calls
    may go.
    """

    def __init__(self) -> None:
        self.loads: list[tuple[ast.Name | ast.Attribute, Scope]] = []
        self.bindings: Counter[str] = Counter()
        self.imports: list[Import] = []
        # The class at the top of the module that the walk is in.
        self.inside = ""

    def each(self, nodes: Iterable[ast.AST], scope: Scope) -> None:
        stack = [*nodes]
        stack.reverse()
        while stack:
            node = stack.pop()
            visit = _VISIT.get(node.__class__)
            below = visit(self, node, scope) if visit else _children(node)
            if below:
                stack += reversed(below)

    def name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((node, scope))
        else:
            self.assign(node.id, scope)

    def assign(self, name: str | None, scope: Scope) -> None:
        if name:
            scope.bound[name] += 1
            scope.assigned.add(name)

    def attribute(self, node: ast.Attribute, scope: Scope) -> list[ast.AST]:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((node, scope))
        elif isinstance(node.value, ast.Name):
            # Then it is no longer the method of that name.
            self.bindings[f"{node.value.id}.{node.attr}"] += 1
            if self.inside:
                self.bindings[f"{self.inside}.{node.attr}"] += 1
        return [node.value]

    def import_(self, node: Import, scope: Scope) -> None:
        self.imports.append(node)
        found = [(item.asname or item.name).partition(".")[0] for item in node.names]
        scope.bound.update(found)
        # `origins` cannot tell an import in a function from one of the module: counted twice, it
        # is never certain.
        if scope.outer is not None and scope.around is None:
            self.bindings.update(2 * found)

    def global_(self, node: ast.Global, scope: Scope) -> None:
        self.bindings.update(node.names)

    def handler(self, node: ast.AST, scope: Scope) -> list[ast.AST]:
        """`except … as name`, and the captures of a pattern."""
        self.assign(getattr(node, "name", None) or getattr(node, "rest", None), scope)
        return _children(node)

    def formatted(self, node: ast.JoinedStr, scope: Scope) -> None:
        """Before Python 3.12 what stands in an f-string has no columns of its own: no uses."""
        known = len(self.loads)
        self.each(_children(node), scope)
        del self.loads[known:]

    def lambda_(self, node: ast.Lambda, scope: Scope) -> None:
        # The defaults of its parameters are evaluated outside.
        self.each([node.args], scope)
        inside = Scope(scope.around or scope, scope.owner, _parameters(node))
        self.each([node.body], inside)

    def function(self, node: Function, scope: Scope) -> None:
        if not _completes_property(node):
            scope.bound[node.name] += 1
        # Decorators, defaults and annotations are evaluated outside; only the body sees the
        # parameters.
        outside = Scope(scope, scope.owner, _types(node))
        annotation = [node.returns] if node.returns else []
        self.each([*node.decorator_list, node.args, *annotation], outside)
        inside = Scope(scope.around or scope, scope.owner, _types(node))
        self.each(node.body, inside)
        first = [*node.args.posonlyargs, *node.args.args][:1]
        if scope.around and first and first[0].arg not in inside.bound and not _is_static(node):
            inside.first = first[0].arg
        inside.bound.update(_parameters(node))

    def class_(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.bound[node.name] += 1
        outside = Scope(scope, scope.owner, _types(node))
        self.each([*node.decorator_list, *node.bases, *node.keywords], outside)
        # The `self` of a class within a class or a function leads nowhere.
        top = scope.outer is None
        inside = Scope(outside, node.name if top else "")
        inside.around = Scope(scope.around or scope, inside.owner, _types(node))
        self.inside = node.name if top else self.inside
        self.each(node.body, inside)
        if top:
            self.inside = ""
            self.bindings.update({f"{node.name}.{name}": n for name, n in inside.bound.items()})


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


# The fields in which names may stand: operators, for one, are nodes without any.
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in ("ctx", "op", "ops"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


_VISIT: dict[type[ast.AST], Callable[[Walk, Any, Scope], list[ast.AST] | None]] = {
    ast.Name: Walk.name,
    ast.Attribute: Walk.attribute,
    ast.Import: Walk.import_,
    ast.ImportFrom: Walk.import_,
    ast.Global: Walk.global_,
    ast.ExceptHandler: Walk.handler,
    ast.MatchAs: Walk.handler,
    ast.MatchStar: Walk.handler,
    ast.MatchMapping: Walk.handler,
    ast.JoinedStr: Walk.formatted,
    ast.Lambda: Walk.lambda_,
    ast.FunctionDef: Walk.function,
    ast.AsyncFunctionDef: Walk.function,
    ast.ClassDef: Walk.class_,
    ast.Constant: lambda walk, node, scope: None,
}


def _parameters(node: Function | ast.Lambda) -> Iterator[str]:
    args = node.args
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if each:
            yield each.arg


def _types(node: Function | ast.ClassDef) -> Iterator[str]:
    """`T` of `def first[T](…)`."""
    return (parameter.name for parameter in getattr(node, "type_params", ()))


def _is_static(node: Function) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)


def _completes_property(node: Function) -> bool:
    completing = {"getter", "setter", "deleter"}
    return any(
        isinstance(d, ast.Attribute) and d.attr in completing and dotted(d.value) == node.name
        for d in node.decorator_list
    )


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is written so, else an empty string."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
