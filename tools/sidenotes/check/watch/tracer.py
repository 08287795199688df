"""
# Making the runs

The real code runs, watched: Python code [line by line](frames.py), and C code by what it
[reports](readings.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ..runs import Run, Started
from ..symbol_table import SymbolTable
from .comparison import Comparison, Made
from .frames import Frames
from .instrument import Instrumented
from .readings import readings
from .values import ItemValues
from .watched import Watched, WatchedFunctions, told


class Tracer:
    """Makes runs, and checks the watched formulas in each."""

    def __init__(self, table: SymbolTable):
        self.table, self.functions = table, WatchedFunctions()
        # The symbols that a run gives as constants, each with the first such run.
        self.constants: dict[str, str] = {}
        # Called when a step has ended, with what its formulas have made.
        self.listeners: list[Callable[[ItemValues, Made, Run], None]] = []

    def watch(self, watched: Watched) -> None:
        """Check this formula in all runs."""
        self.functions.add(watched)

    def execute(self, run: Run, instrumented: Instrumented | None = None) -> list[ItemValues]:
        """
        Make all steps of a run, with the text of its source if it has one. Exceptions of
        the run are not caught.
        """
        started = run.start(instrumented.text) if instrumented else run.start()
        if not isinstance(started, Started):
            raise TypeError(f"the start of the run gives {started!r}, which is no Started")
        items = [ItemValues(item, i, run.flags) for i, item in enumerate(started.items, 1)]
        self._know_constants(run, items)
        for number, given in enumerate(run.given, 1):
            if len(given) != len(items):
                raise ValueError(f"step {number} gives {len(given)} values to {len(items)} items")
            run = replace(run, flags=started.flags()) if started.flags else run
            for item, value in zip(items, given, strict=True):
                item.begin(run.flags) if value is not None else item.sit_out(number)
            comparison = Comparison(run, self.table)
            with run.computing():
                with self._traced(comparison, items):
                    reported = started.step(given)
                if instrumented:
                    self._take_in(reported, instrumented, comparison, items)
            for item in (item for item in items if not item.sits_out):
                item.end()
                comparison.see_end(item)
                comparison.see_updates(item)
                for listener in self.listeners if not run.is_proof else ():
                    listener(item, comparison.made(item), run)
        return items

    def _know_constants(self, run: Run, items: Iterable[ItemValues]) -> None:
        for symbol in (symbol for item in items for symbol in item.constants):
            if symbol == r"\pi" and symbol not in self.table.names:
                raise ValueError(r"\pi is 3.14…, unless the table of symbols has it")
            self.constants.setdefault(symbol, run.name)

    @contextmanager
    def _traced(self, comparison: Comparison, items: Sequence[ItemValues]) -> Iterator[None]:
        # A debugger or a coverage tool may be tracing: its function is restored.
        before = sys.gettrace()
        sys.settrace(Frames(self.functions, comparison, items).call)
        try:
            yield
        finally:
            sys.settrace(before)

    def _take_in(
        self,
        reported: Sequence[Iterable[tuple[int, float]]],
        instrumented: Instrumented,
        comparison: Comparison,
        items: Sequence[ItemValues],
    ) -> None:
        """What code in C has reported of each item in a step."""
        for item, own in zip(items, reported, strict=True):
            found = readings(own, instrumented.probes)
            for watched in found.called:
                self.functions.call(watched.where, comparison.run)
            for watched, (variables, made) in found.statements.items():
                try:
                    # The reports of a loop have no shape.
                    pending = comparison.begin(watched, item, variables, shaped=False)
                    comparison.end(pending, made)
                except Exception as error:
                    watched.fail(told(error))
