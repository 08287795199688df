"""
# Places and problems

Where a formula stands, and what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .formula.display import balanced


@dataclass(frozen=True)
class Place:
    """A formula of a file, and the line on which it begins."""

    path: Path
    line: int
    tex: str
    display: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    def part(self, start: int, end: int | None = None) -> Place:
        """
        The part of the formula between two offsets, with all of the groups that begin or end in it.

        >>> print(Place(Path("a.py"), 3, "a = {b}").part(5, 6).tex)
        b
        """
        start, end = balanced(self.tex, start, len(self.tex) if end is None else end)
        line = self.line + self.tex.count("\n", 0, start)
        return Place(self.path, line, self.tex[start:end].strip(), self.display)


@dataclass(frozen=True)
class Problem:
    """Something that does not hold, or cannot be checked. The first line of `text` is the gist."""

    # The formula, or the name of the run.
    place: Place | str
    text: str

    def __str__(self) -> str:
        tex = one_line(self.place.tex) if isinstance(self.place, Place) else ""
        tex = f": {tex}" if tex else ""
        return f"{self.place}{tex}\n    {self.text}"


def one_line(tex: str) -> str:
    """The formula on one line; of an algorithm, its beginning."""
    line = " ".join(tex.split())
    return line if len(line) <= 160 else f"{line[:159]}…"
