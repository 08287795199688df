r"""
# Identities

A display with $\equiv$ in it, which says that two algorithms are one:

$$
\text{AMSGrad}\big|_{\texttt{amsgrad} \leftarrow 0} \equiv \text{Adam}
$$

Both make a step from the same state with the same numbers, and afterwards all that both carry on to
the next step has to be the same: for all numbers, and with all settings of the flags. That is
[proved](../proof/__init__.py), and in no other way shown. The domains of the symbols are those that
the [proofs](../proof/task.py) of the project have.

A name is that of an algorithm: `radam.RAdam`, or `RAdam` for short, where only one ends so. [Behind
a bar](reading/identities.py) stands what is something else [in it](../algorithm/altered.py). If at
the left $x_{t-1}$ is a function of what it is at the right, then after the step $x_t$ has to be the
same function of what is there. A condition at the end says for which steps it holds; there,
$x_{t-1}$ is what the step begins with. What a side carries on it carries on even if its changes
leave nothing that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from ..algorithm.altered import Altered, now
from ..formula.symbols import shifted
from ..proof.arithmetic import error
from ..proof.explore import Explorer, Refuted, Unreached, Way
from ..proof.task import Domain, Proof
from ..values.arithmetic import Arithmetic
from ..values.arrays import Value
from ..values.evaluator import evaluate, truth
from ..watch.watched import told
from .algorithm import Algorithm
from .assertion import Assertion, Context, Result
from .reading.formulas import Formula
from .reading.identities import SIGN, Side, identity


class Identity(Assertion):
    name, plural = "identity", "identities"
    sign, label = "≡", "An identity"

    def __init__(self, formula: Formula) -> None:
        super().__init__(formula, formula.place)
        self.left, self.right, self.condition = identity(formula.tex, formula.table.names)
        self.ways, self.proved = 0, False
        self.one: Altered
        self.other: Altered

    @classmethod
    def find(cls, formula: Formula) -> Sequence[Assertion] | None:
        # Without a name it is a formula with a wrong sign.
        named = SIGN.search(formula.tex) and r"\text" in formula.tex
        stated = formula.display and named and not formula.quoted
        return [cls(formula)] if stated else None

    # ## Proving

    def prove(self, context: Context, explorer: Explorer, proofs: Sequence[Proof]) -> None:
        """Prove it, with an explorer that calls `compare`."""
        try:
            self.one, self.other = (_altered(side, context) for side in (self.left, self.right))
            for task in self._tasks(proofs):
                explorer.explore(task)
        except Refuted:
            # The comparison has told.
            return
        except (Unreached, ValueError, KeyError) as problem:
            self.fail(told(problem) if isinstance(problem, KeyError) else str(problem))
            return
        self.proved = self.ways > 0
        if not self.proved:
            self.fail("its condition never holds, so it says nothing")

    def _tasks(self, proofs: Sequence[Proof]) -> Iterator[Proof]:
        """One for each setting of the flags."""
        one, other = self.one, self.other
        if any(shifted(c.target.key, "t-1", "t") in other.carried for c in other.begins):
            raise ValueError("at the right, what is remembered is what it is, and nothing else")
        if not one.carried & other.carried:
            raise ValueError("the two have nothing in common that they carry on")
        inputs = _domains({"t"} | one.inputs | other.inputs, proofs)
        for flags in self._settings():
            listed = ", ".join(f"{name}={value}" for name, value in flags.items())
            yield Proof(
                name=f"{self.place}" + (f" with {listed}" if listed else ""),
                subject=self.formula.tex,
                flags=flags,
                inputs=inputs,
                given="t",
                start=lambda *given: None,
                positive=lambda inputs: _positive(proofs, inputs),
            )

    def _settings(self) -> Iterator[dict[str, bool]]:
        """All settings of the flags that are not fixed on each side which has them."""
        free = self.one.program.flags - self.left.flags.keys()
        free |= self.other.program.flags - self.right.flags.keys()
        names = sorted(free)
        for values in product([True, False], repeat=len(names)):
            yield dict(zip(names, values, strict=True))

    def compare(self, proof: Proof, way: Way, fresh: bool) -> None:
        """Compare what both sides make of a step, or of what is before the first one."""
        values, arithmetic = way.inputs, way.run.arithmetic
        flags, others = {**proof.flags, **self.left.flags}, {**proof.flags, **self.right.flags}
        with way.run.computing():
            if fresh:
                left = self.one.start(values, flags, arithmetic)
                right = self.other.start(values, others, arithmetic)
            else:
                left = self.one.run(values, flags, arithmetic)
                right = self.other.run(values, others, arithmetic)
                within = self.one.within(values, left, arithmetic)
                if self.condition and not truth(self.condition, within, arithmetic):
                    return
                self.ways += 1
            left, right = (_remembered(side) for side in (left, right))
            known = {**values, **right, "t": now(right["t"], arithmetic)}
            for symbol, value in self._expected(known, right, arithmetic):
                if symbol in left and error(left[symbol], value) and not self.problems:
                    text = f"{symbol} is not the same on both sides\n    in {proof.name}"
                    self.fail(text.replace("t-1", "0") if fresh else text)

    def _expected(
        self, known: Mapping[str, Value], right: Mapping[str, Value], arithmetic: Arithmetic
    ) -> Iterator[tuple[str, Value]]:
        """What has to be at the left of what is remembered, as the right side has it."""
        yield from [("t", right["t"])] if "t" in right else []
        changes = {change.target.key: change for change in self.one.begins}
        for carried in sorted(self.one.carried):
            symbol = shifted(carried, "t", "t-1")
            if symbol in changes:
                yield symbol, evaluate(changes[symbol].value, known, arithmetic)
            elif carried in self.other.carried and symbol in right:
                yield symbol, right[symbol]

    # ## Results

    def end(self, context: Context) -> None:
        if not self.proved and not self.problems:
            self.fail("never proved: no file with runs has a function proofs()")

    def results(self) -> Iterator[Result]:
        yield self.result("passed", proved=self.proved, checks=self.ways)

    @classmethod
    def words(cls, results: Sequence[Result]) -> str:
        return (
            "Both algorithms made a step from one state, on exact numbers. Afterwards they had the"
            " same in all that they carry on."
        )


def _altered(side: Side, context: Context) -> Altered:
    every = [each for each in context.of(Algorithm) if each.replay]
    exact = [each for each in every if each.called == side.name]
    found = exact or [each for each in every if each.called.rpartition(".")[2] == side.name]
    if len(found) != 1:
        names = ", ".join(each.called for each in found or every)
        raise ValueError(f"{side.name} is not the name of one algorithm; there are {names}")
    unknown = sorted(side.flags.keys() - found[0].program.flags)
    if unknown:
        raise ValueError(f"{side.name} has no flag {', '.join(unknown)}")
    return Altered.make(found[0].program, found[0].formula.tex, side.assigns)


def _domains(symbols: set[str], proofs: Sequence[Proof]) -> dict[str, Domain]:
    """Which numbers the symbols can be, as the proofs of the project have it."""
    known = {symbol: domain for proof in proofs for symbol, domain in proof.inputs.items()}
    known |= {alias: known[of] for proof in proofs for alias, of in proof.aliases.items()}
    missing = sorted(symbols - known.keys())
    if missing:
        raise ValueError(f"no proof says which numbers {', '.join(missing)} can be")
    return {symbol: known[symbol] for symbol in sorted(symbols)}


def _remembered(env: Mapping[str, Value]) -> dict[str, Value]:
    """What the next step finds, and the count."""
    return {name: value for name, value in env.items() if name == "t" or "t-1" in name}


def _positive(proofs: Sequence[Proof], inputs: Mapping[str, Any]) -> list[Any]:
    """What the project knows to be positive, if these inputs are enough to say it."""
    for proof in proofs:
        try:
            return list(proof.positive(inputs))
        except KeyError:
            continue
    return []
