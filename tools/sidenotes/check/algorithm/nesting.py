r"""
# Nested statements

The rows of an algorithm come one below the other, and their indentation says which condition or
loop they belong to, as in Python. This file makes statements of them: assignments, and branches
with statements inside. There is one loop, and nothing after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..formula.tokens import CannotParse
from .rows import Row


@dataclass(frozen=True)
class Branch:
    """A condition and its two cases. Where there is no `else`, `otherwise` is empty."""

    row: Row
    body: tuple[Statement, ...]
    else_row: Row | None = None
    otherwise: tuple[Statement, ...] = ()


Statement = Row | Branch


class Nested(NamedTuple):
    """The statements above the loop, the row of the loop, and the statements in it."""

    before: tuple[Statement, ...]
    loop: Row
    body: tuple[Statement, ...]


def nest(tex: str, rows: Iterable[Row]) -> Nested:
    """The statements that the rows of the block `tex` make up."""
    nesting = _Nesting(tex, deque(rows))
    before = nesting.statements(0)
    loop = nesting.next("loop", 0)
    if not loop:
        raise nesting.wrong("a loop expected, \\text{for each …}")
    body = nesting.below(loop)
    if nesting.left:
        raise nesting.wrong("a row after the loop")
    return Nested(before, loop, body)


class _Nesting:
    def __init__(self, tex: str, rows: deque[Row]) -> None:
        self.tex, self.left = tex, rows

    def wrong(self, problem: str) -> CannotParse:
        """An error about the next row, or about the end of the block."""
        if not self.left:
            return CannotParse(problem, self.tex, len(self.tex))
        row = self.left[0]
        error = CannotParse(problem, self.tex[: row.end], row.start)
        error.row = row.number
        return error

    def next(self, role: str, depth: int) -> Row | None:
        """Take the next row if it has this role and depth."""
        return self.left.popleft() if self.comes(role, depth) else None

    def comes(self, role: str, depth: int) -> bool:
        return bool(self.left) and (self.left[0].role, self.left[0].depth) == (role, depth)

    def statements(self, depth: int) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while True:
            if condition := self.next("if", depth):
                found.append(self.branch(condition))
            elif row := self.next("assign", depth):
                found.append(row)
            else:
                break
        if self.left and self.left[0].depth > depth:
            raise self.wrong("set in deeper than the row above it")
        if self.comes("else", depth):
            raise self.wrong("no condition above it that it could belong to")
        return tuple(found)

    def branch(self, condition: Row) -> Branch:
        body = self.below(condition)
        other = self.next("else", condition.depth)
        return Branch(condition, body, other, self.below(other) if other else ())

    def below(self, row: Row) -> tuple[Statement, ...]:
        """The statements set in below a row."""
        if not self.left or self.left[0].depth <= row.depth:
            raise self.wrong(f"a row that belongs to row {row.number} expected")
        return self.statements(self.left[0].depth)
