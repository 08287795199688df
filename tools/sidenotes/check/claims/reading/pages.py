r"""
# A page in Markdown

A page is one note without any code. Its head, between `---` at its beginning, is none of it, and
neither is what a program has written into it, between `<!-- name -->` and `<!-- /name -->`: that is
the program's to answer for.

>>> print(*note("---\ntitle: $a$\n---\n$b$\n<!-- table -->\n$c$\n<!-- /table -->\n$d$").split())
$b$ $d$
"""

from __future__ import annotations

import re
from pathlib import Path

from ....languages.sections import BYTE_ORDER_MARK, Section, decode

SUFFIX = ".md"
_LEFT_OUT = re.compile(
    r"\A---\n.*?^---$ | ^<!--[ ](?P<name>[\w-]+)[ ]-->$.*?^<!--[ ]/(?P=name)[ ]-->$",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def is_page(path: Path) -> bool:
    return path.suffix == SUFFIX


def read(path: Path) -> str:
    text = decode(path.read_bytes(), "utf-8", str(path)).removeprefix(BYTE_ORDER_MARK)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def note(text: str) -> str:
    """What an author has written, with as many lines as the page has."""
    return _LEFT_OUT.sub(lambda found: "\n" * found[0].count("\n"), text)


def sections(text: str, stem: str) -> list[Section]:
    last = text.count("\n") + 1
    return [Section(stem, "page", 1, last, note(text), 1, (), tuple(text.splitlines(True)))]


class NoStatements:
    """The statements of a page, which has none."""

    def at(self, line: int) -> None:
        return None

    def inside(self, line: int) -> None:
        return None
