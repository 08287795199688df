r"""
# The rows of an algorithm

An algorithm is shown as a block of aligned rows. This file reads it row by row; what a row may say
is

| a row | and what it is |
|---|---|
| `m_0 \leftarrow 0, \quad t \leftarrow 0` | assignments, with commas or wide spaces between |
| `t \leftarrow t + 1 && \text{if } \texttt{count}` | the same, under a guard |
| `\text{for each gradient } g_t\text{:}` | the loop |
| `\text{if } \rho_t \ge 5\text{:}` | a condition for the rows set in below it |
| `\text{else:}` | the other case |

A condition is a comparison or the name of a flag in `\texttt`, and can have `\text{not}`,
`\text{and}` and `\text{or}` in it. *Not* binds tighter than *and*, and *and* than *or*.

How far a row is set in by `\quad` (one) and `\qquad` (two) says what it belongs to. One `&` only
aligns; `&&` begins the guard.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..formula.cursor import WIDE
from ..formula.parser import Parser
from ..formula.tokens import CannotParse, Item, Token, scan
from ..formula.tree import Assign, Compare, Name, Node


@dataclass(frozen=True)
class Flag(Node):
    name: str


@dataclass(frozen=True)
class Not(Node):
    operand: Condition


@dataclass(frozen=True)
class Logic(Node):
    op: Literal["and", "or"]
    left: Condition
    right: Condition


Condition = Flag | Not | Logic | Compare


@dataclass(frozen=True)
class Row:
    """`number` counts from 1; `start` and `end` are offsets into the TeX of the whole block."""

    number: int
    start: int
    end: int
    depth: int
    kind: Literal["assign", "loop", "if", "else"]
    assigns: tuple[Assign, ...] = ()
    # Of a row with `if`, or the guard of assignments.
    condition: Condition | None = None
    # What the loop gives in each pass.
    given: Name | None = None


BLOCK = re.compile(r"\s*\\begin\{(align\*?|aligned)\}(.*)\\end\{\1\}\s*", re.DOTALL)


def read(tex: str, symbols: Collection[str]) -> Iterator[Row]:
    """The rows of a block; empty ones are counted and left out."""
    block = BLOCK.fullmatch(tex)
    if not block:
        raise CannotParse("a block of aligned rows expected", tex, 0)
    for number, cells in enumerate(_split(scan(tex, *block.span(2)), block.end(2)), 1):
        try:
            row = RowParser(tex, cells.row, cells.row_end, symbols).row(number)
            if row and cells.guard is not None:
                row = RowParser(tex, cells.guard, cells.end, symbols).guarded(row)
        except CannotParse as error:
            error.row = number
            raise
        if row:
            yield row


# ## Cutting


class Cells(NamedTuple):
    row: list[Item]
    row_end: int
    guard: list[Item] | None
    end: int


def _split(items: list[Item], end: int) -> Iterator[Cells]:
    """The rows of a block that ends at `end`."""
    row: list[Item] = []
    for item in items:
        if isinstance(item, Token) and item.text == r"\\":
            yield _cells(row, item.start)
            row = []
        else:
            row.append(item)
    yield _cells(row, end)


def _cells(items: list[Item], end: int) -> Cells:
    end = items[-1].end if items else end
    texts = [item.text if isinstance(item, Token) else "" for item in items]
    # The `[1em]` after the `\\` of the row before.
    skip = texts.index("]") + 1 if texts[:1] == ["["] and "]" in texts else 0
    for i in range(skip, len(items) - 1):
        if texts[i] == texts[i + 1] == "&":
            row_end = items[i - 1].end if i > skip else items[i].start
            return Cells(_unaligned(items[skip:i]), row_end, items[i + 2 :], end)
    return Cells(_unaligned(items[skip:]), end, None, end)


def _unaligned(items: list[Item]) -> list[Item]:
    return [item for item in items if not (isinstance(item, Token) and item.text == "&")]


# ## Reading


class RowParser(Parser):
    """The parser of formulas, taught the words between them."""

    def row(self, number: int) -> Row | None:
        depth = 0
        while self.peek() in WIDE:
            depth += WIDE[self.peek()]
            self.at += 1
        if not self.peek():
            return None
        start = self.position()
        if self.accept(r"\text{for}"):
            row = Row(number, start, self.end, depth, "loop", given=self.loop())
        elif self.accept(r"\text{if}"):
            row = Row(number, start, self.end, depth, "if", condition=self.condition())
            self.expect(r"\text{:}")
        elif self.accept(r"\text{else}"):
            row = Row(number, start, self.end, depth, "else")
            self.expect(r"\text{:}")
        else:
            row = Row(number, start, self.end, depth, "assign", self.assignments())
        self.finish()
        return row

    def loop(self) -> Name:
        self.expect(r"\text{each}")
        while self.peek().startswith(r"\text{"):
            self.take()
        given = self.name()
        self.expect(r"\text{:}")
        return given

    def assignments(self) -> tuple[Assign, ...]:
        found = [self.assign(self.expression())]
        while self.accept(",", *WIDE):
            while self.accept(*WIDE):
                pass
            if self.peek():
                found.append(self.assign(self.expression()))
        return tuple(found)

    def guarded(self, row: Row) -> Row:
        if row.kind != "assign":
            raise self.fail("only assignments can have a guard")
        while self.accept(*WIDE):
            pass
        self.expect(r"\text{if}")
        condition = self.condition()
        self.finish()
        return Row(row.number, row.start, self.end, row.depth, "assign", row.assigns, condition)

    def condition(self) -> Condition:
        left = self.conjunction()
        while self.accept(r"\text{or}"):
            right = self.conjunction()
            left = Logic("or", left, right, start=left.start, end=right.end)
        return left

    def conjunction(self) -> Condition:
        left = self.term()
        while self.accept(r"\text{and}"):
            right = self.term()
            left = Logic("and", left, right, start=left.start, end=right.end)
        return left

    def term(self) -> Condition:
        start = self.position()
        if self.accept(r"\text{not}"):
            operand = self.term()
            return Not(operand, start=start, end=operand.end)
        flag = self.peek()
        if flag.startswith(r"\texttt{"):
            return Flag(flag[len(r"\texttt{") : -1], start=start, end=self.take().end)
        return self.compare(self.expression())
