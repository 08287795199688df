r"""
# Equations in a display

A display is cut into rows, at wide spaces into equations, and these at $=$, $\approx$, $\to$ and
signs of comparison into sides. A side is `None` where it cannot be read, as
$\operatorname{Var}[x]$ cannot. What has no relation in it is a remark, and leaves its row whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from ...examples import Function
from ...formula.display import joined, split
from ...formula.parser import RELATIONS, SIGNS, Parser
from ...formula.symbols import spelled
from ...formula.tokens import WIDE, CannotParse, Item, Token
from ...formula.tree import Assign, Compare, Expression, Name, names
from ...symbol_table import SymbolTable

# The sides of a limit need not be equal at any step, and those of an approximation not quite.
LIMIT, APPROXIMATELY = r"\to", r"\approx"
NEARLY = 0.1
SAME = {**RELATIONS, r"\equiv": "=", APPROXIMATELY: "="}


def is_stated(tex: str) -> bool:
    """Whether a relation is stated: the sign and more. Prose may speak of a sign alone."""
    return any(sign in tex and sign != tex.strip() for sign in (*SAME, LIMIT))


class Equation:
    """Sides, and the signs between them."""

    def __init__(
        self, tex: str, items: Sequence[Item], sides: Sequence[Expression | None], left_end: int
    ):
        self.start, self.end = items[0].start, items[-1].end
        self.sides, self.signs = sides, _signs(items)
        # The TeX of the left side.
        self.left = tex[self.start : left_end]

    @property
    def is_decidable(self) -> bool:
        """Whether it can hold or not, at each step."""
        return bool(self.signs) and None not in self.sides and LIMIT not in self.signs

    def is_name(self, function: Function, table: SymbolTable) -> bool:
        """Whether the left side only names what the function returns."""
        read = {symbol for name in function.arguments for symbol in table.held(name)}
        left = self.sides[0]
        return len(self.sides) > 1 and (left is None or not names(left) & read)

    def named(self, table: SymbolTable) -> tuple[str, ...]:
        """The names in the code of the symbol or the operator with which the left side begins."""
        begins = [key for key in table.names if spelled(self.left).startswith(key)]
        return table.holders(max(begins, key=len)) if begins else ()

    @property
    def assign(self) -> Assign | None:
        """The assignment that it is, if it is one."""
        if self.signs != ["="] or not isinstance(self.sides[0], Name) or not self.sides[1]:
            return None
        return Assign(self.sides[0], self.sides[1])

    @property
    def comparisons(self) -> Iterator[tuple[str, Compare]]:
        for sign, (left, right) in zip(self.signs, pairwise(self.sides), strict=True):
            assert left and right
            yield sign, Compare(SAME[sign], left, right, start=left.start, end=right.end)


def equations(tex: str, symbols: Collection[str]) -> Iterator[Equation]:
    """The equations of a display."""
    for items, _ in joined(tex, {*SIGNS, *SAME, LIMIT}):
        parts = [part for part, _ in split(items, *WIDE) if part]
        whole = len(parts) < 2 or not all(_signs(part) for part in parts)
        for part in [items] if whole else parts:
            sides = [side for side, _ in split(part, *SAME, LIMIT)]
            read = [_side(tex, side, symbols) for side in sides]
            yield Equation(tex, part, read, sides[0][-1].end if sides[0] else part[0].start)


def _signs(items: Sequence[Item]) -> list[str]:
    texts = (item.text for item in items if isinstance(item, Token))
    return [text for text in texts if text in SAME or text == LIMIT]


def _side(tex: str, items: Sequence[Item], symbols: Collection[str]) -> Expression | None:
    if not items:
        return None
    parser = Parser(tex, list(items), items[-1].end, symbols)
    try:
        node = parser.expression()
        parser.finish()
    except CannotParse:
        return None
    return node
