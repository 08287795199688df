r"""
# The formulas of a file

Finds the formulas in the notes of a file, and what has to be known of the place where each stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ....languages.registry import PYTHON, language
from ....languages.sections import Section
from ....math import formulas
from ...problems import Place
from ...statements import STATEMENTS
from ...statements.made import Statement
from ...symbol_table import SymbolTable
from . import pages

# Code in a note, and what begins a display there: a bracket does if there is TeX behind it.
_CODE = re.compile(
    r"^[ \t]*(```|~~~).*?(^[ \t]*\1|\Z)|^[ \t]*>>> .*?(?=\n[ \t]*\n|\Z)", re.M | re.S
)
_BEGINS = re.compile(
    rf"^[ >]{{0,3}}(?:\\begin\{{{formulas.ENVIRONMENT}\}}|\\\[(?=[^\]\n]*(?:\\[a-z]{{2}}|=))).*",
    re.MULTILINE | re.VERBOSE,
)
_THEREFORE = re.compile(r"\s*\\therefore(?![A-Za-z])")


class Source:
    """A file whose formulas are checked."""

    def __init__(self, path: Path, text: str, table: SymbolTable) -> None:
        self.path, self.text, self.table = path, text, table
        own = None if pages.is_page(path) else language(path)
        parse = own.parse if own else pages.sections
        self.sections = parse(text, path.stem)
        # In C there are no doctests.
        self.has_examples = own in (PYTHON, None)
        self.statements = STATEMENTS[own](text) if own else pages.NoStatements()
        # The first algorithm of each section, by the name of the section.
        self.algorithms: dict[str, Place] = {}

    def formulas(self) -> Iterator[Formula]:
        for section in self.sections:
            places = self._places(section)
            displays = [place.line for place in places if place.display]
            for place in places:
                below = [line for line in displays if line > place.line]
                yield Formula(place, section, self, min(below, default=section.last + 1))

    def _places(self, section: Section) -> list[Place]:
        lines, first = section.note.split("\n"), section.note_first
        found: list[Place] = []

        def collect(tex: str, display: bool, line: int) -> str:
            # The text of a display may begin on the line below its dollars.
            line += tex.partition("\n")[0] not in lines[line]
            found.append(Place(self.path, first + line, tex, display))
            return ""

        def where(line: int) -> str:
            return f"{self.path}:{first + line}"

        formulas.replace(section.note, collect, where, refuse)
        for line, text in never_closed(section.note):
            refuse(f"{where(line)}: not a formula, since it is never closed: {text}")
        return found


def refuse(doubt: str) -> None:
    """What stays text on a page may have been meant as a formula, which would go unchecked."""
    raise ValueError(doubt)


def never_closed(note: str) -> Iterator[tuple[int, str]]:
    """The lines that begin a display without dollars which has no end, and their numbers."""
    spans = [(found.start, found.end) for found in formulas.find(note)]
    for start, end in [*spans, *(found.span() for found in _CODE.finditer(note))]:
        note = note[:start] + re.sub(r"[^\n]", " ", note[start:end]) + note[end:]
    for begun in _BEGINS.finditer(note):
        yield note.count("\n", 0, begun.start()), begun[0].strip()


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula in a note."""

    place: Place
    section: Section
    source: Source
    # The line of the next display, or the line below the section.
    below: int

    @property
    def tex(self) -> str:
        return self.place.tex

    @property
    def display(self) -> bool:
        return self.place.display

    @property
    def table(self) -> SymbolTable:
        return self.source.table

    @property
    def line(self) -> int:
        """The line of the note, from 0."""
        return self.place.line - self.section.note_first

    @property
    def is_derived(self) -> bool:
        """Whether it says that it only follows from something else."""
        return bool(_THEREFORE.match(self.tex))

    @cached_property
    def beside_code(self) -> bool:
        """Whether it stands in a comment in a function."""
        first = next(iter(self.section.code), self.section.first)
        inside = self.source.statements.inside(first)
        return self.section.kind == "comment" and bool(inside)

    @cached_property
    def quoted(self) -> bool:
        """Whether its paragraph is a quotation."""
        lines = self.section.note.split("\n")[: self.line + 1]
        return "\n".join(lines).rpartition("\n\n")[2].lstrip().startswith(">")

    def statements(self) -> list[Statement]:
        """The statement below it, and those that follow without a note, in the same function."""
        first, *more = self.section.code or (0,)
        found = self.source.statements.at(first)
        if not found:
            return []
        others = (self.source.statements.at(line) for line in more)
        return [found, *(other for other in others if other and other.function == found.function)]
