r"""
# Where a name is bound

Beside plain names, definitions and `global` statements have names that are only text in the syntax
tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..source.modules import Statement

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(nodes: Sequence[ast.AST]) -> Iterator[Definition]:
    """The definitions that bind a name of the module."""
    for node in nodes:
        if isinstance(node, Definition):
            yield node
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            yield from definitions(list(ast.iter_child_nodes(node)))


def globals_in(nodes: Sequence[ast.AST]) -> Iterator[ast.Global]:
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.Global):
                yield node


def movable(statement: Statement) -> set[str]:
    """The names that a statement binds, and that can be changed in its text."""
    found = {node.name for node in definitions(statement.nodes)}
    found |= {each.node.id for each in statement.references if isinstance(each.node.ctx, ast.Store)}
    # An import of the package in a condition is written anew.
    for top in statement.nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= {each.local for each in statement.module.read_import(node)
                          if statement.module.is_own(node)}  # fmt: skip
    return found
