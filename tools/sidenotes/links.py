r"""
# Where a name leads

A name in the code links to its definition when two things are certain: what the name means, and
that the definition is on the site. A wrong link costs more trust than a missing one, so each
doubt ends without a link: a name that the function binds itself, an attribute of a thing whose
class is not written down, a base class that is elsewhere.

What is followed: names of the module, imports (re-exports too), attributes of imported modules
and classes, and `self.name`, `cls.name` and `super().name` through the chain of base classes.
"""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from . import source
from .code import Mark, column
from .errors import PageError
from .references import dotted, references
from .sites import Site, Use, home, stem


class Definition(NamedTuple):
    """A definition, or with an empty name a whole module. The name is without the module's own."""

    path: str
    name: str


def link_marks(site: Site, page: str, path: str, text: str) -> list[Mark]:
    """A link around each name of the file at `path` that has its definition on the site."""
    modules, marks = Modules.of(site), []
    for use in references(ast.parse(text)):
        found = (
            modules.member(path, use.owner, use.name, use.inherited)
            if use.owner
            else modules.name(path, use.name)
        )
        target = found and modules.address(page, found)
        if target:
            end = column(text, use.line, use.end)
            start = end - len(use.name.rpartition(".")[2])
            marks.append(Mark(use.line, start, end, f'<a href="{escape(target)}">', "</a>"))
    return marks


def to_pages(site: Site, page: str, block: Element, where: str) -> None:
    """
    In a note one links to another source file, `[Adam](adam.py)`, as its reader in an editor
    would. On the site such a link leads to the page that shows the file.
    """
    folder, uses = posixpath.dirname(block.get("data-source", "")), site.uses()
    for link in block.iter("a"):
        target, mark, anchor = link.get("href", "").partition("#")
        if not target.endswith(".py") or ":" in target:
            continue
        path = posixpath.normpath(posixpath.join(folder, target))
        found = home(uses, path, stem(path))
        if not found:
            shown = block.get("data-source")
            raise PageError(f"{where}: {shown}: link to '{target}', but no page shows '{path}'")
        # As a link to a Markdown file: the site generator checks it, and makes an address of it.
        link.set("href", posixpath.relpath(found, posixpath.dirname(page) or ".") + mark + anchor)


@dataclass(frozen=True)
class Modules:
    """The modules of the packages that the site shows files of."""

    site: Site
    uses: list[Use]
    # The folders from which the files that the site shows are imported.
    folders: set[Path]

    @classmethod
    def of(cls, site: Site) -> Modules:
        uses = site.uses()
        return cls(site, uses, {_base(site.root / use.source, site.root) for use in uses})

    def address(self, page: str, found: Definition) -> str:
        there = home(self.uses, found.path, f"{stem(found.path)}.{found.name}".rstrip("."))
        if not there:
            return ""
        anchor = _anchor(self._text(found.path), stem(found.path), found.name)
        return self.site.link(page, there, anchor)

    def name(self, path: str, name: str, depth: int = 0) -> Definition | None:
        """What a dotted name means in a module."""
        first, _, rest = name.partition(".")
        text = self._text(path)
        if first in _definitions(text):
            return self.member(path, first, rest) if rest else Definition(path, first)
        origin = _imports(text, self._package(path)).get(first)
        # An import can go round in a circle; nobody re-exports a name nine times.
        if origin is None or depth > 8:
            return None
        return self._origin(f"{origin}.{rest}" if rest else origin, depth + 1)

    def member(
        self, path: str, owner: str, name: str, inherited: bool = False
    ) -> Definition | None:
        """What `name` means on the class `owner`: its own, else the nearest base class's."""
        seen = 0
        while "." not in name and seen < 16:
            text, seen = self._text(path), seen + 1
            if not inherited and f"{owner}.{name}" in _definitions(text):
                return Definition(path, f"{owner}.{name}")
            bases = _bases(text).get(owner, ())
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
            if module:
                rest = ".".join(parts[cut:])
                return self.name(module, rest, depth) if rest else Definition(module, "")
        return None

    def _package(self, path: str) -> str:
        """The package that relative imports in this file start from."""
        file = self.site.root / path
        return ".".join(file.parent.relative_to(_base(file, self.site.root)).parts)

    def _file(self, parts: list[str]) -> str:
        """
        The file of a module, found beside the packages that the site shows; `""` if it is not one
        of them.
        """
        for folder in self.folders:
            module = folder.joinpath(*parts)
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.is_file():
                    return file.relative_to(self.site.root).as_posix()
        return ""

    def _text(self, path: str) -> str:
        file = self.site.root / path
        return _read(file, file.stat().st_mtime_ns) if file.is_file() else ""


def _base(file: Path, root: Path) -> Path:
    """The folder from which a file is imported: the first one above it that is not a package."""
    folder = file.parent
    while folder != root and (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


@lru_cache(maxsize=256)
def _read(file: Path, changed: int) -> str:
    return source.read(file)


@lru_cache(maxsize=256)
def _definitions(text: str) -> dict[str, int]:
    return {name.removeprefix("x."): line for name, line in source.definitions(text, "x").items()}


@lru_cache(maxsize=256)
def _imports(text: str, package: str) -> dict[str, str]:
    return source.imports(text, package)


@lru_cache(maxsize=256)
def _bases(text: str) -> dict[str, tuple[str, ...]]:
    """
    The base classes of each top-level class, as they are written; `""` for one that is not a
    plain name.
    """
    classes = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    return {c.name: tuple(dotted(base) for base in c.bases) for c in classes}


@lru_cache(maxsize=4096)
def _anchor(text: str, stem: str, name: str) -> str:
    """A definition with a note has an anchor of its own name; one without is found by its line."""
    anchor = f"{stem}.{name}".rstrip(".")
    if any(section.name == anchor for section in source.parse(text, stem)):
        return anchor
    return f"L{_definitions(text).get(name, 1)}"
