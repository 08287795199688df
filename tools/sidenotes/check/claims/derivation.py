r"""
# Derivations

A display in a docstring without an arrow: it says what follows from what. It can be tested in two
ways.

* A relation between symbols of the module's algorithm, $b_t = 1 - \beta^t$ or $b_t \le 1$, is
  evaluated along with the algorithm. A symbol that no algorithm of the file gives a value to is
  then an error. In it, $x_1$ is what $x_t$ was at the end of the first step, which is what makes a
  sum over $x_i$ mean something.
* Where a doctest below defines a function of symbols, the formula is compared with that: see
  [`examples.py`](../examples.py). With several equations in a display, the first function is that
  of the first equation, and so on. [An example](../doctests.py) has to call the function and to
  expect something, and the check runs it.

If neither is the case, a [claim](claim.py) that holds says the same. Otherwise nothing tests it,
and that is a problem.

Beside code, a display that begins with $\therefore$ is a derivation. A comment has no doctests, so
the algorithm has to evaluate it.

A display is cut into rows, at wide spaces into equations, and these at $=$, $\approx$, $\to$ and
signs of comparison into sides. The sides of $\approx$ may be a tenth apart, and a limit has to be
that of a function.

A left side like $\operatorname{Var}[x]$ has no value that could be computed: it is a name for what
stands right. That the function computes what has this name is not seen from its formula, so the
name has to be one that the table of symbols gives the function: `variance` for
$\operatorname{Var}$.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest

from ..algorithm.replay import Replay
from ..doctests import Doctest, until_heading
from ..examples import Function, functions, tally
from ..problems import Place, Problem
from ..symbol_table import SymbolTable
from ..values.arrays import Value
from ..values.compare import Tally, deviation
from ..values.evaluator import Unbound, evaluate, truth
from ..watch.watched import told
from .algorithm import Algorithm
from .assertion import Assertion, Context, Result, counted
from .claim import SAME_CLAIM, Claim
from .reading.equations import APPROXIMATELY, NEARLY, Equation, equations
from .reading.formulas import Formula

NOTHING = (
    "nothing tests this: no algorithm evaluates it, no claim says the same, and no doctest below"
    " defines a function of its symbols. What is only the author's is quoted, with >"
)


class Derivation(Assertion):
    name, plural = "derivation", "derivations"
    sign, label = "∴", "A derivation"

    def __init__(self, formula: Formula, equation: Equation, place: Place) -> None:
        super().__init__(formula, place)
        self.equation = equation
        # The doctest below, and the function that it defines.
        self.doctest = Doctest("", 0)
        self.function: Function | None = None
        self.tally = Tally()
        # The symbols that had no value when they were needed.
        self.unbound: set[str] = set()
        # Whether a claim says the same; whether nothing does; and why the doctest cannot run here.
        self.claimed, self.untested, self.absent = False, False, ""

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        if not formula.display or (formula.beside_code and not formula.is_derived):
            return None
        read = list(equations(formula.tex, formula.table.names))
        parts = [formula.place.part(each.start, each.end) for each in read]
        places = parts if len(read) > 1 else [formula.place]
        found = [cls(formula, *each) for each in zip(read, places, strict=True)]
        if formula.source.has_examples and formula.section.kind != "comment":
            _see_examples(formula, found)
        return found

    @property
    def by_algorithm(self) -> bool:
        """Whether an algorithm has to make it hold."""
        return self.equation.is_decidable and not self.function

    # ## Checking

    def begin(self, context: Context) -> None:
        self.replays = [
            each.replay
            for each in context.beside(self)
            if isinstance(each, Algorithm) and each.replay
        ]
        for replay in self.replays if self.by_algorithm else ():
            replay.listeners.append(partial(self._evaluate, replay))

    def _evaluate(self, replay: Replay, env: Mapping[str, Value], where: str, step: int) -> None:
        try:
            self._compare(env, where, step)
        except Unbound as error:
            self.unbound.add(error.key)
            if replay.is_of_another_step(error.key):
                self._fail(f"there is no {error.key}\n    in {where}", step)
        except Exception as error:
            self._fail(f"{told(error)}\n    in {where}", step)

    def _compare(self, env: Mapping[str, Value], where: str, step: int) -> None:
        taken = self.tally.taken
        for sign, comparison in self.equation.comparisons:
            if comparison.op == "=":
                sides = (comparison.left, comparison.right)
                left, right = (evaluate(side, env, taken=taken) for side in sides)
                if sign == APPROXIMATELY:
                    self._compare_nearly(left, right, where, step)
                else:
                    self.tally.compare(left, right, self.place, "one side is", where, step)
            else:
                self.tally.checks += 1
                if not truth(comparison, env, taken=taken):
                    self._fail(f"does not hold\n    in {where}", step)

    def _compare_nearly(self, left: Value, right: Value, where: str, step: int) -> None:
        error, text = deviation(left, right)
        self.tally.checks += 1
        if error > NEARLY:
            self._fail(f"one side is {text}: more than a tenth apart\n    in {where}", step)

    def _fail(self, text: str, step: int) -> None:
        self.tally.fail(Problem(self.place, text), step)

    def end(self, context: Context) -> None:
        if self.function:
            self._see_function(self.function, context)
        if self.tally.problem:
            self.problems.append(self.tally.problem)
        elif self.tally.checks:
            self.fail_idle(self.equation.sides, self.tally.taken)
        elif any(claim.says(self.equation.assign) for claim in context.of(Claim)):
            self.claimed = True
        elif self.unbound:
            known = {symbol for replay in self.replays for symbol in replay.known}
            missing = ", ".join(sorted(self.unbound - known)) or "all symbols"
            self.fail(f"never evaluated: no algorithm here gives {missing} a value")
        elif not self.problems:
            self.untested = True
            self.fail(NOTHING)

    def _see_function(self, function: Function, context: Context) -> None:
        """Compare it with the function, and see that an example shows the function to be right."""
        sides, table = self.equation.sides, context.table
        if context.draws:
            self.tally = tally(function, sides, self.place, context.draws, table)
        else:
            self.fail(f"no numbers are drawn that {function.name}(), below, could be called with")
        self.absent = context.absent.get(self.place.path.resolve(), "")
        why = self._misnamed(function, table)
        if not (why or self.absent or self.tally.problem):
            first = self.formula.section.note_first
            why = self.doctest.failure(function.name, self.place.path, first)
        if why:
            self.fail(why)

    def _misnamed(self, function: Function, table: SymbolTable) -> str:
        names = self.equation.named(table)
        if not self.equation.is_name(function, table) or function.name in names:
            return ""
        known = ", ".join(names) or "no function"
        return (
            f"what stands left is a name: the table of symbols gives it {known}, and the function"
            f" below is {function.name}()"
        )

    # ## Results

    def results(self) -> Iterator[Result]:
        checks = self.tally.checks
        remark = f"{self.function.name}()" if self.function and checks else ""
        yield self.result(
            "unchecked" if self.untested else "passed",
            checks=checks,
            error=self.tally.error,
            remark=SAME_CLAIM if self.claimed else remark,
        )

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        checks = sum(result.checks for result in results)
        if any(result.remark == SAME_CLAIM for result in results):
            return SAME_CLAIM
        called = " and ".join(f"`{result.remark}`" for result in results if result.remark)
        by = f"{called}, which the example below defines" if called else "what the algorithm makes"
        return f"Compared with {by}: {counted(checks, 'time')}."


# ## The doctests below


def _see_examples(formula: Formula, found: Sequence[Derivation]) -> None:
    """Give the equations of a display the doctests below it."""
    note = formula.section.note
    known = {name for held in formula.table.names.values() for name in held}
    end = min(formula.below - formula.section.note_first, until_heading(note, formula.line))
    below = [each for each in functions(note, known) if formula.line < each.line < end]
    doctest = Doctest(note, formula.line)
    for derivation, function in zip_longest(found, below[: len(found)]):
        derivation.doctest, derivation.function = doctest, function
