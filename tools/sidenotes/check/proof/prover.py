r"""
# Proving

Makes the [runs on exact numbers](explore.py) with what the check has: the same tracer looks at the
formulas beside code, and the same replay at the algorithms. So what holds there holds for every
value. What no exact number can go through is refused by name, and remains as the runs on floats
have it: tested.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import process_time

from ..algorithm.program import Pass, Program
from ..algorithm.replay import Replay
from ..claims.algorithm import Algorithm
from ..claims.assertion import Context
from ..claims.claim import Claim
from ..claims.identity import Identity
from ..failures import traceback
from ..formula.symbols import shifted
from ..problems import Problem
from ..runs import Run
from ..watch.comparison import Comparison
from ..watch.instrument import Instrumented
from ..watch.values import ItemValues
from ..watch.watched import Watched
from .arithmetic import error
from .explore import Explorer, Refuted, Unreached, Way
from .ground import PRIME, Refused, Told
from .guards import FORMULAS, Single
from .selftest import selftest
from .task import Proof

# A row of an algorithm, a claim beside code, and an identity.
FORMULAS |= {
    Pass.execute.__code__: lambda held: held["self"].places.get(held["row"].number, "a formula"),
    Comparison.begin.__code__: lambda held: held["watched"].place,
    Identity.compare.__code__: lambda held: held["self"].place,
}


@dataclass
class Proved:
    """What was proved, and what it rests on."""

    prime: int = PRIME
    seed: int = 0
    # The configurations: those that were proved, and those that could not be, with the reason.
    names: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    identities: int = 0
    ways: int = 0
    grounds: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    single: list[Single] = field(default_factory=list)

    @property
    def degree(self) -> float:
        return max((ground.degree for ground in self.grounds), default=0)

    @property
    def roots(self) -> int:
        return max((ground.roots for ground in self.grounds), default=0)

    @property
    def bound(self) -> float:
        """The logarithm, to the base of ten, of the probability that anything here is wrong."""
        # Twice the degree, since inputs are drawn as squares; and elements were thrown away.
        each = [2**g.roots * 2 * max(g.degree, 1) * g.looked * g.draws for g in self.grounds]
        return math.log10(max(sum(each), 1)) - math.log10(self.prime)

    def __str__(self) -> str:
        return (
            f"proved for every value: {len(self.names)} configurations and {self.identities}"
            f" identities, {self.ways} ways through them,"
            f" {sum(g.differences for g in self.grounds)} equalities and conditions;"
            f" {self.seconds:.1f} s\nfield of {self.prime.bit_length()} bits, seed {self.seed},"
            f" {len(self.grounds)} draws, degree at most {self.degree:.0f}, at most {self.roots}"
            f" roots: wrong with a probability below 1e{math.ceil(self.bound)}"
        )


class Prover:
    def __init__(
        self,
        context: Context,
        source: Callable[[Run], Instrumented | None],
        prime: int = PRIME,
        seed: int = 0,
    ) -> None:
        self.context, self.source = context, source
        self.explorer = Explorer(self._execute, self._rehearse, prime, seed)
        self.proved = Proved(prime, seed)

    def prove(self, proofs: Sequence[Proof]) -> Proved:
        begin, found = process_time(), self.proved
        selftest(found.prime)
        for proof in proofs:
            whole = False
            try:
                whole = self._prove(proof)
            except Refused as refusal:
                found.refused[proof.name] = str(refusal)
            except Refuted:
                found.problems += [] if self._is_told() else [Problem(proof.name, "it differs")]
            except Unreached as problem:
                found.problems.append(Problem(proof.name, str(problem)))
            except KeyboardInterrupt:
                raise
            except BaseException as problem:
                found.problems.append(Problem(proof.name, traceback(problem)))
            finally:
                self._settle(whole)
        for identity in self.context.of(Identity) if proofs else ():
            self._prove_identity(identity, proofs)
        found.ways, found.grounds = self.explorer.leaves, self.explorer.grounds
        found.single = self.explorer.single
        found.seconds = process_time() - begin
        return found

    def _prove(self, proof: Proof) -> bool:
        """Whether all that is compared in a configuration is proved."""
        self.explorer.explore(proof)
        algorithms = self._algorithms(proof)
        if any(each.replay and each.replay.problem for each in algorithms):
            return False
        if proof.algorithms and not algorithms:
            names = ", ".join(proof.algorithms)
            self.proved.refused[proof.name] = f"no algorithm of these is here: {names}"
        else:
            self.proved.names.append(proof.name)
        return True

    def _settle(self, whole: bool) -> None:
        """A configuration is done with. What was compared in it is proved if all its ways are."""
        looked: list[Watched | Replay] = [each.watched for each in self.context.of(Claim)]
        looked += [each.replay for each in self.context.of(Algorithm) if each.replay]
        for each in looked:
            each.proved |= each.underway if whole else set()
            each.underway.clear()

    def _is_told(self) -> bool:
        """Whether what compares has a problem to tell."""
        replays = [each.replay for each in self.context.of(Algorithm) if each.replay]
        claims = [each.watched.problem for each in self.context.of(Claim)]
        return any(claims) or any(each.wrong() for each in replays)

    def _prove_identity(self, identity: Identity, proofs: Sequence[Proof]) -> None:
        own = Explorer(identity.compare, lambda *way: None, self.proved.prime, self.proved.seed)
        try:
            identity.prove(self.context, own, proofs)
        except Refused as refusal:
            identity.fail(str(refusal))
        self.explorer.leaves += own.leaves
        self.explorer.grounds += own.grounds
        self.proved.identities += identity.proved

    def _algorithms(self, proof: Proof) -> list[Algorithm]:
        every = self.context.of(Algorithm)
        return [each for each in every if each.called in proof.algorithms and each.replay]

    def _rehearse(self, proof: Proof, way: Way, fresh: bool) -> None:
        """The algorithms alone, with nothing compared: the roots that they need have to exist."""
        for algorithm in self._algorithms(proof):
            env = {**way.inputs, **{a: way.inputs[of] for a, of in proof.aliases.items()}}
            run_from(algorithm.program, env, way, proof.given, fresh)

    def _execute(self, proof: Proof, way: Way, fresh: bool) -> None:
        items = self.context.tracer.execute(way.run, self.source(way.run))
        for algorithm in self._algorithms(proof):
            if fresh:
                self._compare_start(algorithm, way, items[0])
            algorithm.on_run(way.run, items)

    def _compare_start(self, algorithm: Algorithm, way: Way, item: ItemValues) -> None:
        """What is remembered before the first step is what the algorithm begins with."""
        env = dict(item.constants)
        with way.run.computing():
            algorithm.program.start(env, way.run.flags, way.run.arithmetic)
        for symbol, value in item.values[0].items():
            before = shifted(symbol, "t", "t-1")
            if symbol not in item.item.start and error(value, env.get(before)):
                raise Unreached(f"{symbol} begins with {value}, in the formula with {env[before]}")


def run_from(program: Program, env: dict, way: Way, given: str, fresh: bool) -> None:
    """One pass of a program: the first one, or from the middle."""
    inputs = dict(env)
    program.start(env, way.run.flags, way.run.arithmetic)
    env.update({} if fresh else inputs)
    program.run(env.pop(given), env, way.run.flags, way.run.arithmetic)
