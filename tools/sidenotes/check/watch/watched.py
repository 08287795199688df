r"""
# A formula beside a statement

A formula and its statement, the result of the comparisons in all runs, and a look-up of the
formulas of a function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from ..formula.tokens import TOO_DEEP
from ..formula.tree import Assign, Transpose, names, walk
from ..problems import Place, Problem
from ..runs import Run
from ..statements.made import Function, Made, Statement
from ..values.arrays import Value, elements, is_empty, shape
from ..values.compare import SAME, deviation, exceeds
from ..values.rounding import DOUBLE, slack
from .updates import Updates

# What ran: the subject, and its flags.
Configuration = tuple[str, frozenset[tuple[str, bool]]]


def configuration(run: Run) -> Configuration:
    return run.subject, frozenset(run.flags.items())


def covers(proved: set[Configuration], met: set[Configuration]) -> bool:
    """
    Whether all that was met is proved. A run of another engine may have flags beyond these.
    """
    return bool(proved) and all(
        any(subject == name and flags >= own for name, own in proved)
        for subject, flags in met - proved
    )


@dataclass(eq=False)
class Watched:
    place: Place
    formula: Assign
    statement: Statement
    made: Made
    # The names under which the code may hold the left side.
    names: tuple[str, ...]
    # What stands on the right.
    symbols: frozenset[str] = field(init=False)
    checks: int = 0
    error: float = 0.0
    # The runs in which it was checked, by name, and of which configurations they were.
    runs: set[str] = field(default_factory=set)
    configurations: set[Configuration] = field(default_factory=set)
    # Those of them for which it was proved, and those whose proof is under way.
    proved: set[Configuration] = field(default_factory=set)
    underway: set[Configuration] = field(default_factory=set)
    updates: Updates = field(default_factory=Updates)
    # The symbols whose values came from the code's own variables, each with a run in which.
    borrowed: dict[str, str] = field(default_factory=dict)
    # Where the rows of `cases` begin that held, and whether arrays without elements were met.
    taken: set[int] = field(default_factory=set)
    empty: bool = False
    # The first thing that went wrong.
    problem: Problem | None = None

    def __post_init__(self) -> None:
        self.symbols = frozenset(names(self.formula.value))

    @property
    def target(self) -> str:
        return self.formula.target.key

    @property
    def where(self) -> Where:
        return str(self.place.path.resolve()), self.statement.function

    def borrow(self, symbols: Iterable[str], run: Run) -> None:
        for symbol in symbols:
            self.borrowed.setdefault(symbol, run.name)

    def compare(self, actual: Value, expected: Value, known: Mapping[str, Value], run: Run) -> str:
        """
        How what the statement made differs from what the formula says, where the symbols have these
        values; empty if it does not.
        """
        text = self._misshapen(actual, expected)
        error, difference = (
            (math.inf, text) if text else deviation(actual, expected, run.arithmetic)
        )
        # Exact numbers are equal, or infinitely far apart.
        wrong = math.isinf(error) or (
            error > SAME and exceeds(actual, expected, slack(self.formula.value, known, run.unit))
        )
        if not wrong and is_empty(actual):
            self.empty = True
            return ""
        self.configurations.add(configuration(run))
        if run.is_proof:
            self.underway.add(configuration(run))
        else:
            self.checks += 1
            self.runs.add(run.name)
        if wrong:
            return f"{self.made} is {difference}"
        # How near 16 and 32 bits come says nothing of the formula.
        self.error = max(self.error, error * (run.unit == DOUBLE))
        return ""

    def _misshapen(self, actual: Value, expected: Value) -> str:
        """
        What is wrong with the shape of what was made. Numbers that are written in the formula fill
        an array, a symbol that is a number does not; and only a transposed vector is a matrix.
        """
        made, said = shape(actual), shape(expected)
        turned = any(isinstance(node, Transpose) for node in walk(self.formula.value))
        if made == said or not made and sum(1 for _ in elements(expected)) == 1:
            return ""
        if (not said and not self.symbols) or (made and said and turned):
            return ""
        described = [f"of the shape {each}" if each else "a number" for each in (made, said)]
        return ", not ".join(described)

    def fail(self, text: str) -> None:
        self.problem = self.problem or Problem(self.place, text)


def told(error: Exception) -> str:
    """
    What is said at a formula of an error in it. Whatever is raised while one is evaluated must not
    look like an error of the line that is being run.
    """
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, RecursionError):
        return f"cannot be computed: {TOO_DEEP}"
    return f"cannot be computed: {type(error).__name__}: {error}"


# A function of a file, by the path of the file.
Where = tuple[str, Function]


class WatchedFunctions:
    """The formulas of some files by function and by line, and which runs called the functions."""

    def __init__(self) -> None:
        self.lines: dict[Where, dict[int, list[Watched]]] = {}
        self.called: dict[Where, set[Configuration]] = {}
        # A function begins with its decorators. When it is compiled again, they may be left out.
        self._heads: dict[tuple[str, str, int], Where] = {}
        self._paths: dict[str, str] = {}

    def add(self, watched: Watched) -> None:
        where = path, function = watched.where
        for line in range(function.first, function.head + 1):
            self._heads[path, function.name, line] = where
        lines = self.lines.setdefault(where, {})
        for line in range(watched.statement.first, watched.statement.last + 1):
            lines.setdefault(line, []).append(watched)

    def of(self, path: str) -> list[Watched]:
        """The formulas of a file."""
        found = [lines for (file, _), lines in self.lines.items() if file == path]
        return list(
            dict.fromkeys(each for lines in found for own in lines.values() for each in own)
        )

    def find(self, code: CodeType) -> Where | None:
        """The function of this code, if there are formulas in it."""
        path = code.co_filename
        if path not in self._paths:
            self._paths[path] = str(Path(path).resolve())
        return self._heads.get((self._paths[path], code.co_name, code.co_firstlineno))

    def call(self, where: Where, run: Run) -> None:
        self.called.setdefault(where, set()).add(configuration(run))
