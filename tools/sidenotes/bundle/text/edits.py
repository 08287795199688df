r"""
# Changes of a text

Only what has to change is changed, at its place in the text; comments and layout stay. Afterwards
the text is read by Python once more and compared with what it has to mean. So a name at a place
that Python's parser tells wrongly is an error, and not a wrong bundle.
"""

from __future__ import annotations

import ast
from typing import Any

from ..source.modules import Module, Refused, Statement


class Edits:
    """Changes of a text, and what they change in the syntax tree."""

    def __init__(self, module: Module):
        self.module = module
        self.changes: dict[tuple[int, int], str] = {}
        self.nodes: dict[int, ast.expr] = {}
        self.named: dict[int, list[str]] = {}
        self.replaced: dict[int, list[ast.stmt]] = {}
        self.texts: dict[int, list[tuple[int, int, str]]] = {}
        self.starts = [0]
        for line in module.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """The place of a line and a column, which Python's parser counts in bytes."""
        if line - 1 >= len(self.starts) - 1:
            return self.starts[-1]
        text = self.module.text[self.starts[line - 1] : self.starts[line]]
        return self.starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))

    def add(self, begin: int, end: int, text: str) -> None:
        self.changes[begin, end] = text

    def apply(self, first: int, last: int) -> str:
        begin, end = self.starts[first - 1], self.starts[last]
        parts, place = [], begin
        for (start, stop), text in sorted(self.changes.items()):
            if start < place:
                raise ValueError(f"{self.module.path}:{first}: changes that overlap")
            parts += [self.module.text[place:start], text]
            place = stop
        return "".join([*parts, self.module.text[place:end]]).rstrip() + "\n"


def compare(statement: Statement, text: str, edits: Edits) -> None:
    """Refuse a text that does not mean what it has to."""
    try:
        found = ast.parse(text).body
    except SyntaxError:
        found = []
    expected = [form(node, edits) for node in statement.nodes]
    if [form(node, None) for node in found] != expected:
        why = "the names in this statement cannot be changed, a newer Python may be able to"
        raise Refused(statement.module, statement.line, why)


def form(node: Any, edits: Edits | None) -> Any:
    """What a syntax tree means, without places and without docstrings, after the edits."""
    if isinstance(node, list):
        parts: list[Any] = []
        for each in node:
            replaced = edits.replaced.get(id(each)) if edits else None
            parts += [form(each, edits)] if replaced is None else [form(r, None) for r in replaced]
        return parts
    if not isinstance(node, ast.AST):
        return repr(node)
    if edits and id(node) in edits.nodes:
        return ("Name", [("id", repr(edits.nodes[id(node)].id))])  # type: ignore[attr-defined]
    if edits and id(node) in edits.texts:
        text = node.value  # type: ignore[attr-defined]
        for begin, end, new in sorted(edits.texts[id(node)], reverse=True):
            text = text[:begin] + new + text[end:]
        return ("Constant", [("value", repr(text))])
    fields = []
    for name in node._fields:
        value = getattr(node, name, None)
        if name in ("ctx", "kind", "type_comment", "type_ignores"):
            continue
        if edits and id(node) in edits.named and name in ("name", "names"):
            news = edits.named[id(node)]
            value = news if name == "names" else news[0]
        fields.append((name, form(value, edits)))
    return (type(node).__name__, fields)
