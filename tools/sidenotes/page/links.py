r"""
# Where a name leads

A name in the code links to its definition when two things are certain: what the name means, and
that the definition is on the site. A wrong link costs more trust than a missing one, so each
doubt ends without a link: a name that the function binds itself, an attribute of a thing whose
class is not written down, a base class that is elsewhere, a name that is bound twice.

What is followed: names of the module, imports (re-exports too), attributes of imported modules
and classes, and `self.name`, `cls.name` and `super().name` through the chain of base classes.
"""

from __future__ import annotations

import ast
import posixpath
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ..errors import PageError
from ..languages import files
from ..languages.files import stem
from ..languages.highlight import Mark, column
from ..languages.python.bindings import times
from ..languages.python.references import dotted, references
from ..languages.python.syntax import definitions, imports, syntax
from ..languages.registry import PYTHON, SUFFIXES, language
from .site import Site, Use, home, line_prefix


class Definition(NamedTuple):
    """A definition, or with an empty name a whole module. The name is without the module's own."""

    path: str
    name: str


def link_marks(site: Site, page: str, path: str, text: str) -> list[Mark]:
    """A link around each name of the file at `path` that has its definition on the site."""
    if language(path) is not PYTHON:
        return []
    modules, marks = Modules.of(site), []
    addresses: dict[Definition, str] = {}
    for use in references(syntax(text)):
        found = (
            modules.member(path, use.owner, use.name, use.inherited)
            if use.owner
            else modules.name(path, use.name)
        )
        if found and found not in addresses:
            addresses[found] = modules.address(page, found)
        if found and (target := addresses[found]):
            end = column(text, use.line, use.end)
            start = end - len(use.name.rpartition(".")[2])
            marks.append(Mark(use.line, start, end, f'<a href="{escape(target)}">', "</a>"))
    return marks


def to_pages(site: Site, page: str, block: Element, where: str) -> None:
    """
    In a note one links to another source file, `[Adam](../adam.py)`, as its reader in an editor
    would. On the site such a link leads to the page that shows the file.
    """
    shown, uses = block.get("data-source", ""), site.uses()
    for link in block.iter("a"):
        target, mark, anchor = link.get("href", "").partition("#")
        if not target.endswith(tuple(SUFFIXES)) or ":" in target:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(shown), target))
        found = home(uses, path, stem(path))
        if not found:
            line = files.line_with(files.read(site.root / shown), shown, target)
            raise PageError(
                f"{where}: {shown}, line {line}: link to '{target}', but no page shows '{path}'"
            )
        # As a link to a Markdown file: the site generator checks it, and makes an address of it.
        address = posixpath.relpath(found.page, posixpath.dirname(page) or ".")
        link.set("href", address + mark + anchor)


