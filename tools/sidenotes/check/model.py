r"""
# Places, problems, and the table of symbols

What all parts of the checker speak in: where a formula stands, what is wrong with it, and which
names in the code hold a symbol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..math.symbols import Symbol


@dataclass(frozen=True)
class Place:
    """A formula of a file, and the line on which it begins."""

    path: Path
    line: int
    tex: str
    display: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


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


def one_line(tex: str, width: int = 160) -> str:
    """The formula on one line; of an algorithm, its beginning."""
    line = " ".join(tex.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


class Table:
    """The table of symbols, as the checker asks it."""

    def __init__(self, symbols: Sequence[Symbol]):
        self.names: Mapping[str, tuple[str, ...]] = {s.tex: s.names for s in symbols}

    def holders(self, symbol: str) -> tuple[str, ...]:
        r"""
        The names that hold a symbol in the code. What holds $m_t$ also holds $m_0$.

        >>> Table([Symbol("m_t", "mean", ("m",))]).holders("m_0")
        ('m',)
        """
        own = self.names.get(symbol, ())
        return own or self.names.get(re.sub(r"_0$", "_t", symbol), ())
