r"""
# Lines that run together

A statement of several lines runs as one. The head of a function runs when that is called, and an
`else:` with what follows it.

>>> text = '''
... def f(
...     x
... ):
...     if x:
...         return 1
...     else:
...         x = (
...             2)
...     return x
... '''
>>> for group in groups(text):
...     print([*group.lines], [*group.seen])
[2, 3, 4] [2]
[5] [5]
[6] [6]
[7] [8, 9]
[8, 9] [8, 9]
[10] [10]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...languages.python.syntax import syntax, walk

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Group(NamedTuple):
    # The first of them is that of the function around.
    function: int
    lines: range
    # Those of which one is reported if they run.
    seen: range


def groups(text: str) -> list[Group]:
    """The lines of the functions of a module, those of docstrings and comments left out."""
    found: list[Group] = []
    for _, node in walk(syntax(text), ""):
        if isinstance(node, FUNCTIONS):
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            head = range(first, max(_last_of_head(node), node.lineno) + 1)
            found += [Group(first, head, range(first, first + 1)), *_block(node.body, first)]
    return sorted(found, key=lambda group: group.lines.start)


def _last_of_head(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The last line before the body, in which there is no comment."""
    return node.body[0].lineno - 1


def _block(body: list[ast.stmt], function: int) -> Iterator[Group]:
    for number, node in enumerate(body):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) or (number == 0 and _is_docstring(node)):
            continue
        blocks = [block for name in ("body", "orelse") if (block := getattr(node, name, []))]
        last = blocks[0][0].lineno - 1 if blocks else node.end_lineno or node.lineno
        if blocks and isinstance(node, ast.If):
            last = node.test.end_lineno or node.lineno
        yield Group(function, range(node.lineno, last + 1), range(node.lineno, last + 1))
        for block in blocks:
            yield from _block(block, function)
        if len(blocks) == 2:
            yield from _otherwise(blocks[0][-1], blocks[1][0], function)


def _otherwise(before: ast.stmt, after: ast.stmt, function: int) -> Iterator[Group]:
    """The line with `else:`, and the statement below it; comments between them do not matter."""
    end = (before.end_lineno or before.lineno) + 1
    if end < after.lineno:
        seen = range(after.lineno, (after.end_lineno or after.lineno) + 1)
        yield Group(function, range(end, after.lineno), seen)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
