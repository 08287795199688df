r"""
# Claims

A display in a comment in the body of a function says what the next statement computes:

$$m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t$$

It assigns, with an arrow, `:=` or an equals sign. A display there that does not is an error, whose
message says how to write it: no display beside code is skipped. What only follows from something
else begins with $\therefore$ and is a [derivation](derivation.py), and what only the author thinks
is an [opinion](opinion.py).

A formula within a line is a claim if it has an arrow or `:=`, or if it says with an equals sign
what the statement below makes. Any other is [a remark](remark.py), as in "with $\alpha = 0$
nothing moves".

Of a display that [assigns several times](reading/assignments.py), the first part is about the
statement below it, and each of the others about that statement or the next one that makes its
symbol.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, dropwhile, pairwise

from ..algorithm.words import is_algorithm
from ..formula.tokens import CannotParse
from ..formula.tree import Assign, names
from ..statements.made import Statement
from ..watch.watched import Configuration, Watched, covers
from .assertion import Assertion, Context, Result, counted
from .reading.assignments import ARROW, assignments
from .reading.formulas import Formula

# The words for a formula that is no claim, and is tested by one.
SAME_CLAIM = "A claim beside the code says the same, and holds."


class Claim(Assertion):
    name, plural = "claim", "claims"
    way_out = (
        r"If it is no claim about the line below, quote it with >, or begin it with \therefore."
    )

    def __init__(self, formula: Formula, watched: Watched) -> None:
        super().__init__(formula, watched.place)
        self.watched = watched
        # Why the code cannot run here.
        self.absent = ""

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        if not formula.beside_code or formula.is_derived:
            return None
        if not (formula.display or ARROW.search(formula.tex) or _says_what_is_made(formula)):
            return None
        if is_algorithm(formula.tex):
            raise ValueError("an algorithm belongs in a docstring, and here it is beside code")
        found = assignments(formula.tex, formula.table.names)
        return [cls(formula, watched) for watched in _watched(formula, found)]

    def says(self, assign: Assign | None) -> bool:
        """Whether it says the same, and holds."""
        holds = self.watched.configurations and not self.watched.problem
        return bool(holds and self.watched.formula == assign)

    def begin(self, context: Context) -> None:
        context.tracer.watch(self.watched)

    def end(self, context: Context) -> None:
        reason = context.absent.get(self.place.path.resolve(), "")
        self.absent = "" if self.watched.configurations else reason
        if self.watched.problem:
            self.problems.append(self.watched.problem)
        elif not self.absent:
            found = [self._missed(context), self._borrowed(context)]
            for text in chain(*found, self.watched.updates.problems()):
                self.fail(text)
            if self.watched.configurations:
                self.fail_idle([self.watched.formula], self.watched.taken)

    def _missed(self, context: Context) -> Iterator[str]:
        """Configurations that should have met the claim and did not, or should not and did."""
        statement = self.watched.statement
        called = context.tracer.functions.called.get(self.watched.where, set())
        if not called:
            yield f"never checked: no run calls {statement.function.name}"
        relevant: dict[Configuration, bool] = {}
        known = {name for _, flags in called for name, _ in flags}
        for subject, flags in called:
            asked = dict(flags)
            # Of a run that does not give a flag, nothing is expected.
            if any(guard.flags(known) - asked.keys() for guard in statement.guards):
                continue
            decisive = {name for guard in statement.guards for name in guard.flags(asked)}
            configuration = (subject, frozenset((name, asked[name]) for name in decisive))
            met = (subject, flags) in self.watched.configurations
            relevant[configuration] = relevant.get(configuration, False) or met
        for (subject, flags), met in sorted(relevant.items(), key=str):
            wrong = any(guard.verdict(dict(flags)) is False for guard in statement.guards)
            if wrong == met:
                shown = ", ".join(f"{name}={value}" for name, value in sorted(flags))
                text = (
                    "checked, although its condition does not hold," if wrong else "never checked"
                )
                why = ": all arrays there are empty" * (self.watched.empty and not wrong)
                yield f"{text} for {subject}({shown}){why}"

    def _borrowed(self, context: Context) -> Iterator[str]:
        """Hyper-parameters that were taken from the code, since a run did not give them."""
        for symbol, run in sorted(self.watched.borrowed.items()):
            if symbol in context.tracer.constants:
                yield (
                    f"{symbol} has no value in {run}: that run does not give it, and"
                    f" {context.tracer.constants[symbol]} does"
                )

    def results(self) -> Iterator[Result]:
        watched, guards = self.watched, self.watched.statement.guards
        known = {flag for _, flags in watched.configurations for flag, _ in flags}
        yield self.result(
            "unchecked" if self.absent else "passed",
            proved=covers(watched.proved, watched.configurations),
            checks=watched.checks,
            runs=len(watched.runs),
            subjects=tuple(sorted({subject for subject, _ in watched.configurations})),
            flags=tuple(sorted({flag for guard in guards for flag in guard.flags(known)})),
            error=watched.error,
            remark=self.absent or str(watched.made),
        )

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        first = max(results, key=lambda result: result.runs)
        made = " and ".join(dict.fromkeys(f"`{result.remark}`" for result in results))
        which = f", as {', '.join(first.flags)} decides" if first.flags else ""
        checks = sum(result.checks for result in results)
        return (
            f"Compared with {made} in the running code: {counted(checks, 'time')}, in"
            f" {counted(first.runs, 'run')} of {', '.join(first.subjects)}"
            f"{which or ', with all flags on and off'}."
        )


def _says_what_is_made(formula: Formula) -> bool:
    """Whether an equation in a line gives what the statement below makes, and not just a number."""
    try:
        assign, *_ = assignments(formula.tex, formula.table.names)
    except CannotParse:
        return False
    made = [each for statement in formula.statements()[:1] for each in statement.makes]
    held = formula.table.holders(assign.target.key)
    return bool(names(assign.value)) and any(each.name in held for each in made)


def _watched(formula: Formula, found: Sequence[Assign]) -> Iterator[Watched]:
    """Each assignment, with the statement that it is about."""
    left: Sequence[Statement] = formula.statements()
    if not left:
        raise ValueError("no statement begins below this formula")
    for before, assign in pairwise([None, *found]):
        assert assign
        if clash := formula.table.clash(assign.target.key):
            raise ValueError(clash)
        names = formula.table.holders(assign.target.key)
        if before:
            # A row that makes the same again is about another line; a chain of equals signs is not.
            again = before.target == assign.target and before.start != assign.start
            left = _from_maker(left[again:], names)
        if not left:
            raise ValueError(f"no line below makes {assign.target.key} again")
        place = formula.place.part(assign.start, assign.end) if len(found) > 1 else formula.place
        yield Watched(place, assign, left[0], left[0].made(names), names)


def _from_maker(statements: Sequence[Statement], names: Sequence[str]) -> Sequence[Statement]:
    """The statements from the first one on that makes something of these names, if one does."""
    found = dropwhile(lambda each: not any(m.fits(names) for m in each.makes), statements)
    return list(found) or statements
