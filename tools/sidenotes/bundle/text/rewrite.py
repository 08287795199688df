r"""
# A statement under its new names

What has to change are names, definitions, imports of the package, and the examples in docstrings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..collect import Taken
from ..naming import Thing
from ..source.examples import docstrings, examples
from ..source.modules import Refused, Statement, is_guarded
from ..source.references import Reference
from ..source.resolve import External, Item, Package
from .definitions import definitions, globals_in
from .edits import Edits, compare


@dataclass
class Rewriter:
    """Writes statements with the names that things have in the bundle."""

    package: Package
    taken: Taken
    names: dict[Thing, str]
    # Whether the examples in docstrings are rewritten as well.
    notes: bool = True

    def text(self, statement: Statement) -> str:
        edits = Edits(statement.module)
        for found in statement.references:
            self.refer(edits, found)
        self.define(edits, statement)
        self.imports(edits, statement)
        changed = edits.apply(statement.first, statement.last)
        compare(statement, changed, edits)
        if self.notes:
            for docstring in docstrings(statement.nodes):
                self.examples(edits, statement, docstring)
        return edits.apply(statement.first, statement.last)

    def new_name(self, found: Reference) -> tuple[str, int] | None:
        target, used = self.taken.targets[found]
        if isinstance(target, External) and target not in self.names:
            # Imported in the function that uses it.
            return None
        return (self.names[target], used) if isinstance(target, Item | External) else None

    def refer(self, edits: Edits, found: Reference, shift: dict[int, int] | None = None) -> None:
        new = self.new_name(found)
        nodes: list[Any] = [found.node, *found.chain]
        if new is None or (new[1] == 0 and new[0] == found.node.id):
            return
        last = nodes[new[1]]
        edits.nodes[id(last)] = ast.Name(new[0])
        if found.text:
            self.annotation(edits, found, last, new[0])
            return
        move = shift or {}
        begin = edits.offset(
            found.node.lineno, found.node.col_offset + move.get(found.node.lineno, 0)
        )
        end = edits.offset(last.end_lineno, last.end_col_offset + move.get(last.end_lineno, 0))
        edits.add(begin, end, new[0])

    def annotation(self, edits: Edits, found: Reference, last: Any, new: str) -> None:
        """A name in an annotation in quotation marks."""
        text, module = found.text, edits.module
        assert text is not None
        begin = edits.offset(text.lineno, text.col_offset)
        source = ast.get_source_segment(module.text, text) or ""
        if source[1:-1] != text.value or not text.value.isascii():
            raise Refused(module, text.lineno, f"{source}: its names cannot be changed here")
        place = begin + 1 + found.node.col_offset
        edits.add(place, begin + 1 + last.end_col_offset, new)
        edits.texts.setdefault(id(text), []).append(
            (found.node.col_offset, last.end_col_offset, new)
        )

    def define(self, edits: Edits, statement: Statement) -> None:
        """Definitions and `global` statements have their names as text."""
        module = statement.module
        for node in definitions(statement.nodes):
            new = self.names.get(Item(module, node.name), node.name)
            if new != node.name:
                begin = edits.offset(node.lineno, node.col_offset)
                match = re.compile(r"(?:async\s+)?(?:def|class)\s+").match(module.text, begin)
                assert match is not None
                edits.add(match.end(), match.end() + len(node.name), new)
                edits.named[id(node)] = [new]
        for each in globals_in(statement.nodes):
            news = [self.names.get(Item(module, name), name) for name in each.names]
            if news != each.names:
                begin = edits.offset(each.lineno, each.col_offset)
                end = edits.offset(each.end_lineno or 0, each.end_col_offset or 0)
                edits.add(begin, end, "global " + ", ".join(news))
                edits.named[id(each)] = news

    def imports(self, edits: Edits, statement: Statement) -> None:
        """Imports of the package: gone in a function, and an assignment in a condition."""
        if statement.kind not in ("code", "main"):
            return
        for block, node, inside in blocks(statement.nodes):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            origins = list(statement.module.read_import(node))
            own = [self.package.has(each.module) for each in origins]
            if not any(own):
                continue
            if not all(own):
                raise Refused(statement.module, node.lineno, "imports of the package and of others")
            if any(self.package.leaves_out(each) for each in origins):
                self.leave_out(edits, statement, node)
                continue
            pairs = []
            for origin in () if inside else origins:
                target = self.package.origin(statement.module, origin)
                if not isinstance(target, Item | External):
                    why = f"{origin.local} is a module, and a bundle has no such module"
                    raise Refused(statement.module, node.lineno, why)
                local = self.names.get(Item(statement.module, origin.local), origin.local)
                pairs.append((local, self.names[target]))
            self.replace_import(edits, block, node, pairs)

    def leave_out(self, edits: Edits, statement: Statement, node: ast.stmt) -> None:
        """An import of what is left out fails, as if it were not installed."""
        tries = [n for top in statement.nodes for n in ast.walk(top) if isinstance(n, ast.Try)]
        if not any(node in each.body and is_guarded(each) for each in tries):
            why = "needs what is to be left out, and no `except ImportError` says what else to do"
            raise Refused(statement.module, node.lineno, why)
        begin = edits.offset(node.lineno, node.col_offset)
        end = edits.offset(node.end_lineno or 0, node.end_col_offset or 0)
        failing = 'raise ImportError("not in this file")'
        edits.add(begin, end, failing)
        edits.replaced[id(node)] = ast.parse(failing).body

    def replace_import(
        self, edits: Edits, block: list[ast.stmt], node: ast.stmt, pairs: list[tuple[str, str]]
    ) -> None:
        begin = edits.offset(node.lineno, node.col_offset)
        end = edits.offset(node.end_lineno or 0, node.end_col_offset or 0)
        lines = edits.module.text
        alone = not lines[lines.rfind("\n", 0, begin) + 1 : begin].strip()
        rest = lines[end : (lines + "\n").index("\n", end)].strip()
        if pairs:
            assigned = [f"{local} = {name}" for local, name in pairs]
            edits.replaced[id(node)] = ast.parse("\n".join(assigned)).body
            edits.add(begin, end, "; ".join(assigned))
        elif all(id(each) in edits.replaced or each is node for each in block) or not alone or rest:
            edits.replaced[id(node)] = [ast.Pass()]
            edits.add(begin, end, "pass")
        else:
            edits.replaced[id(node)] = []
            edits.add(begin - node.col_offset, min(end + 1, len(lines)), "")

    def examples(self, edits: Edits, statement: Statement, docstring: ast.Constant) -> None:
        found = examples(statement.module.lines, docstring)
        for each in self.taken.examples.get(docstring, ()):
            self.refer(edits, each, found.shift)
        for node in self.taken.example_imports.get(docstring, ()):
            first, last = edits.offset(node.lineno, 0), edits.offset((node.end_lineno or 0) + 1, 0)
            if node.col_offset:
                begin = edits.offset(node.lineno, node.col_offset + found.shift[node.lineno])
                edits.add(begin, last - 1, "pass")
            else:
                edits.add(first, last, "")


def blocks(
    nodes: list[ast.stmt], inside: bool = False
) -> Iterator[tuple[list[ast.stmt], ast.stmt, bool]]:
    """Each statement with the block that it is in, and whether that is in a function or a class."""
    for node in nodes:
        yield nodes, node, inside
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        deeper = inside or isinstance(node, kinds)
        for name in ("body", "orelse", "finalbody"):
            yield from blocks(getattr(node, name, []), deeper)
        for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from blocks(handler.body, deeper)
