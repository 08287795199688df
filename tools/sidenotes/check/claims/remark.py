r"""
# Remarks

A formula within a line that says what is equal, or larger: in a paragraph, in a bullet, in a table.
It can be a statement, as in "where $c_t = \sqrt{1-\beta_2^t}$", and it can be a condition, as in
"with $\alpha = 0$ nothing moves". So

* what says `symbol = expression` is evaluated along with the algorithms and the claims of its
  file, at each step at which all its symbols have a value. It has to hold, and so has what is
  about numbers alone, which is computed. Where the file itself gives no values, an algorithm or the
  claims of another file in which it always holds will do, and so will a [claim](claim.py) that says
  the same. One that holds with no setting of the flags is wrong;
* all else only *is said*: what holds with some settings, a symbol with a number, a
  comparison, a symbol that nothing gives a value, what cannot be read. It is counted as that.

Above a statement that makes the symbol, `symbol = expression` is a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from ..formula.tokens import CannotParse
from ..formula.tree import Expression, Member, Name, names, walk
from ..problems import Problem
from ..runs import Run
from ..values.arrays import Value
from ..values.compare import TOLERANCE, Tally, deviation
from ..values.evaluator import Unbound, evaluate, truth
from ..watch.comparison import Made
from ..watch.values import ItemValues
from ..watch.watched import Configuration, told
from .algorithm import Algorithm
from .assertion import Assertion, Context, Result
from .claim import SAME_CLAIM, Claim
from .reading.equations import APPROXIMATELY, NEARLY, Equation, equations, is_stated
from .reading.formulas import Formula

# What is said of an equation that is false wherever it could be evaluated.
NOWHERE = "It holds with no setting of the flags. What is only the author's is quoted, with >"


class Remark(Assertion):
    name, plural = "remark", "remarks"

    def __init__(self, formula: Formula, equation: Equation | None) -> None:
        super().__init__(formula, formula.place)
        self.equation = equation
        self.tally = Tally()
        # The same for what other files state, in all runs, in those of one configuration, and now.
        self.elsewhere: dict[Assertion, Tally] = {}
        self.configured: dict[tuple[Assertion, Configuration], Tally] = {}
        self.now: dict[Assertion, Tally] = {}
        self.claimed = False

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        if formula.display or not is_stated(formula.tex):
            return None
        try:
            found = list(equations(formula.tex, formula.table.names))
        except CannotParse:
            return [cls(formula, None)]
        stated = [equation for equation in found if equation.signs]
        return [cls(formula, stated[0] if len(stated) == 1 else None)] if stated else None

    @cached_property
    def needed(self) -> set[str]:
        """The symbols that need a value, beside those of earlier steps."""
        nodes = [node for side in self.sides or () for node in walk(side)]
        earlier = {node.key for node in nodes if isinstance(node, Member)}
        return {name for side in self.sides or () for name in names(side)} - earlier

    @cached_property
    def sides(self) -> tuple[Expression, Expression] | None:
        """The two sides, if they have to be equal wherever they have a value."""
        if not self.equation or self.equation.signs not in (["="], [APPROXIMATELY]):
            return None
        left, right = self.equation.sides
        if not (left and right):
            return None
        # A symbol with a number is a condition.
        return (left, right) if names(left) and names(right) else None

    @property
    def is_number(self) -> bool:
        """Whether it is about numbers alone, in a chain of signs as well."""
        sides = self.equation.sides if self.equation and self.equation.is_decidable else ()
        return bool(sides) and not any(names(side) for side in sides if side)

    def begin(self, context: Context) -> None:
        if not self.sides:
            return
        own = context.beside(self)
        for each in context.of(Algorithm):
            if each.replay:
                listener = self._evaluate if each in own else partial(self._see, each)
                each.replay.listeners.append(listener)
        if isinstance(self.sides[0], Name):
            context.tracer.listeners.append(self._on_step)

    def _on_step(self, item: ItemValues, made: Made, run: Run) -> None:
        """A step has ended, in which lines with formulas have made these values."""
        assert self.sides and isinstance(self.sides[0], Name)
        target = self.sides[0].key
        if target in made:
            own = made[target][0].place.path == self.place.path
            # Lines set the start, too, where $t$ is 0.
            env = {**{symbol: value for symbol, (_, value) in made.items()}, **item.known}
            listener = self._evaluate if own else partial(self._see, self)
            listener(env, f"{run.name}, item {item.number}", item.step)

    def _evaluate(self, env: Mapping[str, Value], where: str, step: int) -> None:
        self._try(self.tally, env, where, step)

    def _see(self, other: Assertion, env: Mapping[str, Value], where: str, step: int) -> None:
        """Evaluate it along with what another file states."""
        for tallies in (self.elsewhere, self.now):
            self._try(tallies.setdefault(other, Tally()), env, where, step)

    def _try(self, tally: Tally, env: Mapping[str, Value], where: str, step: int) -> None:
        assert self.sides
        if tally.problem or not self.needed <= env.keys():
            return
        try:
            self._compare(tally, env, f"\n    in {where}", step)
        except Unbound:
            pass  # an earlier step may not be known
        except Exception as error:
            tally.fail(Problem(self.place, f"{told(error)}\n    in {where}"), step)

    def on_run(self, run: Run, items: Sequence[ItemValues]) -> None:
        configuration = (run.subject, frozenset(run.flags.items()))
        for other, tally in self.now.items():
            before = self.configured.setdefault((other, configuration), Tally())
            before.checks += tally.checks
            before.problem = before.problem or tally.problem
        self.now.clear()

    def _compare(self, tally: Tally, env: Mapping[str, Value], where: str, step: int = 0) -> None:
        assert self.equation
        for sign, comparison in self.equation.comparisons:
            tally.checks += 1
            if comparison.op != "=":
                if not truth(comparison, env):
                    tally.fail(Problem(self.place, f"does not hold{where}"), step)
                continue
            left, right = (evaluate(side, env) for side in (comparison.left, comparison.right))
            error, text = deviation(left, right)
            exact = sign != APPROXIMATELY
            if error > (TOLERANCE if exact else NEARLY):
                tally.fail(Problem(self.place, f"one side is {text}{where}"), step)
            elif exact:
                tally.error = max(tally.error, error)

    def end(self, context: Context) -> None:
        if self.is_number:
            self._compare(self.tally, {}, "")
        if not self.tally.checks:
            held = [each for each in self.elsewhere.values() if each.checks and not each.problem]
            self.tally = max(held, key=lambda tally: tally.checks, default=self.tally)
        if self.tally.problem:
            self.problems.append(self.tally.problem)
        elif self.equation and not self.tally.checks:
            assign = self.equation.assign
            self.claimed = any(claim.says(assign) for claim in context.of(Claim))
            wrong = [each.problem for each in self.elsewhere.values() if each.problem]
            holds = any(each.checks and not each.problem for each in self.configured.values())
            if wrong and not (self.claimed or holds):
                self.fail(f"{wrong[0].text}\n    {NOWHERE}")

    def results(self) -> Iterator[Result]:
        tested = self.tally.checks or self.claimed
        yield self.result(
            "passed" if tested else "said",
            checks=self.tally.checks,
            error=self.tally.error,
            remark=SAME_CLAIM if self.claimed else "",
        )