@dataclass(frozen=True)
class Modules:
    """The modules of the packages that the site shows files of."""

    site: Site
    uses: list[Use]
    # The folders from which the files that the site shows are imported.
    folders: set[Path]

    @classmethod
    def of(cls, site: Site) -> Modules:
        uses = [use for use in site.uses() if language(use.source) is PYTHON]
        return cls(site, uses, {_base(site.root / use.source, site.root) for use in uses})

    def address(self, page: str, found: Definition) -> str:
        """The address of a definition, seen from `page`; `""` if nothing there bears an anchor."""
        name = f"{stem(found.path)}.{found.name}".rstrip(".")
        use = home(self.uses, found.path, name)
        anchor = self._anchor(use, name, found.name) if use else ""
        return self.site.link(page, use.page, anchor) if use and anchor else ""

    def _anchor(self, use: Use, name: str, local: str) -> str:
        """
        A definition with a note has an anchor of its own name; one without is found by its line.
        """
        text = self._text(use.source)
        names, lines = _anchors(text, use.source, use.only)
        if name in names:
            return name
        # A module without a note begins with its first line of code.
        line = _definitions(text).get(local) or min(lines, default=0)
        return f"{line_prefix(self.uses, use)}{line}" if line in lines else ""

    def name(self, path: str, name: str, depth: int = 0) -> Definition | None:
        """What a dotted name means in a module."""
        first, _, rest = name.partition(".")
        text = self._text(path)
        # An import can go round in a circle; nobody re-exports a name nine times.
        if depth > 8 or _times(text)[first] != 1:
            return None
        if first in _definitions(text):
            return self.member(path, first, rest) if rest else Definition(path, first)
        origin = _imports(text, self._package(path)).get(first)
        if origin is None:
            return None
        return self._origin(f"{origin}.{rest}" if rest else origin, depth + 1)

    def member(
        self, path: str, owner: str, name: str, inherited: bool = False
    ) -> Definition | None:
        """What `name` means on the class `owner`: its own, else the nearest base class's."""
        seen = 0
        while "." not in name and seen < 16:
            text, seen = self._text(path), seen + 1
            if owner not in _bases(text) or _times(text)[owner] != 1:
                return None
            own = f"{owner}.{name}"
            # What is assigned in the class or to `self` hides the method of a base class.
            if not inherited and _times(text)[own]:
                certain = _times(text)[own] == 1 and own in _definitions(text)
                return Definition(path, own) if certain else None
            bases = _bases(text)[owner]
            # With two base classes the order of their lookup matters; then nothing is certain here.
            base = self.name(path, bases[0]) if len(bases) == 1 and bases[0] else None
            if base is None or not base.name:
                return None
            path, owner, inherited = base.path, base.name, False
        return None

    def _origin(self, origin: str, depth: int) -> Definition | None:
        parts = origin.split(".")
        for cut in range(len(parts), 0, -1):
            module = self._file(parts[:cut])
            if module and not self._hidden(parts[:cut]):
                rest = ".".join(parts[cut:])
                return self.name(module, rest, depth) if rest else Definition(module, "")
        return None

    def _hidden(self, parts: list[str]) -> bool:
        """Whether the package has another thing of the same name as the module."""
        package = self._file(parts[:-1]) if parts[1:] else ""
        text = self._text(package) if package else ""
        other = _imports(text, ".".join(parts[:-1])).get(parts[-1], "")
        return bool(_times(text)[parts[-1]]) and other != ".".join(parts)

    def _package(self, path: str) -> str:
        """The package that relative imports in this file start from."""
        file = self.site.root / path
        return ".".join(file.parent.relative_to(_base(file, self.site.root)).parts)

    def _file(self, parts: list[str]) -> str:
        """
        The file of a module, found beside the packages that the site shows; `""` if it is not one
        of them, or if two folders have one of that name.
        """
        found = []
        for folder in self.folders:
            module = folder.joinpath(*parts)
            # Python, too, takes the package where there are both.
            choice = [f for f in (module / "__init__.py", module.with_suffix(".py")) if f.is_file()]
            found += choice[:1]
        return found[0].relative_to(self.site.root).as_posix() if len(found) == 1 else ""

    def _text(self, path: str) -> str:
        """
        The file's text, or nothing if it cannot be read. A page that shows it will say what is
        wrong; if none does, there is nothing to link to.
        """
        try:
            text = files.read(self.site.root / path)
            syntax(text)
            return text
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            return ""


def _base(file: Path, root: Path) -> Path:
    """The folder from which a file is imported: the first one above it that is not a package."""
    folder = file.parent
    while folder != root and (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


@lru_cache(maxsize=256)
def _definitions(text: str) -> dict[str, int]:
    return {name.removeprefix("x."): line for name, line in definitions(text, "x").items()}


@lru_cache(maxsize=256)
def _imports(text: str, package: str) -> dict[str, str]:
    return imports(text, package)


@lru_cache(maxsize=256)
def _times(text: str) -> Counter[str]:
    return times(syntax(text))


@lru_cache(maxsize=256)
def _bases(text: str) -> dict[str, tuple[str, ...]]:
    """
    The base classes of each top-level class, as they are written; `""` for one that is not a
    plain name.
    """
    classes = (node for node in syntax(text).body if isinstance(node, ast.ClassDef))
    return {c.name: tuple(dotted(base) for base in c.bases) for c in classes}


@lru_cache(maxsize=256)
def _anchors(text: str, path: str, only: str) -> tuple[frozenset[str], frozenset[int]]:
    """The names of the sections that a block shows, and its lines of code."""
    shown = files.select(files.sections(text, path), only)
    lines = frozenset(line for section in shown for line in section.code)
    return frozenset(section.name for section in shown), lines
