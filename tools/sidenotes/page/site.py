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
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from ..languages.files import stem
from ..math.fences import hidden, indented

# The first line of a block as PyMdown reads it, at any depth of lists, tabs and quotations.
_BLOCK = re.compile(
    r"(?P<lead>[ >]*?)(?P<margin> *)/{3,} *sidenotes *\| *(?P<source>.*?) *$", re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"-{3}[ \t]*\n(.*?\n)(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
# MultiMarkdown's front matter has no marks.
_KEYS = re.compile(r"(?: {0,3}[\w-]+:.*\n(?:(?: {4}|\t).*\n)*)+")


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

    def find(self, text: str) -> list[tuple[str, int]]:
        """
        The pages that have this text, front matter apart, and the line on which it begins there.
        Front matter is not compared, so two pages may have the same text.
        """
        found, wanted = [], normal(text).strip("\n")
        for page, whole in self._pages():
            lines = [line for body, line in _bodies(whole) if body == wanted]
            found += [(page, line) for line in lines[:1]]
        return found

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
            # A link that leads nowhere, or to itself, is no page.
            if path.is_file():
                stat = path.stat()
                text = _read(path, stat.st_mtime_ns, stat.st_size)
                yield path.relative_to(self.docs).as_posix(), text


@lru_cache(maxsize=1024)
def _read(path: Path, changed: int, size: int) -> str:
    # The time and the size are there for the cache alone: under live reload a page that changed
    # is read again.
    return normal(path.read_text(encoding="utf-8-sig", errors="replace"))


# ## The text of a page
#
# Between the file and us stand the site generator, which takes the front matter off, and
# Python-Markdown, which settles white space. Texts are compared as if both had been there.
def normal(text: str) -> str:
    """Ends of lines, tabs and blank lines as Python-Markdown makes them."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.expandtabs(4) if line.strip() else "" for line in lines)


@lru_cache(maxsize=1024)
def _bodies(whole: str) -> tuple[tuple[str, int], ...]:
    """
    What may be the text of a page, and its first line: without front matter of either kind, or
    all of it, for what looks like front matter is not always taken for that.
    """
    starts = [m.end() for kind in (_FRONT_MATTER, _KEYS) if (m := kind.match(whole))]
    bodies = []
    for start in (*starts, 0):
        body = whole[start:].lstrip("\n")
        line = whole.count("\n", 0, len(whole) - len(body)) + 1
        bodies.append((body.rstrip("\n"), line))
    return tuple(bodies)


# ## The blocks of a page
#
# This repeats what PyMdown's parser does, so it can be mistaken. `block.py` compares the two when a
# page is built: a block that only one of them sees is an error, not a link that leads nowhere.
@lru_cache(maxsize=1024)
def scan(page: str, text: str) -> tuple[Use, ...]:
    """The blocks of one page. What stands in code or in a comment is an example, not a block."""
    uses, skip, lines = [], hidden(text) | indented(text), normal(text).split("\n")
    for number, line in enumerate(lines):
        block = _BLOCK.match(line) if number not in skip else None
        if block:
            only = _only(lines[number + 1 :], block["lead"], len(block["margin"]))
            source = posixpath.normpath(block["source"])
            uses.append(Use(page, number + 1, source, only))
    return tuple(uses)


def _only(below: list[str], lead: str, margin: int) -> str:
    """The option `only` among the lines below a block's first."""
    options = []
    for line in below:
        # Within a list item or a tab, options stand four columns deeper than the text there.
        text = line.removeprefix(lead)
        if not text.startswith(" " * (margin // 4 * 4 + 4)) or not text.strip():
            break
        options.append(text)
    try:
        found = yaml.safe_load(textwrap.dedent("\n".join(options)))
    except yaml.YAMLError:
        # Then the block is not accepted either.
        return ""
    return str(found.get("only", "")) if isinstance(found, dict) else ""


def home(uses: Iterable[Use], source: str, name: str) -> Use | None:
    """
    Where a reader finds the definition `name` of a source file: on the page of the whole file if
    there is one.
    """
    shown = [use for use in uses if use.source == source]
    for use in sorted(shown, key=lambda use: bool(use.only)):
        if not use.only or f"{name}.".startswith(f"{use.only}."):
            return use
    return None


def line_prefix(uses: Iterable[Use], use: Use) -> str:
    """
    What the anchors of lines begin with. The first file on a page has `L42`, the others
    `adam.L42`, and one that stands there again `adam-2.L42`.
    """
    before = [other for other in uses if other.page == use.page and other.line < use.line]
    again = sum(stem(other.source) == stem(use.source) for other in before)
    if not before:
        return "L"
    return f"{stem(use.source)}-{again + 1}.L" if again else f"{stem(use.source)}.L"
