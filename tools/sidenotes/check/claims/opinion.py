r"""
# Opinions

A formula in a quotation, in lines that begin with `>`: there the author says what no test has
shown. It is counted, and that is all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .assertion import Assertion, Result
from .formulas import Formula


class Opinion(Assertion):
    name, plural = "opinion", "opinions"
    sign, label = "“", "An opinion"

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        return [cls(formula, formula.place)] if formula.quoted else None

    def results(self) -> Iterator[Result]:
        yield self.result("opinion")

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        return "What the author thinks. Nothing tests it."
