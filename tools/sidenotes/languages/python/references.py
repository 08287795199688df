r"""
# The names that a file uses

Walks the syntax tree and yields each use of a name that may mean a definition at the top of this
module, an import, or a method of the class around it. Scope decides: what a function binds
itself, as a parameter or by assignment, is its own affair and is left out, even where it hides a
definition of the same name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from .bindings import Function, names, own


class Reference(NamedTuple):
    """
    A dotted name in use, and where it ends (in `ast`'s columns).

    `owner` is the class if the name follows `self.`, `cls.` or `super().`, else empty.
    """

    line: int
    end: int
    name: str
    owner: str = ""
    inherited: bool = False


def references(tree: ast.Module) -> Iterator[Reference]:
    """All uses in a module, in no particular order."""
    # A name that the module both defines and assigns to is not certain either.
    stored = {n.id for n in own(tree.body) if isinstance(n, ast.Name) and _binds(n)}
    stored |= {name for n in own(tree.body) if isinstance(n, _OTHER) for name in names([n])}
    yield from _walk(tree, _Scope(frozenset(stored)))


_OTHER = ast.ExceptHandler | ast.pattern


class _Scope(NamedTuple):
    """
    The names bound between the module and here; the class; the name of the method's first
    parameter.
    """

    bound: frozenset[str]
    owner: str = ""
    me: str = ""
    # In the body of a class: what the functions in it see. They do not see the class's own names.
    within: frozenset[str] | None = None
    # A class that is not at the top of the module has no anchor.
    top: bool = True

    def inner(self, function: Function | ast.Lambda) -> _Scope:
        bound = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        if not isinstance(function, ast.Lambda):
            bound |= {*names(function.body), *_parameters(function)}
        outer = self.bound if self.within is None else self.within
        # `self` stays known in a function within a method, unless that one has a `self` of its own.
        me = "" if self.me in bound else self.me
        return _Scope(outer | bound, self.owner, me, top=False)

    def method(self, function: Function) -> _Scope:
        static = any(
            isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list
        )
        first = [*function.args.posonlyargs, *function.args.args][:1]
        known = first and not static and first[0].arg not in set(names(function.body))
        return self.inner(function)._replace(me=first[0].arg if known else "")


def _walk(node: ast.AST, scope: _Scope) -> Iterator[Reference]:
    if isinstance(node, ast.Name | ast.Attribute):
        use = _use(node, scope)
        if use:
            yield use
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            continue
        if isinstance(child, Function):
            yield from _function(child, scope)
        elif isinstance(child, ast.Lambda):
            # The defaults of its parameters are evaluated outside.
            yield from _walk(child.args, scope)
            yield from _walk(ast.Expression(child.body), scope.inner(child))
        elif isinstance(child, ast.ClassDef):
            yield from _class(child, scope)
        else:
            yield from _walk(child, scope)


def _function(node: Function, scope: _Scope) -> Iterator[Reference]:
    # Decorators, defaults and annotations are evaluated outside, in a class with the class's own
    # names; only the body sees the parameters.
    outer = scope._replace(bound=scope.bound | set(_parameters(node)))
    for part in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
        yield from _walk(ast.Expression(part) if isinstance(part, ast.expr) else part, outer)
    inside = scope.inner(node) if scope.within is None else scope.method(node)
    yield from _walk(ast.Module(node.body, []), inside)


def _class(node: ast.ClassDef, scope: _Scope) -> Iterator[Reference]:
    outer = scope._replace(bound=scope.bound | set(_parameters(node)))
    for part in (*node.decorator_list, *node.bases, *node.keywords):
        yield from _walk(ast.Expression(part) if isinstance(part, ast.expr) else part, outer)
    # The `self` of a class within a class or a function leads nowhere.
    owner = node.name if scope.top else ""
    around = (scope.bound if scope.within is None else scope.within) | set(_parameters(node))
    bound = outer.bound | set(names(node.body))
    yield from _walk(ast.Module(node.body, []), _Scope(bound, owner, "", around, top=False))


def _use(node: ast.Name | ast.Attribute, scope: _Scope) -> Reference | None:
    if _binds(node):
        return None
    end = (node.end_lineno or 0, node.end_col_offset or 0)
    if isinstance(node, ast.Attribute) and scope.owner:
        value = node.value
        if isinstance(value, ast.Name) and value.id == scope.me:
            return Reference(*end, node.attr, scope.owner)
        if isinstance(value, ast.Call) and dotted(value.func) == "super":
            return None if value.args else Reference(*end, node.attr, scope.owner, True)
    name = dotted(node)
    if not name or name.partition(".")[0] in scope.bound:
        return None
    return Reference(*end, name)


def _binds(node: ast.Name | ast.Attribute) -> bool:
    """The target of an assignment is not a use: what stands there before is of no interest."""
    return not isinstance(node.ctx, ast.Load)


def _parameters(node: Function | ast.ClassDef) -> Iterator[str]:
    """`T` of `def first[T](…)`."""
    return (parameter.name for parameter in getattr(node, "type_params", ()))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is written so, else an empty string."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
