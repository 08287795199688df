r"""
# Definitions

A display in a docstring, or in a comment outside of functions, that assigns with an arrow or with
`:=` and has no loop in it. There is no statement to compare it with, so it is tested if some
[claim](claim.py) that holds says the same. If none does, that is a problem: what only the author
thinks is an [opinion](opinion.py).

A formula within a line is a definition, too. What would be wrong, or leaves something out with `…`,
belongs in a quotation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..formula.tree import Assign
from ..problems import Place
from .assertion import Assertion, Context, Result
from .claim import SAME_CLAIM, Claim
from .reading.assignments import ARROW, assignments
from .reading.formulas import Formula


class Definition(Assertion):
    name, plural = "definition", "definitions"

    def __init__(self, formula: Formula, place: Place, assign: Assign) -> None:
        super().__init__(formula, place)
        self.assign, self.tested = assign, False

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        if formula.beside_code or not ARROW.search(formula.tex):
            return None
        found = assignments(formula.tex, formula.table.names)
        parts = [formula.place.part(assign.start, assign.end) for assign in found]
        places = parts if len(found) > 1 else [formula.place]
        return [cls(formula, *each) for each in zip(places, found, strict=True)]

    def end(self, context: Context) -> None:
        self.tested = any(claim.says(self.assign) for claim in context.of(Claim))
        if not self.tested:
            self.fail("nothing tests this definition: no claim that holds says the same")

    def results(self) -> Iterator[Result]:
        yield self.result("passed" if self.tested else "unchecked")

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        return SAME_CLAIM
