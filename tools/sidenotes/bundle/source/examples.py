r"""
# Examples in docstrings

The examples of a docstring are code. Each name in them means what the examples before have made
it, or what it means in the module. Line numbers are those of the file, and `shift` tells by how
many columns the code on a line stands further right there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .references import Import, Reference, Scope, local_scopes, references

PROMPT = re.compile(r"( *)>>>( |$)")


@dataclass(eq=False)
class Examples:
    nodes: list[ast.stmt] = field(default_factory=list)
    shift: dict[int, int] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return local_scopes(self.nodes)

    def references(self) -> list[Reference]:
        """The names that mean what they mean in the module, or what the examples import."""
        scope = self.scope
        found = [each for each in references(self.nodes) if each.node.id not in scope.bound]
        for each in found:
            each.hidden |= scope.bound
            if not each.local and each.node.id in scope.imports:
                each.local = scope.imports[each.node.id]
        return found

    def imports(self) -> Iterator[Import]:
        for node in (inner for each in self.nodes for inner in ast.walk(each)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node


def docstrings(nodes: list[ast.stmt]) -> Iterator[ast.Constant]:
    """All docstrings in statements, and those that are one themselves."""
    for top in nodes:
        if isinstance(top, ast.Expr) and isinstance(top.value, ast.Constant):
            yield top.value
        for node in ast.walk(top):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    if isinstance(first.value.value, str):
                        yield first.value


def examples(lines: list[str], docstring: ast.Constant) -> Examples:
    """The examples in one docstring. What does not parse is not touched."""
    found, line = Examples(), docstring.lineno
    last = docstring.end_lineno or line
    while line <= last:
        prompt = PROMPT.match(lines[line - 1])
        if not prompt:
            line += 1
            continue
        width, begin = len(prompt[1]) + 4, line
        more = f"{prompt[1]}..."
        line += 1
        while line <= last and (lines[line - 1] + " ").startswith(more + " "):
            line += 1
        code = [lines[n - 1][width:] for n in range(begin, line)]
        try:
            tree = ast.parse("\n".join(code) + "\n")
        except SyntaxError:
            continue
        ast.increment_lineno(tree, begin - 1)
        found.nodes += tree.body
        found.shift |= dict.fromkeys(range(begin, line), width)
    return found
