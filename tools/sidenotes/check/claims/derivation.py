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
  of the first equation, and so on.

If neither is the case, a [claim](claim.py) that holds says the same, or
[a doctest](../doctests.py) below backs it, which the check runs. If there is none, nothing tests
it, and that is a problem.

Beside code, a display that begins with $\therefore$ is a derivation. A comment has no doctests, so
the algorithm has to evaluate it.

A display is cut into rows, at wide spaces into equations, and these at $=$, $\approx$, $\to$ and
signs of comparison into sides. A side like $\operatorname{Var}[x]$ has no value that could be
computed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise, zip_longest

from ..algorithm.replay import Replay
from ..doctests import Doctest, defined, until_heading
from ..examples import Function, functions, tally
from ..formula.display import joined, split
from ..formula.parser import RELATIONS, SIGNS, Parser
from ..formula.tokens import WIDE, CannotParse, Item, Token
from ..formula.tree import Assign, Compare, Expression, Name, names
from ..problems import Place, Problem
from ..values.arrays import Value
from ..values.compare import Tally
from ..values.evaluator import Unbound, evaluate, truth
from ..watch.watched import told
from .algorithm import Algorithm
from .assertion import Assertion, Context, Result, counted
from .claim import SAME_CLAIM, Claim
from .formulas import Formula

# Approximations and limits: the sides need not be equal at any step.
NEARLY = (r"\approx", r"\to")
SAME = {**RELATIONS, r"\equiv": "="}


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
        if formula.source.is_python and formula.section.kind != "comment":
            _see_examples(formula, found)
        return found

    @property
    def by_algorithm(self) -> bool:
        """Whether an algorithm has to make it hold."""
        return self.equation.is_exact and not self.function

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
        for comparison in self.equation.comparisons:
            if comparison.op == "=":
                sides = (comparison.left, comparison.right)
                left, right = (evaluate(side, env, taken=self.tally.taken) for side in sides)
                self.tally.compare(left, right, self.place, "one side is", where, step)
            else:
                self.tally.checks += 1
                if not truth(comparison, env, taken=self.tally.taken):
                    self._fail(f"does not hold\n    in {where}", step)

    def _fail(self, text: str, step: int) -> None:
        self.tally.fail(Problem(self.place, text), step)

    def end(self, context: Context) -> None:
        if self.function and context.draws:
            sides = self.equation.sides
            self.tally = tally(self.function, sides, self.place, context.draws, context.table)
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
        else:
            self._see_doctest(context)

    def _see_doctest(self, context: Context) -> None:
        """Whether the doctest below backs it. That is run only if nothing else can show it."""
        why = self.doctest.silence(self._names(context))
        self.untested = bool(why)
        self.absent = context.absent.get(self.place.path.resolve(), "")
        if not (why or self.absent):
            why = self.doctest.failure(self.place.path, self.formula.section.note_first)
        if why:
            self.fail(why)

    def _names(self, context: Context) -> set[str]:
        """The names that the code has for its symbols, and those that the module defines."""
        sides = self.equation.sides
        # A side that cannot be read may have any symbol in it.
        symbols = set(context.table.names) if None in sides else set()
        symbols |= {symbol for side in sides if side for symbol in names(side)}
        held = {name for symbol in symbols for name in context.table.holders(symbol)}
        return held | defined(self.formula.source.text)

    # ## Results

    def results(self) -> Iterator[Result]:
        checks, tested = self.tally.checks, self.tally.checks or self.claimed
        remark = f"{self.function.name}()" if self.function and checks else self.absent
        unchecked = self.untested or self.absent
        yield self.result(
            "unchecked" if unchecked else "passed" if tested else "backed",
            checks=checks,
            error=self.tally.error,
            remark=SAME_CLAIM if self.claimed else remark,
        )

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        checks = sum(result.checks for result in results)
        if any(result.remark == SAME_CLAIM for result in results):
            return SAME_CLAIM
        if not checks:
            return "A derivation. The check has run the example that follows, which holds."
        called = " and ".join(f"`{result.remark}`" for result in results if result.remark)
        by = f"{called}, which the example below defines" if called else "what the algorithm makes"
        return f"Compared with {by}: {counted(checks, 'time')}."


# ## Reading


class Equation:
    """Sides, and what is between them. A side is `None` where it cannot be read."""

    def __init__(self, start: int, end: int, sides: Sequence[Expression | None], signs: list[str]):
        self.start, self.end, self.sides, self.signs = start, end, sides, signs

    @property
    def is_exact(self) -> bool:
        """Whether it can hold or not, at each step."""
        return bool(self.signs) and None not in self.sides and not set(self.signs) & set(NEARLY)

    @property
    def assign(self) -> Assign | None:
        """The assignment that it is, if it is one."""
        if self.signs != ["="] or not isinstance(self.sides[0], Name) or not self.sides[1]:
            return None
        return Assign(self.sides[0], self.sides[1])

    @property
    def comparisons(self) -> Iterator[Compare]:
        for sign, (left, right) in zip(self.signs, pairwise(self.sides), strict=True):
            assert left and right
            yield Compare(SAME[sign], left, right, start=left.start, end=right.end)


def equations(tex: str, symbols: Collection[str]) -> Iterator[Equation]:
    """
    The equations of a display. What has no relation in it is a remark, and leaves its row whole.
    """
    for items, _ in joined(tex, {*SIGNS, *SAME, *NEARLY}):
        parts = [part for part, _ in split(items, *WIDE) if part]
        whole = len(parts) < 2 or not all(_signs(part) for part in parts)
        for part in [items] if whole else parts:
            sides = [side for side, _ in split(part, *SAME, *NEARLY)]
            read = [_side(tex, side, symbols) for side in sides]
            yield Equation(part[0].start, part[-1].end, read, _signs(part))


def _signs(items: Sequence[Item]) -> list[str]:
    texts = (item.text for item in items if isinstance(item, Token))
    return [text for text in texts if text in SAME or text in NEARLY]


def _side(tex: str, items: Sequence[Item], symbols: Collection[str]) -> Expression | None:
    if not items:
        return None
    parser = Parser(tex, list(items), items[-1].end, symbols)
    try:
        node = parser.expression()
        parser.finish()
    except CannotParse:
        return None
    return node


def _see_examples(formula: Formula, found: Sequence[Derivation]) -> None:
    """Give the equations of a display the doctests below it."""
    note = formula.section.note
    known = {name for held in formula.table.names.values() for name in held}
    end = min(formula.below - formula.section.note_first, until_heading(note, formula.line))
    below = [each for each in functions(note, known) if formula.line < each.line < end]
    for derivation, function in zip_longest(found, below[: len(found)]):
        derivation.doctest, derivation.function = Doctest(note, formula.line), function
