r"""
# Opinions

A formula in a quotation, in lines that begin with `>`: there the author says what no test has
shown, or what others say. It is counted, and that is all. A symbol within a line says nothing, and
is not counted.

An arrow says what code does, which is no matter of opinion. A formula with an arrow is checked in a
quotation as anywhere else, if it can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..formula.tokens import CannotParse
from .assertion import Assertion, Result
from .reading.assignments import ARROW, assignments
from .reading.equations import is_stated
from .reading.formulas import Formula


class Opinion(Assertion):
    name, plural = "opinion", "opinions"
    sign, label = "“", "An opinion"

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        states = formula.display or ARROW.search(formula.tex) or is_stated(formula.tex)
        if not (formula.quoted and states) or _assigns(formula):
            return None
        return [cls(formula, formula.place)]

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
