r"""
# The pages of a folder

Where no site generator tells which pages there are, the folder of pages is read. It is read once,
and again only when a page is not as it was: so building all pages of a site takes time in
proportion to their number.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from .index import Index, normal, scan

MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_FRONT_MATTER = re.compile(r"-{3}[ \t]*\n(.*?\n)(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
# MultiMarkdown's front matter has no marks.
_KEYS = re.compile(r"(?: {0,3}[\w-]+:.*\n(?:(?: {4}|\t).*\n)*)+")


class Pages:
    """The pages below a folder, by their names, as they were at one time."""

    def __init__(self, root: Path, texts: Mapping[str, str]):
        self.root, self.texts = root, texts

    @cached_property
    def index(self) -> Index:
        return Index(self.root, {name: scan(name, text) for name, text in self.texts.items()})

    @cached_property
    def bodies(self) -> dict[str, list[str]]:
        """The names of the pages that have a text, front matter apart."""
        found: dict[str, list[str]] = {}
        for name, text in self.texts.items():
            for body in {*_bodies(text)}:
                found.setdefault(body, []).append(name)
        return found


class Folder:
    """A folder of pages in a project."""

    def __init__(self, root: Path, docs: Path):
        self.root, self.docs = root, docs
        self._files: dict[str, tuple[int, int, str]] = {}
        self.pages = Pages(root, {})

    def refresh(self) -> None:
        """Read the pages that have changed."""
        found = {}
        for name, entry in _walk(self.docs, ""):
            stat = entry.stat()
            known = self._files.get(name)
            if not known or known[:2] != (stat.st_mtime_ns, stat.st_size):
                text = Path(entry.path).read_text(encoding="utf-8-sig", errors="replace")
                known = (stat.st_mtime_ns, stat.st_size, normal(text))
            found[name] = known
        if found != self._files:
            self._files = found
            self.pages = Pages(self.root, {name: found[name][2] for name in sorted(found)})

    def with_page(self, name: str, text: str) -> Pages:
        """The pages, if the page of this name has this text; else they are read again."""
        if comparable(text) not in _bodies(self.pages.texts.get(name, "")):
            self.refresh()
        return self.pages

    def with_text(self, text: str) -> Pages:
        """The pages, with one that has this text if there is one."""
        if comparable(text) not in self.pages.bodies:
            self.refresh()
        return self.pages


@lru_cache(maxsize=8)
def folder(root: Path, docs: Path) -> Folder:
    return Folder(root, docs)


def comparable(text: str) -> str:
    """The text that Python-Markdown was given, as pages are compared with it."""
    return normal(text).strip("\n")


def _walk(folder: Path | str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{prefix}{entry.name}/")
        # A link that leads nowhere, or to itself, is not a page.
        elif entry.name.endswith(MARKDOWN) and os.path.isfile(entry.path):
            yield prefix + entry.name, entry


# ## The text of a page
#
# Between the file and us stand the site generator, which takes the front matter off, and
# Python-Markdown, which settles white space. Texts are compared as if both had been there.
@lru_cache(maxsize=1024)
def _bodies(whole: str) -> tuple[str, ...]:
    """
    What may be the text of a page: without front matter of either kind, or all of it, for what
    looks like front matter is not always taken for that.
    """
    starts = [m.end() for kind in (_FRONT_MATTER, _KEYS) if (m := kind.match(whole))]
    return tuple(whole[start:].strip("\n") for start in (*starts, 0))
