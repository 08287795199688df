r"""
# Symbols in Python

The variables that stand for a symbol are found in the syntax tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from ..highlight import Markup, column, tag
from .syntax import syntax

_Located = ast.expr | ast.arg | ast.keyword


def symbol_markup(text: str, symbols: Mapping[str, Sequence[str]]) -> list[Markup]:
    """
    Tags for the variables that stand for a symbol: `symbols` gives the symbols' TeX for a name.

    A name counts where it is a variable, a parameter, a keyword of a call, or the key of a state or
    a group. It does not count as an attribute (`self.m` may be anything) or where it is called.
    """
    found = []
    for name, node in _named(syntax(text)):
        if name not in symbols:
            continue
        start = column(text, node.lineno, node.col_offset)
        if isinstance(node, ast.Constant):
            if node.end_lineno != node.lineno:
                continue
            end = column(text, node.lineno, node.end_col_offset or 0)
        else:
            end = start + len(name)
        found.append(tag(node.lineno, start, end, symbols[name]))
    return found


def _named(tree: ast.Module) -> Iterator[tuple[str, _Located]]:
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    # Before Python 3.12 the pieces of an f-string have no columns of their own.
    inside = {id(x) for f in nodes if isinstance(f, ast.JoinedStr) for x in ast.walk(f)}
    keys = {id(key) for node in nodes for key in _keys(node)}
    for node in nodes:
        if id(node) in called or id(node) in inside:
            continue
        if isinstance(node, ast.Name):
            yield node.id, node
        elif isinstance(node, ast.arg) or (isinstance(node, ast.keyword) and node.arg):
            yield node.arg or "", node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) in keys:
            yield node.value, node


def _keys(node: ast.AST) -> Iterator[ast.expr | None]:
    """What is certainly a key: in `d[key]`, `{key: …}`, `d.get(key)` and `key in d`."""
    match node:
        case ast.Subscript():
            yield node.slice
        case ast.Dict():
            yield from node.keys
        case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[first, *_]):
            yield first
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn(), *_]):
            yield left
