r"""
# The text of a bundle

Licence and origin come first, then the docstring of the module, the imports, and the statements,
each group of them under the name of its file. Two bundles of the same sources are equal: there is
no date, and no place of this machine.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from ..collect import Taken
from ..naming import Thing
from ..source.modules import Module, Statement
from ..source.project import Project, base
from ..source.resolve import External
from . import notes
from .rewrite import Rewriter

MARK = "# Made with `sidenotes bundle`"


@dataclass
class Layout:
    """
    * `command` is what has made the bundle
    * `address` is that of the site with the pages, or empty
    * `is_bare` tells whether notes are left out
    """

    project: Project
    module: Module
    command: str
    address: str
    is_bare: bool

    def text(self, taken: Taken, names: dict[Thing, str], rewriter: Rewriter) -> str:
        parts = [self.header(), self.docstring(rewriter)]
        if any(each.kind == "future" for m in modules(taken) for each in m.statements):
            parts.append("from __future__ import annotations\n")
        parts.append(import_lines(taken, names))
        listed = [names[root] for root in taken.roots]
        parts.append("__all__ = [" + ", ".join(f'"{name}"' for name in listed) + "]\n")
        head = "\n".join(part for part in parts if part)
        return head + "".join(self.body(taken, rewriter))

    def header(self) -> str:
        """The comments at the top: those of a bundle stay as they are."""
        first = self.module.statements[0] if self.module.statements else None
        own = self.module.lines[: first.line - 1] if first else []
        if any(line.startswith(MARK) for line in own):
            return "\n".join(own).strip() + "\n"
        label = f" of {self.project.label}" if self.project.label else ""
        where = self.relative(self.module)
        lines = [f"{MARK[2:]} from {where}{label}:", "", f"    {self.command}", ""]
        if " --check " in self.command:
            lines += ["Run as a program, it checks itself.", ""]
        address = str(self.project.about.get("urls", {}).get("Repository", "")) or self.address
        lines += [f"It comes from {address}", ""] if address else []
        licence = self.project.licence.strip() or str(self.project.about.get("license", ""))
        lines += licence.splitlines() or ["No licence was found beside the package."]
        return "".join(f"# {line}".rstrip() + "\n" for line in lines)

    def docstring(self, rewriter: Rewriter) -> str:
        for statement in self.module.statements:
            if statement.kind == "docstring":
                if self.is_bare:
                    node = statement.nodes[0]
                    return notes.one_line(str(node.value.value)) + "\n"  # type: ignore[attr-defined]
                text = rewriter.text(statement)
                return self.noted(Statement(self.module, statement.nodes, 1, "docstring"),
                                  text[text.index(self.opening(statement)):])  # fmt: skip
        return ""

    def opening(self, statement: Statement) -> str:
        node = statement.nodes[0]
        return self.module.lines[node.lineno - 1][node.col_offset :][:3]

    def body(self, taken: Taken, rewriter: Rewriter) -> Iterator[str]:
        before: Statement | None = None
        for statement in taken.statements:
            if statement.kind == "main":
                continue
            yield from self.gap(before, statement)
            yield self.one(statement, rewriter)
            before = statement
        for statement in (each for each in taken.statements if each.kind == "main"):
            yield "\n\n" + self.one(statement, rewriter)

    def one(self, statement: Statement, rewriter: Rewriter) -> str:
        text = rewriter.text(statement)
        return notes.bare(text) if self.is_bare else self.noted(statement, text)

    def noted(self, statement: Statement, text: str) -> str:
        folder = self.relative(statement.module).rpartition("/")[0]
        anchors = statement.module is self.module
        return notes.without_links(notes.without_figures(text), folder, self.address, anchors)

    def gap(self, before: Statement | None, statement: Statement) -> Iterator[str]:
        """Empty lines as they were, and a line with the name of the file where it changes."""
        module = statement.module
        if before is None or before.module is not module:
            yield "\n\n"
            only = before is None and module is self.module
            if not self.is_bare and not only:
                yield f"# ---- {self.relative(module)} ----\n\n"
            return
        following = module.statements.index(statement) == module.statements.index(before) + 1
        count = statement.first - before.last - 1 if following else 2
        yield "\n" * min(count, 2)

    def relative(self, module: Module) -> str:
        for folder in (self.project.root, base(module.path)):
            if module.path.is_relative_to(folder.resolve()):
                return module.path.relative_to(folder.resolve()).as_posix()
        return module.path.name


def modules(taken: Taken) -> list[Module]:
    return list(dict.fromkeys(each.module for each in taken.statements))


def import_lines(taken: Taken, names: dict[Thing, str]) -> str:
    """The imports from elsewhere: those of the standard library first."""
    whole: dict[str, bool] = {}
    named: dict[str, dict[str, bool]] = {}
    for external, origins in taken.externals.items():
        typing = all(each.typing for each in origins)
        for line in spelled(external, names[external], [each.whole for each in origins]):
            whole[line] = whole.get(line, True) and typing
        if external.name:
            new = names[external]
            part = external.name if new == external.name else f"{external.name} as {new}"
            inner = named.setdefault(external.module, {})
            inner[part] = inner.get(part, True) and typing
    if any(whole.values()) or any(only for inner in named.values() for only in inner.values()):
        named.setdefault("typing", {})["TYPE_CHECKING"] = False
    groups: dict[bool, list[str]] = {False: [], True: []}
    for typing in (False, True):
        plain = sorted(line for line, only in whole.items() if only == typing)
        found = [(line.split()[1], line) for line in plain]
        for module in sorted(named):
            parts = sorted(part for part, only in named[module].items() if only == typing)
            if parts:
                found.append((module, from_line(module, parts)))
        groups[typing] = arranged(found)
    lines = groups[False]
    if groups[True]:
        lines += ["", "if TYPE_CHECKING:"]
        lines += [textwrap.indent(line, "    ") for line in groups[True] if line]
    return "\n".join(lines) + "\n" if lines else ""


def spelled(external: External, new: str, wholes: list[str]) -> Iterator[str]:
    if external.name:
        return
    for whole in dict.fromkeys(wholes or [external.module]):
        if new == external.module.partition(".")[0] and external.local == external.module:
            yield f"import {whole}"
        else:
            yield f"import {external.module} as {new}"


def from_line(module: str, parts: list[str]) -> str:
    line = f"from {module} import {', '.join(parts)}"
    if len(line) <= notes.WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {part}," for part in parts), ")"])


def arranged(found: list[tuple[str, str]]) -> list[str]:
    own = sys.stdlib_module_names
    first = [line for module, line in found if module.partition(".")[0] in own]
    rest = [line for module, line in found if module.partition(".")[0] not in own]
    # `import` before `from`, as they came, in each of the two.
    return [*first, *([""] if first and rest else []), *rest]
