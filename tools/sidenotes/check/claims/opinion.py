r"""
# Opinions

A formula in a quotation, in lines that begin with `>`: there the author says what no test has
shown. It is counted, and that is all.

An arrow says what code does, which is no matter of opinion. A formula with an arrow is checked in a
quotation as anywhere else, if it can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..formula.tokens import CannotParse
from .assertion import Assertion, Result
from .reading.assignments import ARROW, assignments
from .reading.formulas import Formula


class Opinion(Assertion):
    name, plural = "opinion", "opinions"
    sign, label = "“", "An opinion"

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        return [cls(formula, formula.place)] if formula.quoted and not _assigns(formula) else None

    def results(self) -> Iterator[Result]:
        yield self.result("opinion")

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        return "What the author thinks. Nothing tests it."


def _assigns(formula: Formula) -> bool:
    if not ARROW.search(formula.tex):
        return False
    try:
        return bool(assignments(formula.tex, formula.table.names))
    except CannotParse:
        return False
