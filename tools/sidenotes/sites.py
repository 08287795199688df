r"""
# Which page shows which file

A Markdown extension is given the text of one page and nothing else: not its name, not the other
pages. Yet an error should name the page and the line, and a name in the code should link to the
page that shows its definition.

MkDocs and Zensical each have a way to tell an extension the page's name, and the two have nothing
in common. So this module reads the folder of pages itself, and finds a page by its text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BLOCK = re.compile(r" {0,3}/{3,} *sidenotes *\| *(.*?) *$")
_ONLY = re.compile(r" {4,}only: *['\"]?(.*?)['\"]? *$")


@dataclass(frozen=True)
class Use:
    """A block on a page: which file it shows, and which part of it (`""` is all)."""

    page: str
    line: int
    source: str
    only: str = ""


@dataclass(frozen=True)
class Site:
    """The folder `docs` of pages in the project at `root`."""

    root: Path
    docs: Path
    directory_urls: bool = True

    def find(self, text: str) -> tuple[str, int]:
        """
        The page that has this text, and how many lines of front matter stand before it; `("", 0)`
        if none.
        """
        body = text.strip()
        for page, whole in self._pages():
            if body and whole.rstrip().endswith(body):
                return page, whole.rstrip()[: -len(body)].count("\n")
        return "", 0

    def uses(self) -> list[Use]:
        """Every block on every page, pages in alphabetical order."""
        return [use for page, text in self._pages() for use in scan(page, text)]

    def url(self, page: str) -> str:
        """The address of a page, relative to the site's root."""
        folder, name = posixpath.split(page.removesuffix(".md"))
        name = "index" if name == "README" else name
        if not self.directory_urls:
            return posixpath.join(folder, f"{name}.html")
        path = folder if name == "index" else posixpath.join(folder, name)
        return f"{path}/" if path else ""

    def link(self, start: str, page: str, anchor: str) -> str:
        """The address of an anchor on `page`, as seen from the page `start`."""
        if page == start:
            return f"#{anchor}"
        here, there = f"/{self.url(start)}", f"/{self.url(page)}"
        path = posixpath.relpath(there, posixpath.dirname(here))
        return f"{path}/#{anchor}" if there.endswith("/") else f"{path}#{anchor}"

    def _pages(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.docs.rglob("*.md")):
            stat = path.stat()
            yield (
                path.relative_to(self.docs).as_posix(),
                _read(path, stat.st_mtime_ns, stat.st_size),
            )


@lru_cache(maxsize=1024)
def _read(path: Path, changed: int, size: int) -> str:
    # The time and the size are there for the cache alone: under live reload a page that changed
    # is read again.
    return path.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")


@lru_cache(maxsize=1024)
def scan(page: str, text: str) -> tuple[Use, ...]:
    """The blocks of one page. What stands in a fence is an example, not a block."""
    uses, fence, lines = [], "", text.split("\n")
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (block := _BLOCK.match(line)):
            only = _ONLY.match(lines[number]) if number < len(lines) else None
            uses.append(Use(page, number, posixpath.normpath(block[1]), only[1] if only else ""))
    return tuple(uses)


def home(uses: Iterable[Use], source: str, name: str) -> str:
    """
    The page where a reader finds the definition `name` of a source file: that of the whole file if
    there is one.
    """
    shown = [use for use in uses if use.source == source]
    for use in sorted(shown, key=lambda use: bool(use.only)):
        if not use.only or f"{name}.".startswith(f"{use.only}."):
            return use.page
    return ""


def stem(source: str) -> str:
    """
    What the anchors of a file begin with: `adam` for `labml_optim/adam.py`, the package's name
    for its `__init__`.
    """
    path = Path(source)
    return path.parent.name or "init" if path.stem == "__init__" else path.stem
