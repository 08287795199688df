r"""
# Assignments in a display

A display can assign several times: in rows, in a row with commas or wide spaces between, or in a
chain $y = 2x = x + x$, of which each part is what $y$ has to be. A row that begins with a sign goes
on with the row above it. What follows `&&` is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..formula.display import joined
from ..formula.parser import ARROWS, RELATIONS, SIGNS, Parser
from ..formula.tokens import WIDE, CannotParse
from ..formula.tree import Assign

ARROW = re.compile(r"\\(?:leftarrow|gets|longleftarrow|coloneqq)(?![A-Za-z])|:\s*=|←|≔")


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
        target = self.target(left)
        found: list[Assign] = []
        while not found or self.comes(("=",)):
            self.take()
            value = self.expression()
            found.append(Assign(target, value, start=left.start, end=value.end))
        if self.comes(RELATIONS):
            raise self.fail("an assignment and a comparison in one formula")
        return found

    def states_nothing(self, start: int) -> CannotParse:
        """Why what has been read is no assignment."""
        if self.comes(RELATIONS):
            return self.fail("a comparison does not say what a value is: write = or \\leftarrow")
        if self.peek() and self.peek() not in (",", ".", ";"):
            return self.refuse()
        return self.fail("this does not say what it is the value of: write symbol = …", start)
