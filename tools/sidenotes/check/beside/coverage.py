r"""
# Which lines run, and what they make

A run of one item is made once more, with all lines of one file reported. The
[tracer](../watch/frames.py) still reads what each formula of the file is about, with comparisons of
its own, so that nothing is counted twice.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from ..algorithm.program import Program
from ..formula.symbols import shifted
from ..runs import Run
from ..symbol_table import SymbolTable
from ..values.arrays import Value
from ..watch.comparison import Comparison
from ..watch.frames import Frames
from ..watch.values import ItemValues
from ..watch.watched import Watched, WatchedFunctions


@dataclass
class Step:
    """One step of a run, and the same step of the algorithm."""

    # The lines that ran; of a function that was called, the first.
    lines: set[int] = field(default_factory=set)
    # What was made at the formulas that were met, by their places in the file.
    made: dict[int, Value] = field(default_factory=dict)
    # What each row of the algorithm made, and the values when the step has ended.
    rows: dict[int, list[Value]] = field(default_factory=dict)
    env: dict[str, Value] = field(default_factory=dict)


class Observer:
    """Makes runs of one item, with the lines of one file and its formulas watched."""

    def __init__(
        self, path: Path, program: Program, watched: Collection[Watched], table: SymbolTable
    ) -> None:
        self.path, self.program, self.table = path.resolve(), program, table
        self.watched = [Watched(w.place, w.formula, w.statement, w.made, w.names) for w in watched]
        self.functions = WatchedFunctions()
        for each in self.watched:
            self.functions.add(each)
        self._is_ours: dict[str, bool] = {}

    def steps(self, run: Run) -> Iterator[Step]:
        """All steps of a run. A `ValueError` names a formula that does not hold in it."""
        started = run.start()
        (item,) = [ItemValues(item, 1, run.flags) for item in started.items]
        start = {shifted(s, "t", "t-1"): item.values[0][s] for s in item.item.start}
        env: dict[str, Value] = {**item.constants, **start}
        self.program.start(env, run.flags)
        above = dict(self.program.made)
        for given in run.given:
            step = Step()
            item.begin(run.flags)
            comparison = Comparison(run, self.table)
            self._make(step, Frames(self.functions, comparison, [item]), started.step, given)
            item.end()
            for pending, value in comparison.compared:
                step.made[self.watched.index(pending.watched)] = value
            self._refuse_problems()
            assert given[0] is not None
            self.program.run(given[0], env, run.flags)
            step.rows, step.env = {**above, **self.program.made}, dict(env)
            yield step

    def _refuse_problems(self) -> None:
        for problem in (each.problem for each in self.watched if each.problem):
            raise ValueError(f"{problem.place}: {problem.text}")

    def _make(self, step: Step, frames: Frames, make: Any, given: Any) -> None:
        def call(frame: FrameType, event: str, arg: Any) -> Any:
            inner = frames.call(frame, event, arg)
            if not self._is_in_file(frame.f_code.co_filename):
                return inner
            step.lines.add(frame.f_code.co_firstlineno)

            def local(frame: FrameType, event: str, arg: Any) -> Any:
                if event == "line":
                    step.lines.add(frame.f_lineno)
                if inner:
                    inner(frame, event, arg)
                return local

            return local

        # A debugger or a coverage tool may be tracing: its function is restored.
        before = sys.gettrace()
        sys.settrace(call)
        try:
            make(given)
        finally:
            sys.settrace(before)

    def _is_in_file(self, name: str) -> bool:
        if name not in self._is_ours:
            self._is_ours[name] = Path(name).resolve() == self.path
        return self._is_ours[name]
