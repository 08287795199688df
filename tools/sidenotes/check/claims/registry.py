"""
# The kinds of statements in formulas

`KINDS` has the order in which the kinds are tried for a formula: the first that accepts it has it.
What none of them accepts is prose: formulas within a line that state nothing. A formula
that cannot be read, or a claim on a statement that makes something else, is a problem with its file
and line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..formula.tokens import TOO_DEEP, CannotParse
from ..symbol_table import SymbolTable
from .algorithm import Algorithm
from .assertion import Assertion, Unreadable
from .claim import Claim
from .definition import Definition
from .derivation import Derivation
from .identity import Identity
from .opinion import Opinion
from .reading.formulas import Formula, Source
from .remark import Remark

KINDS: tuple[type[Assertion], ...] = (
    Opinion,
    Identity,
    Claim,
    Algorithm,
    Definition,
    Derivation,
    Remark,
)


def stated(path: Path, text: str, table: SymbolTable) -> list[Assertion]:
    """All that the formulas of a file state, kind by kind."""
    found = [each for formula in Source(path, text, table).formulas() for each in _kind(formula)]
    return sorted(found, key=lambda assertion: KINDS.index(assertion.kind))


def _kind(formula: Formula) -> Sequence[Assertion]:
    for kind in KINDS:
        try:
            found = kind.find(formula)
        except CannotParse as error:
            line = formula.place.part(error.position).line
            way_out = f"\n    {kind.way_out}" if kind.way_out and formula.display else ""
            return [Unreadable(formula, kind, f"cannot be read: {error}{way_out}", line)]
        except RecursionError:
            return [Unreadable(formula, kind, f"cannot be read: {TOO_DEEP}", formula.place.line)]
        except ValueError as error:
            return [Unreadable(formula, kind, str(error), formula.place.line)]
        if found is not None:
            return found
    return []
