r"""
# Assignments in a display

A display can assign several times: in rows, in a row with commas or wide spaces between, or in a
chain $y = 2x = x + x$, of which each part is what $y$ has to be. A row that begins with a sign goes
on with the row above it. What follows `&&` is a remark.

With an arrow, what is assigned to may stand on the right, too: there it is what the variable held
before. An equation, with `=` or `:=`, has one value for a symbol on both of its sides, so a line
that changes it is refused: $m_t = \beta m_{t-1}$ says what $m_t = \beta m_t$ does not.

If the table of symbols has $y$, then $y_i = 2 x_i$ is about all elements of $y$.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from ...formula.display import joined
from ...formula.parser import ARROWS, RELATIONS, SIGNS, Parser
from ...formula.symbols import shifted, subscripts, with_subscripts
from ...formula.tokens import WIDE, CannotParse
from ...formula.tree import Array, Assign, Name, names

ARROW = re.compile(r"\\(?:leftarrow|gets|longleftarrow|coloneqq)(?![A-Za-z])|:\s*=|←|≔")
# The signs that give a symbol a new value; the other ones of `ARROWS` say what it is.
LEFT = (r"\leftarrow", r"\gets", r"\longleftarrow", "←")


def assignments(tex: str, symbols: Collection[str]) -> list[Assign]:
    """All assignments of a display; `CannotParse` if there is anything else in it."""
    found: list[Assign] = []
    for items, end in joined(tex, {*SIGNS, *RELATIONS}):
        found += AssignmentParser(tex, items, end, symbols).assignments()
    if not found:
        raise CannotParse("a formula expected", tex, 0)
    return found


class AssignmentParser(Parser):
    """The parser of formulas, for what assigns."""

    def assignments(self) -> list[Assign]:
        found = self.chain()
        while self.accept(",", *WIDE):
            self.skip_spaces()
            if self.peek() and self.peek() not in (",", ".", ";"):
                found += self.chain()
        self.finish()
        return found

    def chain(self) -> list[Assign]:
        left = self.expression()
        if not self.comes((*ARROWS, "=")):
            raise self.states_nothing(left.start)
        target, indices = self.with_indices(self.target(left))
        self.bound = {**dict.fromkeys(indices, None)}
        found: list[Assign] = []
        is_arrow = self.peek() in LEFT
        while not found or self.comes(("=",)):
            self.take()
            value = self.expression()
            if not is_arrow and target.key in names(value):
                raise self.on_both_sides(target)
            end = value.end
            for index in reversed(indices):
                value = Array(Name(index), value, start=left.start, end=end)
            found.append(Assign(target, value, start=left.start, end=end))
        self.bound = {}
        if self.comes(RELATIONS):
            raise self.fail("an assignment and a comparison in one formula")
        return found

    def with_indices(self, target: Name) -> tuple[Name, list[str]]:
        """Of $y_i$, the array $y$ and the index, if the table of symbols has $y$ and not $y_i$."""
        stem, written = subscripts(target.key)
        parts = [each for part in written for each in (part if part.isalpha() else [part])]
        indices = [part for part in parts if part.isalpha() and part != "t"]
        array = with_subscripts(stem, [part for part in parts if part not in indices])
        if target.key in self.symbols or array not in self.symbols:
            return target, []
        return replace(target, key=array), indices

    def on_both_sides(self, target: Name) -> CannotParse:
        """An equation of $m_t$ with itself does not say which of them is the old one."""
        earlier = shifted(target.key, "t", "t-1")
        old = f"{earlier} on the right, or " if earlier != target.key else ""
        text = f"{target.key} stands on both sides of an equation: write {old}an arrow, \\leftarrow"
        return self.fail(text, target.start)

    def states_nothing(self, start: int) -> CannotParse:
        """Why what has been read is no assignment."""
        if self.comes(RELATIONS):
            return self.fail("a comparison does not say what a value is: write = or \\leftarrow")
        if self.peek() and self.peek() not in (",", ".", ";"):
            return self.refuse()
        return self.fail("this does not say what it is the value of: write symbol = …", start)
