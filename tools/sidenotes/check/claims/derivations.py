r"""
# Derivations

A display without an arrow, in a docstring: it says what follows from what. It can be held to its
word in two ways.

* An equation between symbols of the module's algorithm, $b_t = 1 - \beta^t$, is evaluated along
  with the algorithm. A symbol that no algorithm of the file gives a value to is then an error.
* Where a doctest below defines a function of symbols, the formula is compared with that: see
  [`examples.py`](examples.py). With several equations in a display, the first function is that of
  the first equation, and so on.

If neither is the case, a doctest below, under the same heading, backs it; else nothing does.

A display is cut at wide spaces into equations, and an equation at $=$, $\approx$ and $\to$ into its
sides. A side like $\operatorname{Var}[x]$ has no value that could be computed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ..formula.cursor import WIDE
from ..formula.parser import parse
from ..formula.tokens import CannotParse, Item, Token, scan
from ..formula.tree import Expression
from ..model import Place, Table
from .examples import Function, functions

RELATIONS = ("=", r"\approx", r"\to")


@dataclass(frozen=True, eq=False)
class Derivation:
    """One equation. `sides` are `None` where they cannot be read."""

    place: Place
    # Whether a doctest stands below.
    backed: bool
    sides: tuple[Expression | None, ...]
    # Whether they are equal, and not just near.
    equal: bool
    function: Function | None

    @property
    def equation(self) -> tuple[Expression, ...]:
        """The sides, if an algorithm has to make them equal."""
        known = tuple(side for side in self.sides if side)
        whole = len(known) == len(self.sides) > 1
        return known if whole and self.equal and not self.function else ()


def read(place: Place, note: str, first: int, end: int, table: Table) -> Iterator[Derivation]:
    """
    The equations of a display. `first` is the line of the file on which its note begins, and `end`
    that on which the next display does.
    """
    lines, line = note.split("\n"), place.line - first
    under = _until_heading(lines, line)
    known = {name for names in table.names.values() for name in names}
    below = [f for f in functions(note, known) if line < f.line < min(end - first, under)]
    backed = any(">>>" in text for text in lines[line:under])
    equations = _equations(place.tex)
    for (start, stop), function in zip_longest(equations, below[: len(equations)]):
        tex = place.tex[start:stop]
        at = Place(place.path, place.line + place.tex.count("\n", 0, start), tex)
        parts = _parts(tex, RELATIONS)
        sides = tuple(_side(tex, part, table.names) for part in parts)
        equal = len(parts) == len(_parts(tex, ["="]))
        yield Derivation(at, backed, sides, equal, function)


def _until_heading(lines: Sequence[str], line: int) -> int:
    """The line of the next heading, or the end of the note."""
    headings = (n for n in range(line, len(lines)) if re.match("#{1,6} ", lines[n]))
    return next(headings, len(lines))


Span = tuple[int, int]


def _equations(tex: str) -> list[Span]:
    r"""
    Where the equations of a display begin and end. What has no relation in it is a remark, and
    leaves the display whole.

    >>> [r"a = b \qquad c = d"[slice(*span)] for span in _equations(r"a = b \qquad c = d")]
    ['a = b', 'c = d']
    >>> len(_equations(r"a = b \quad\text{if } c"))
    1
    """
    parts = _parts(tex, WIDE)
    if len(parts) > 1 and all(len(_parts(tex[slice(*part)], RELATIONS)) > 1 for part in parts):
        return parts
    return [(0, len(tex))]


def _parts(tex: str, signs: Collection[str]) -> list[Span]:
    """Where that begins and ends which stands between some signs."""
    parts: list[list[Item]] = [[]]
    try:
        for item in scan(tex):
            if isinstance(item, Token) and item.text in signs:
                parts.append([])
            else:
                parts[-1].append(item)
    except CannotParse:
        return [(0, len(tex))]
    return [(part[0].start, part[-1].end) if part else (0, 0) for part in parts]


def _side(tex: str, span: Span, symbols: Collection[str]) -> Expression | None:
    """One side of an equation. A node's offsets are those in the whole of it."""
    start, end = span
    try:
        node = parse(" " * start + tex[start:end], symbols)
    except CannotParse:
        return None
    return node if isinstance(node, Expression) else None
