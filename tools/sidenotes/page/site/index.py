r"""
# Which page shows which file

The blocks of all pages are collected once for a build, since a name in the code links to the page
that shows its definition.
"""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from ...languages import files
from ...languages.files import stem
from ...languages.registry import language
from ...math.fences import hidden, indented

# The first line of a block as PyMdown reads it, at any depth of lists, tabs and quotations.
_BLOCK = re.compile(
    r"(?P<lead>[ >]*?)(?P<margin> *)/{3,} *sidenotes *\| *(?P<source>.*?) *$", re.IGNORECASE
)


@dataclass(frozen=True)
class Use:
    """
    A block on a page: which file it shows, and which part of it (`""` is all). The line is 0 if
    it is not in the text of the page.
    """

    page: str
    line: int
    source: str
    only: str = ""


class Index:
    """The blocks of all pages."""

    def __init__(self, root: Path, pages: Mapping[str, Sequence[Use]]):
        self.root = root
        self.pages = {page: tuple(uses) for page, uses in pages.items() if uses}
        self._collect()

    def _collect(self) -> None:
        self._sources: dict[str, list[Use]] = {}
        for page in sorted(self.pages):
            for use in self.pages[page]:
                self._sources.setdefault(use.source, []).append(use)
        self.shown = frozenset(self._sources)

    def set(self, page: str, uses: Iterable[Use]) -> None:
        """What a page shows, now that it is built."""
        uses, known = tuple(uses), self.on(page)
        if [(u.source, u.only) for u in uses] != [(u.source, u.only) for u in known]:
            self.pages[page] = uses
            self._collect()

    def on(self, page: str) -> tuple[Use, ...]:
        """The blocks of a page, in their order."""
        return self.pages.get(page, ())

    def home(self, source: str, name: str) -> Use | None:
        """
        Where a reader finds the definition `name` of a source file: on the page of the whole file
        if there is one.
        """
        for use in sorted(self._sources.get(source, ()), key=lambda use: bool(use.only)):
            if not use.only or files.shows(use.only, name):
                return use
        return None

    def text(self, path: str) -> str:
        """
        The text of a file, or nothing if it cannot be read. A page that shows it will say what is
        wrong; if none does, there is nothing to link to.
        """
        try:
            text = files.text_of(self.root / path)
            language(path).definitions(text, stem(path))
            return text
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            return ""


def line_prefix(uses: Sequence[Use], use: Use) -> str:
    """
    What the anchors of lines begin with, for a block among those of its page. The first has `L42`,
    the others `adam:L42`, and one whose file stands there again `adam-2:L42`. No name of a
    definition has a colon in it.
    """
    before = uses[: uses.index(use)]
    again = sum(stem(other.source) == stem(use.source) for other in before)
    if not before:
        return "L"
    return f"{stem(use.source)}-{again + 1}:L" if again else f"{stem(use.source)}:L"


# ## The blocks of a text
#
# This repeats what PyMdown's parser does, so it can be mistaken. The extension compares the two
# when a page is built.
@lru_cache(maxsize=1024)
def scan(page: str, text: str) -> tuple[Use, ...]:
    """The blocks of one page. What stands in code or in a comment is an example, not a block."""
    if "sidenotes" not in text.lower():
        return ()
    uses, skip, lines = [], hidden(text) | indented(text), normal(text).split("\n")
    for number, line in enumerate(lines):
        block = _BLOCK.match(line) if number not in skip else None
        if block:
            only = _only(lines[number + 1 :], block["lead"], len(block["margin"]))
            source = posixpath.normpath(block["source"])
            uses.append(Use(page, number + 1, source, only))
    return tuple(uses)


def normal(text: str) -> str:
    """Ends of lines, tabs and blank lines as Python-Markdown makes them."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.expandtabs(4) if line.strip() else "" for line in lines)


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
    return " ".join(str(found.get("only", "")).split()) if isinstance(found, dict) else ""
