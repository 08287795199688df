r"""
# Statements that only do something

A statement that defines nothing may change what others have defined: `Plugin.register(one)`. It is
taken if it speaks of what is there, or of nothing in the package, or if it calls a function of the
package. It stays out if all that it speaks of is not there.

A definition can do something, too: a decorator or a base class may write it down. Where such a one
is there, the definitions that it writes down are taken as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from .order import nodes_of
from .source.modules import Statement
from .source.resolve import Item, Package


def matters(package: Package, statement: Statement, taken: Set[Item]) -> bool:
    """Whether a statement would do something to what is there."""
    heads = {id(node.func) for node in nodes_of(statement) if isinstance(node, ast.Call)}
    items: set[Item] = set()
    called: set[Item] = set()
    for each in statement.references:
        target, used = package.reference(statement.module, each)
        if each.scope.is_eager and isinstance(target, Item):
            items.add(target)
            if id([each.node, *each.chain][used]) in heads and not is_data(package, target):
                called.add(target)
    if only_binds(statement):
        own = {Item(statement.module, name) for name in statement.binds}
        return any(written_by(package, each) & taken for each in items - own)
    # What a function does that is called by itself is not known.
    return bool(items & taken or called or not items)


def written_by(package: Package, item: Item, seen: frozenset[Item] = frozenset()) -> set[Item]:
    """The data that a function, or a new subclass, may change when it is used."""
    found: set[Item] = set()
    for statement in package.statements(item):
        inside = {id(inner) for hook in hooks(statement) for inner in ast.walk(hook)}
        for each in statement.references:
            if id(each.node) not in inside or each.scope.is_eager:
                continue
            target, _ = package.reference(item.module, each)
            if isinstance(target, Item) and target not in seen:
                found |= {target} if is_data(package, target) else set()
                found |= written_by(package, target, seen | {item, target})
    return found


def hooks(statement: Statement) -> Iterator[ast.stmt]:
    """What runs when a function is called, or when a class gets a subclass."""
    for node in statement.nodes:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (
                each
                for each in node.body
                if isinstance(each, ast.FunctionDef) and each.name == "__init_subclass__"
            )


def is_data(package: Package, item: Item) -> bool:
    nodes = [node for each in package.statements(item) for node in each.nodes]
    return any(isinstance(node, ast.Assign | ast.AnnAssign) for node in nodes)


def only_binds(statement: Statement) -> bool:
    """Whether a statement does nothing but define names."""
    return all(_only_binds(node) for node in statement.nodes)


def _only_binds(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return not any(isinstance(each, ast.Attribute | ast.Subscript)
                       for target in targets for each in ast.walk(target))  # fmt: skip
    if isinstance(node, ast.If | ast.Try):
        handlers = [each for h in getattr(node, "handlers", []) for each in h.body]
        parts = [*node.body, *handlers, *node.orelse, *getattr(node, "finalbody", [])]
        return all(_only_binds(each) for each in parts)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return isinstance(node, (*kinds, ast.Pass)) or type(node).__name__ == "TypeAlias"
