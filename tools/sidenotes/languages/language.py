r"""
# A language

One object holds all that differs from language to language. Each language makes its own, and
[`registry.py`](registry.py) lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from .highlight import Highlighter, Markup
from .sections import Scope, Section


class Definition(NamedTuple):
    """A definition, or with an empty name a whole file. The name does not begin with the file's."""

    path: str
    name: str


class Link(NamedTuple):
    """A name in the code, by its line and its columns in characters, and what it means."""

    line: int
    start: int
    end: int
    target: Definition


class Project(Protocol):
    """The files that names may lead to."""

    # The files that are shown, relative to the root.
    shown: frozenset[str]
    root: Path

    def __hash__(self) -> int: ...

    def text(self, path: str) -> str:
        """The text of a file; `""` if there is none, or if it is not of its language."""


def no_links(project: Project, path: str, text: str) -> Iterable[Link]:
    """For a language whose names are not resolved."""
    return ()


@dataclass(frozen=True, eq=False)
class Language:
    # What the names of its files end in, each with what highlights such a file.
    highlighters: Mapping[str, Highlighter]
    # Decodes a file and keeps its line ends; `SyntaxError` if it cannot.
    read: Callable[[Path], str]
    # The sections of a text, under a stem; `SyntaxError` if it is not of the language.
    parse: Callable[[str, str], list[Section]]
    # The file and the definitions in it, under a stem, with their lines.
    scopes: Callable[[str, str], list[Scope]]
    # The lines that begin within a string: to indent them otherwise would change its value.
    within_strings: Callable[[str], set[int]]
    # Qualified names, under a stem, with their lines.
    definitions: Callable[[str, str], dict[str, int]]
    # Tags around the variables that stand for a symbol.
    symbol_markup: Callable[[str, Mapping[str, Sequence[str]]], list[Markup]]
    # The names in the code of a file that mean a definition in one of the files shown.
    links: Callable[[Project, str, str], Iterable[Link]] = no_links
