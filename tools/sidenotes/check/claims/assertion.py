r"""
# A kind of statement in formulas

Each kind of statement that notes make in formulas is a class: a *claim* about the line below it, an
*algorithm*, a *definition* and so on. The class finds the formulas of its kind, an object checks
one of them and reports what became of it, and the class has the words for the badge. To add a kind,
write one such class, and list it in [the registry](registry.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from ..formula.tree import Node, idle
from ..problems import Place, Problem, one_line
from ..runs import Run
from ..symbol_table import SymbolTable
from ..watch.tracer import Tracer
from ..watch.values import ItemValues
from .reading.formulas import Formula

Kind = TypeVar("Kind", bound="Assertion")
State = Literal["passed", "failed", "said", "unchecked", "opinion"]


@dataclass(frozen=True)
class Result:
    """
    What became of one formula. `checks` counts comparisons, `runs` the configurations with one;
    `flags` are those on which it depends whether the formula applies, `subjects` the classes that
    were run.
    """

    line: int
    tex: str
    kind: str
    state: State
    # It holds for every value, not only for those that were tried.
    proved: bool = False
    checks: int = 0
    runs: int = 0
    subjects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    error: float = 0.0
    # What the formula was compared with, or why it was not compared.
    remark: str = ""
    # Why it has failed.
    problem: str = ""


@dataclass
class Context:
    """What the checks use."""

    table: SymbolTable
    tracer: Tracer
    # All that is stated, in the order of the files.
    assertions: list[Assertion] = field(default_factory=list)
    # Numbers that the functions of examples are called with.
    draws: Sequence[Mapping[str, float]] = ()
    # The files whose code cannot run here, and why.
    absent: Mapping[Path, str] = field(default_factory=dict)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """All that is stated of one kind."""
        return [assertion for assertion in self.assertions if isinstance(assertion, kind)]

    def beside(self, assertion: Assertion) -> list[Assertion]:
        """What the same file states."""
        path = assertion.place.path
        return [other for other in self.assertions if other.place.path == path]


class Assertion:
    """One formula of a kind."""

    # What the kind is called, one of it and several.
    name: ClassVar[str]
    plural: ClassVar[str]
    # The sign of a formula that holds, and its label.
    sign: ClassVar[str] = "✓"
    label: ClassVar[str] = "Checked against the code"
    # What else an author can do about one that cannot be read.
    way_out: ClassVar[str] = ""

    def __init__(self, formula: Formula, place: Place) -> None:
        # The display or the inline formula, and the part of it that this is about.
        self.formula, self.place = formula, place
        self.kind = type(self)
        self.problems: list[Problem] = []

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        """
        What the formula states of this kind; `None` if it is of another kind. A `ValueError` says
        what is wrong with a formula of this kind.
        """
        raise NotImplementedError

    def begin(self, context: Context) -> None:
        """All formulas are known, and the runs are to come."""

    def on_run(self, run: Run, items: Sequence[ItemValues]) -> None:
        """A run has been made, with these values."""

    def end(self, context: Context) -> None:
        """All runs have been made: find the problems."""

    def results(self) -> Iterator[Result]:
        """What became of it, or of each of its parts."""
        yield self.result("passed")

    def panel(self) -> dict[str, Any] | None:
        """What a page needs to run it. Only what holds is run."""
        return None

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        """What was done with the formulas of one display, which hold."""
        raise NotImplementedError

    def result(self, state: State, place: Place | None = None, **more: object) -> Result:
        """What became of it, or of the part at another place."""
        place = place or self.place
        found = [problem.text for problem in self.problems if problem.place == place]
        if found:
            state = "failed" if state != "unchecked" else state
            more = {**more, "problem": found[0], "proved": False}
        return Result(place.line, place.tex, self.kind.name, state, **more)  # type: ignore[arg-type]

    def fail_idle(
        self, nodes: Iterable[Node | None], taken: set[int], place: Place | None = None
    ) -> None:
        """Each row of `cases` that held at no step is a problem; those in `taken` did hold."""
        for case in (case for node in nodes if node for case in idle(node, taken)):
            row = self.formula.place.part(case.start, case.end)
            self.fail(f"this row of the cases never applied: {one_line(row.tex)}", place)

    def fail(self, text: str, place: Place | None = None) -> None:
        self.problems.append(Problem(place or self.place, text))


class Unreadable(Assertion):
    """A formula of a kind that cannot be read, or is not allowed where it stands."""

    def __init__(self, formula: Formula, kind: type[Assertion], text: str, line: int) -> None:
        super().__init__(formula, replace(formula.place, line=line))
        self.kind = kind
        self.fail(text)


def counted(number: int, word: str) -> str:
    """
    >>> counted(1, "run"), counted(1200, "time"), counted(2, "identity")
    ('1 run', '1,200 times', '2 identities')
    """
    several = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {word if number == 1 else several}"
