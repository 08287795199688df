r"""
# Replaying an algorithm

The block of equations at the head of a module is run as a [program](program.py), over what the real
run was given, and after every step all that the run remembers is compared with what the program
says. [Tracing](../watch/tracer.py) finds the line that is wrong; this finds what no line says: a
decay that is skipped, a function that nobody calls, a state that starts elsewhere than at zero.

The program gets the hyper-parameters and the item as it was before the first step. All else it must
say itself, and it must say it for everything that lives on from step to step.

A [derivation](../claims/derivations.py) that is an equation between symbols of the program is
evaluated after each step, too. In it, $x_1$ is what $x_t$ was at the end of the first step, which
is what makes a sum over $x_i$ mean something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ..claims.derivations import Derivation
from ..claims.module import Algorithm
from ..compare import Tally
from ..formula.evaluator import Unbound, Value, evaluate
from ..formula.indices import shifted
from ..formula.tokens import CannotParse, FormulaError
from ..model import Place, Problem, Table
from ..runs import Run, plain
from ..watch.moment import Moment
from .program import Program, program
from .rows import Row


class Replay:
    """One algorithm, and the derivations of its module."""

    def __init__(self, algorithm: Algorithm, derivations: Iterable[Derivation], table: Table):
        self.name, self.place = algorithm.name, algorithm.place
        self.program: Program | None = None
        self.runs = self.steps = 0
        # How often each row ran, by its number.
        self.counted: Counter[int] = Counter()
        # The symbols that were compared, and the derivations that could be evaluated.
        self.symbols: dict[str, Tally] = {}
        self.derivations: dict[Derivation, Tally] = {}
        self.equations = [found for found in derivations if found.equation]
        # The symbols that had no value when an equation needed one, and those that ever had one.
        self.unbound: dict[Derivation, set[str]] = {}
        self.known: set[str] = set()
        self.problem: Problem | None = None
        try:
            self.program = program(self.place.tex, table.names)
        except CannotParse as error:
            self._fail(error, "cannot be read: ")
        self.places = {row.number: self._at(row.start, row.end) for row in self.rows()}

    def follow(self, run: Run, moments: list[Moment]) -> None:
        """Replay a run that has been made."""
        self.runs += 1
        for number, moment in enumerate(moments):
            given = [row[number] for row in run.given]
            try:
                self._follow(run, moment, [plain(value) for value in given if value is not None])
            except FormulaError as error:
                self._fail(error, f"{run.name}: ")

    def _follow(self, run: Run, moment: Moment, given: list[Value]) -> None:
        if not self.program:
            return
        start = {s[:-2] + "_{t-1}": moment.values[0][s] for s in moment.item.start}
        env: dict[str, Value] = {**moment.item.constants, **start}
        self.program.ran.clear()
        self.program.start(env, run.flags)
        self.counted.update(number for number, _ in self.program.ran)
        history: dict[str, Value] = {}
        for step, value in enumerate(given, 1):
            past = {shifted(symbol, "t", "t-1") for symbol in self.program.present}
            before = {symbol: env[symbol] for symbol in past if symbol in env}
            self.program.ran.clear()
            self.program.run(value, env, run.flags)
            rows = {number for number, _ in self.program.ran}
            self.counted.update(rows)
            where = f"{run.name}, step {step}, item {moment.number}"
            self._compare(moment.values[step], env, rows, where, step)
            present = {symbol: env[symbol] for symbol in self.program.present if symbol in env}
            history |= {shifted(symbol, "t", str(step)): x for symbol, x in present.items()}
            self._evaluate({**history, **env, **before}, where, step)
        self.steps += len(given)

    def _compare(
        self, made: dict[str, Value], env: dict[str, Value], ran: set[int], where: str, step: int
    ) -> None:
        """All that the run remembers, in the order in which the program computes it."""
        origin = {
            formula.target.key: row
            for row in self.rows()
            for formula in row.assigns
            if row.number in ran
        }
        order = [*origin]
        for symbol in sorted(made, key=lambda s: order.index(s) if s in order else -1):
            tally = self.symbols.setdefault(symbol, Tally())
            row = origin.get(symbol)
            place = self.places[row.number] if row else self.place
            if symbol in env:
                tally.compare(made[symbol], env[symbol], place, f"{symbol} is", where, step)
            else:
                text = f"the algorithm does not say what {symbol} is\n    in {where}"
                tally.fail(Problem(place, text), step)

    def _evaluate(self, env: dict[str, Value], where: str, step: int) -> None:
        self.known |= env.keys()
        for found in self.equations:
            tally = self.derivations.setdefault(found, Tally())
            try:
                left, *sides = (evaluate(side, env) for side in found.equation)
            except Unbound as error:
                self.unbound.setdefault(found, set()).add(error.key)
                if self._is_of_another_step(error.key):
                    text = f"there is no {error.key}\n    in {where}"
                    tally.fail(Problem(found.place, text), step)
            except FormulaError as error:
                tally.fail(Problem(found.place, f"{error}\n    in {where}"), step)
            else:
                for side in sides:
                    tally.compare(left, side, found.place, "one side is", where, step)

    def _is_of_another_step(self, symbol: str) -> bool:
        """Whether it is $x_t$ with a number for $t$."""
        index = re.search(r"_\{?(\d+)\}?$", symbol)
        if not index or not self.program:
            return False
        return shifted(symbol, index[1], "t") in self.program.present

    def rows(self) -> tuple[Row, ...]:
        return self.program.rows if self.program else ()

    def _at(self, start: int, end: int | None = None) -> Place:
        """A part of the algorithm."""
        tex = self.place.tex
        # The program lets a row begin behind its colour and, where it has words, with the first.
        opened = re.search(r"(\\textcolor\{\w+\}\{)?(\\text\{)?$", tex[:start])
        start = opened.start() if opened else start
        line = self.place.line + tex.count("\n", 0, start)
        return Place(self.place.path, line, tex[start:end].strip())

    def _fail(self, error: FormulaError, what: str) -> None:
        row = next((r for r in self.rows() if r.start <= error.position < r.end), None)
        place = self._at(row.start, row.end) if row else self._at(error.position)
        self.problem = self.problem or Problem(place, f"{what}{error}")

    def problems(self) -> Iterator[Problem]:
        """What each symbol got wrong, the first step first, and rows that never ran."""
        if self.problem:
            yield self.problem
            return
        if not self.runs:
            yield Problem(self.place, f"never replayed: no run names the algorithm {self.name}")
        for tally in sorted(self.symbols.values(), key=lambda tally: tally.step):
            yield from [tally.problem] if tally.problem else []
        if self.runs:
            for row in (row for row in self.rows() if not self.ran(row)):
                yield Problem(self.places[row.number], "this row never ran")

    def ran(self, row: Row) -> int:
        """How often a row ran; that of the loop, how often its body did."""
        return self.steps if row.kind == "loop" else self.counted[row.number]
