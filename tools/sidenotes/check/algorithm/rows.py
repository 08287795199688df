r"""
# The rows of an algorithm

An algorithm is shown as a block of rows. This file reads it row by row; what a row may say is

| a row | and what it is |
|---|---|
| `m_0 \leftarrow 0, \quad t \leftarrow 0` | assignments, with commas or wide spaces between |
| `t \leftarrow t + 1 && \text{if } \texttt{count}` | the same, under a guard |
| `\text{for each gradient } g_t\text{:}` | the loop, and what it gives in each pass |
| `\text{for } t = 1, 2, \dots\text{:}` | the loop, where nothing is given: it counts its passes |
| `\text{if } \rho_t \ge 5\text{:}` | a condition for the rows set in below it |
| `\text{else:}` | the other case |

`=` and `:=` assign, too. A loop can also be `for every`, and count `t = 1, \dots, T` or
`t = 1 \text{ to } T`. Instead of a colon, there can be `do`, `then` or nothing.
`\text{Initialize:}` can stand before what is assigned above the loop. [Other words](words.py) are
refused.

How far a row is set in by `\quad` (one) and `\qquad` (two) says what it belongs to. One `&` only
aligns; `&&` begins the guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..formula import display
from ..formula.parser import ARROWS, Parser
from ..formula.tokens import WIDE, CannotParse
from ..formula.tree import Assign, Condition, Expression, Name, Number
from .words import REFUSED_WORDS, START, word

DOTS = (r"\dots", r"\ldots", r"\cdots")


@dataclass(frozen=True)
class Row:
    """`number` counts from 1; `start` and `end` are offsets into the TeX of the whole block."""

    number: int
    start: int
    end: int
    depth: int
    role: Literal["assign", "loop", "if", "else"]
    assigns: tuple[Assign, ...] = ()
    # Of a row with `if`, or the guard of assignments.
    condition: Condition | None = None
    # The variable of the loop, which has a value from the run in each pass; or the counter of its
    # passes, and how far it counts.
    variable: Name | None = None
    counter: Name | None = None
    last: Expression | None = None
    # Whether it begins with a word such as `Initialize`, and so has to be above the loop.
    starts: bool = False

    def contains(self, position: int) -> bool:
        return self.start <= position < self.end


def rows(tex: str, symbols: Collection[str]) -> Iterator[Row]:
    """The rows of a block; empty ones are counted and left out."""
    for number, cells in enumerate(display.rows(tex), 1):
        try:
            row = RowParser(tex, cells.row, cells.row_end, symbols).row(number)
            if row and cells.remark is not None:
                row = RowParser(tex, cells.remark, cells.end, symbols).guarded(row)
        except CannotParse as error:
            error.row = number
            raise
        if row:
            yield row


class RowParser(Parser):
    """The parser of formulas, extended by the words between them."""

    def row(self, number: int) -> Row | None:
        depth = 0
        while self.peek() in WIDE:
            depth += WIDE[self.peek()]
            self.at += 1
        if not self.peek():
            return None
        start, role = self.position(), self.accept_word("for", "if", "else")
        row = Row(number, start, self.end, depth, "assign")
        if role == "for":
            row = self.loop(row)
        elif role == "if":
            row = replace(row, role="if", condition=self.condition())
            self.end_of_head()
        elif role == "else":
            row = replace(row, role="else")
            self.end_of_head()
        else:
            row = self.assignments(row)
        self.finish()
        return row if row.role != "assign" or row.assigns else None

    def accept_word(self, *words: str) -> str:
        """One of the words, if it comes next."""
        found = word(self.peek())
        self.at += found in words
        return found if found in words else ""

    def end_of_head(self) -> None:
        """What ends a row that has others below it: a colon, a comma, `do` or `then`."""
        if self.peek() and not self.accept(r"\text{:}", ":", r"\text{,}", ","):
            if not self.accept_word("do", "then"):
                raise self.fail(r"\text{:} expected")
        self.accept_word("do", "then")
        self.accept(r"\text{:}", ":")

    # ## The loop

    def loop(self, row: Row) -> Row:
        if self.accept_word("each", "every"):
            while word(self.peek()):
                self.take()
            row = replace(row, role="loop", variable=self.symbol())
        else:
            counter = self.counter()
            row = replace(row, role="loop", counter=counter, last=self.last())
        self.end_of_head()
        return row

    def counter(self) -> Name:
        if word(self.peek()):
            raise self.fail(r"\text{each} expected")
        name = self.symbol()
        if name.key != "t":
            raise self.fail("what counts the steps is t", name.start)
        self.expect("=")
        first = self.expression()
        if first != Number(1):
            raise self.fail("t counts from 1", first.start)
        return name

    def last(self) -> Expression | None:
        r"""How far the loop counts, in `2, \dots` or `\dots, T` or `\text{to } T`; or nothing."""
        if not self.accept_word("to"):
            self.expect(",")
            if self.accept("2"):
                self.expect(",")
            if self.peek() not in DOTS:
                raise self.fail(r"\dots expected")
            self.take()
            if not self.accept(","):
                return None
        if self.accept(*DOTS, r"\infty"):
            return None
        return self.expression()

    # ## Assignments

    def assignments(self, row: Row) -> Row:
        starts = bool(self.accept_word(*START))
        if starts:
            self.accept(r"\text{:}", ":")
        found = []
        while self.comes_more():
            found.append(self.assign(self.expression(), (*ARROWS, "=")))
            if not self.accept(",", *WIDE):
                break
        return replace(row, assigns=tuple(found), starts=starts)

    def comes_more(self) -> bool:
        self.skip_spaces()
        found = word(self.peek())
        if found:
            raise self.fail(f"{found!r}: {REFUSED_WORDS.get(found, 'not a word of an algorithm')}")
        return bool(self.peek())

    def guarded(self, row: Row) -> Row:
        if row.role != "assign":
            raise self.fail("only assignments can have a guard")
        self.skip_spaces()
        if not self.accept_word("if"):
            raise self.fail(r"\text{if} expected")
        condition = self.condition()
        self.finish()
        return replace(row, end=self.end, condition=condition)
