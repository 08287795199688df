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

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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
    yield from _walk(tree, _Scope(frozenset(_stored(tree.body))))


class _Scope(NamedTuple):
    """
    The names bound between the module and here; the class; the name of the method's first
    parameter.
    """

    bound: frozenset[str]
    owner: str = ""
    me: str = ""

    def inner(self, function: _Function) -> _Scope:
        names = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        if not isinstance(function, ast.Lambda):
            names |= _stored(function.body) | _defined(function.body)
        # `self` stays known in a function within a method, unless that one has a `self` of its own.
        return _Scope(self.bound | names, self.owner, "" if self.me in names else self.me)

    def method(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> _Scope:
        static = any(
            isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list
        )
        first = [*function.args.posonlyargs, *function.args.args][:1]
        me = "" if static or not first or first[0].arg in _stored(function.body) else first[0].arg
        return self.inner(function)._replace(me=me)


def _walk(node: ast.AST, scope: _Scope, in_class: bool = False) -> Iterator[Reference]:
    if isinstance(node, ast.Name | ast.Attribute):
        use = _use(node, scope)
        if use:
            yield use
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(child, scope, in_class)
        elif isinstance(child, ast.Lambda):
            yield from _walk(child, scope.inner(child))
        elif isinstance(child, ast.ClassDef):
            yield from _class(child, scope)
        else:
            yield from _walk(child, scope, in_class)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, scope: _Scope, in_class: bool
) -> Iterator[Reference]:
    # Decorators, defaults and annotations are evaluated outside; only the body sees the parameters.
    outside: list[ast.AST] = [
        *node.decorator_list,
        node.args,
        *([node.returns] if node.returns else []),
    ]
    for part in outside:
        yield from _walk(part, scope)
    inside = scope.method(node) if in_class else scope.inner(node)
    for statement in node.body:
        yield from _walk(ast.Module([statement], []), inside)


def _class(node: ast.ClassDef, scope: _Scope) -> Iterator[Reference]:
    for part in (*node.decorator_list, *node.bases, *node.keywords):
        yield from _walk(ast.Expression(part) if isinstance(part, ast.expr) else part, scope)
    # A class within a class or a function has no anchor: its `self` leads nowhere.
    owner = "" if scope.owner or scope.me else node.name
    names = _stored(node.body) | _defined(node.body)
    for statement in node.body:
        inside = (
            scope
            if isinstance(statement, ast.FunctionDef)
            else scope._replace(bound=scope.bound | names)
        )
        yield from _walk(
            ast.Module([statement], []), inside._replace(owner=owner, me=""), in_class=True
        )


def _use(node: ast.Name | ast.Attribute, scope: _Scope) -> Reference | None:
    end = (node.end_lineno or 0, node.end_col_offset or 0)
    if isinstance(node, ast.Attribute) and scope.owner:
        value = node.value
        if isinstance(value, ast.Name) and value.id == scope.me:
            return Reference(*end, node.attr, scope.owner)
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id == "super"
        ):
            return (
                Reference(*end, node.attr, scope.owner, inherited=True) if not value.args else None
            )
    name = dotted(node)
    if not name or not isinstance(node.ctx, ast.Load) or name.partition(".")[0] in scope.bound:
        return None
    return Reference(*end, name)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is written so, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a body, without what stands inside the functions and classes defined there."""
    queue: list[ast.AST] = list(body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))


def _stored(body: list[ast.stmt]) -> set[str]:
    names = {
        n.id for n in _own(body) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }
    return names | {n.name for n in _own(body) if isinstance(n, ast.ExceptHandler) and n.name}


def _defined(body: list[ast.stmt]) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {n.name for n in _own(body) if isinstance(n, kinds)}
    imports = (n for n in _own(body) if isinstance(n, ast.Import | ast.ImportFrom))
    return names | {(a.asname or a.name).partition(".")[0] for n in imports for a in n.names}
