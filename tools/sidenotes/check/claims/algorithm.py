r"""
# Algorithms

A display in a docstring with a loop in it says all that a step does. It is
[replayed](../algorithm/replay.py) beside the real runs that name it. Its name is that of its
section, `adam` in the docstring of a module, `adam.Adam` in that of a class. Each of its rows is a
formula of its own.

What [looks like an algorithm](../algorithm/words.py) and cannot be read as one is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..algorithm.panel import panel
from ..algorithm.program import Program, program
from ..algorithm.replay import Replay
from ..algorithm.rows import Row
from ..algorithm.words import is_algorithm
from ..beside import beside
from ..formula.tokens import CannotParse
from ..problems import Place
from ..runs import Run
from ..watch.values import ItemValues
from ..watch.watched import covers
from .assertion import Assertion, Context, Result, counted
from .claim import Claim
from .reading.formulas import Formula


class Algorithm(Assertion):
    name, plural = "row", "rows"

    def __init__(self, formula: Formula) -> None:
        super().__init__(formula, formula.place)
        # What runs call it.
        self.called = formula.section.name
        self.replay: Replay | None = None
        # What a page begins with that runs it.
        self.shown: dict[str, Any] | None = None
        self.shown_run: Run | None = None
        try:
            read = program(formula.tex, formula.table.names)
        except CannotParse as error:
            self.fail(f"cannot be read: {error}", formula.place.part(error.position))
        else:
            places = {row.number: formula.place.part(row.start, row.end) for row in read.rows}
            read.places.update(places)
            self.replay = Replay(read, formula.place, places)

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        if not formula.display or not is_algorithm(formula.tex):
            return None
        first = formula.source.algorithms.setdefault(formula.section.name, formula.place)
        if first is not formula.place:
            raise ValueError(f"a second algorithm in this docstring; the first is {first}")
        return [cls(formula)]

    @property
    def program(self) -> Program:
        assert self.replay
        return self.replay.program

    def on_run(self, run: Run, items: Sequence[ItemValues]) -> None:
        if self.replay and self.called in run.algorithms:
            self.replay.replay(run, items)
            if run.panel:
                self._show(run, items)

    def _show(self, run: Run, items: Sequence[ItemValues]) -> None:
        if self.shown or len(items) != 1:
            self.fail(f"{run.name}: a page shows one item of one run")
            return
        self.shown_run = run
        try:
            self.shown = {
                "name": self.called,
                **panel(self.program, self.formula.tex, run, items[0]),
            }
        except ValueError as error:
            self.fail(f"{run.name}: {error}")

    def panel(self) -> dict[str, Any] | None:
        passed = all(result.state == "passed" for result in self.results())
        return self.shown if passed and not self.problems else None

    def end(self, context: Context) -> None:
        if self.replay:
            self.problems += self.replay.problems()
            for row in self.program.rows if not self.replay.problem else ():
                if self.replay.ran(row):
                    self.fail_idle(row.assigns, self.program.taken, self.replay.places[row.number])
            if not self.replay.runs + self.replay.proofs:
                self.fail(f"never replayed: no run names the algorithm {self.called}")
        if self.shown and self.panel():
            self._look_beside(context)

    def _look_beside(self, context: Context) -> None:
        """The code that stands beside it on its page, if the panel has runs that show it."""
        run, source = self.shown_run, self.formula.source
        assert self.shown and run and run.panel
        if not run.panel.variants:
            return
        claims = [each for each in context.beside(self) if isinstance(each, Claim)]
        found = [(each.formula.place.line, each.watched) for each in claims if each.formula.display]
        try:
            text, path = source.text, self.place.path
            self.shown["code"] = beside(path, text, self.program, found, run, context.table)
        except ValueError as error:
            self.fail(f"{run.name}: {error}")

    def results(self) -> Iterator[Result]:
        if not self.replay:
            place = self.problems[0].place
            assert isinstance(place, Place)
            yield self.result("failed", place)
            return
        for row in self.program.rows:
            yield self._row_result(row, self.replay)

    def _row_result(self, row: Row, replay: Replay) -> Result:
        targets = [assign.target.key for assign in row.assigns]
        compared = [replay.symbols[s] for s in targets if s in replay.symbols]
        return self.result(
            "failed" if replay.problem or not replay.ran(row) else "passed",
            replay.places[row.number],
            proved=covers(replay.proved, replay.configurations),
            checks=replay.ran(row),
            runs=replay.runs,
            error=max((tally.error for tally in compared), default=0.0),
            remark="compared" if compared else "tested by the rows that use it",
        )

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        runs = counted(max(result.runs for result in results), "run")
        return (
            f"Run as a program beside the real code, over what that was given: {runs}. After every"
            " step, what it made was compared with what the code keeps."
        )
