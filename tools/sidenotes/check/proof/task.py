r"""
# What is to be proved

Files of the project, named with `--runs`, can have a function

```python
def proofs() -> Iterable[Proof]: ...
```

beside [`runs`](../runs.py). A `Proof` is a configuration that makes one step, from any state: its
inputs are what [the prover](explore.py) chooses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from .ground import Ground
from .guards import Guard
from .numbers import Exact

# Where limits and rounding are looked for.
EDGES = (0.0, 1e-300, 1e-16, 1e-8, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0, 2.0, 5.0, 20.0, 1e3, 1e7, 1e300)


@dataclass(frozen=True)
class Domain:
    """The numbers from `low` on and below `high`; the `usual` ones are looked at first."""

    low: float = -math.inf
    high: float = math.inf
    usual: tuple[float, float] = (-2.0, 2.0)
    whole: bool = False

    @property
    def is_one_number(self) -> bool:
        """Whether it has no other number than the usual one."""
        return self.usual[0] == self.usual[1]

    def draw(self, draw: Random) -> float:
        value = draw.uniform(*self.usual)
        return float(round(value)) if self.whole else value

    def __contains__(self, value: float) -> bool:
        return self.low <= value < self.high and (not self.whole or value.is_integer())

    def corners(self, near: Collection[float]) -> list[float]:
        """Some numbers of all sizes, and some near others."""
        around = [x for c in near for x in (c, c - 1, c + 1, c * (1 - 1e-6), c * (1 + 1e-6))]
        found = [*around, *EDGES, *(-x for x in EDGES)]
        return [x for x in dict.fromkeys(found) if x in self]

    def admits(self, guard: Guard) -> bool:
        """Whether a question about a number of this domain can be answered the other way."""
        if guard.about is None:
            return True
        _, constant, side = guard.about
        answer = not guard.answer
        if guard.form == "=":
            return not answer or self.low <= constant < self.high
        if side > 0:
            return constant > self.low if answer else constant < self.high
        return constant < self.high if answer else constant >= self.low


@dataclass(frozen=True)
class Proof:
    """
    One configuration. `inputs` are all that its step depends on: the hyper-parameters under their
    symbols, what it remembers as $x_{t-1}$, `t` as the steps that were made before, and what it is
    `given`. `start` gets their values, and whether the step is the first one and nothing is
    remembered, and returns what [`Run.start`](../runs.py) does.
    """

    name: str
    subject: str
    flags: Mapping[str, bool]
    inputs: Mapping[str, Domain]
    given: str
    start: Callable[..., Any]
    algorithms: Collection[str] = ()
    # Other symbols for some of the inputs.
    aliases: Mapping[str, str] = field(default_factory=dict)
    # What is known to be positive, for all inputs in their domains.
    positive: Callable[[Mapping[str, Exact]], Iterable[Exact]] = lambda inputs: ()
    source: Path | None = None


def know(ground: Ground, proof: Proof, inputs: Mapping[str, Exact]) -> None:
    """What the domains of the inputs say of them."""
    for name, domain in proof.inputs.items():
        if domain.low >= 0:
            ground.unsigned.add(inputs[name].element)
        if domain.low >= 0 and domain.high <= 1:
            ground.fractions.add(inputs[name].element)
        if domain.low >= 0 and domain.whole:
            ground.counts.add(inputs[name].element)
    for known in proof.positive(inputs):
        ground.path.exceeds_zero(known.element, -known.element % ground.prime)


# An input, its value, and whether it is this value and no other; and some of these.
Change = tuple[str, float, bool]
Changes = tuple[Change, ...]


class Case(NamedTuple):
    """The floats of the inputs, and those inputs that are these numbers and no others."""

    floats: Mapping[str, float]
    pinned: frozenset[str] = frozenset()

    @property
    def fixed(self) -> frozenset[tuple[str, float]]:
        return frozenset((name, self.floats[name]) for name in self.pinned)

    def altered(self, changes: Changes) -> Case:
        pinned = self.pinned - {name for name, *_ in changes}
        pinned |= {name for name, _, pin in changes if pin}
        return Case({**self.floats, **{name: value for name, value, _ in changes}}, pinned)
