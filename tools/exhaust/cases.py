r"""
# From where, and with which numbers

The kernel's flags and numbers are those that a class hands over at a step $t$: so there is a call
for each of its modes, `centred`, `maximum` and `adaptive`, and, where there is a division, for both
forms of the update, which differ in the numbers. RAdam's first five steps are those without. With a
small $\beta_1$, $m$ is computed in the other of two ways. What else the numbers choose is tried
beside these: the sign of the gradient, an $\epsilon$ that is kept in $v$, and decay that is added
to the gradient.

| state | $t$ | $\theta$ | $m$ | $v$ | largest $v$ | decay |
|---|---|---|---|---|---|---|
| `first` | 1 | 0 | 0 | 0 | 0 | none |
| `later` | 10, or 5 without a division | 0.5 | 0.01 | 0.002 | 0.003 | 0.01, as the call says |

Decay is decoupled if the call says nothing. From the first one, the new parameter is the step. With
16 bits all parameters are tried, and $\theta$ is not that of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from exhaust.driver import Start
from labml_optim import AdaBelief, Adam, AMSGrad, RAdam, WeightDecay
from labml_optim.fused.overrides import known
from labml_optim.fused.partition import keeps_maximum
from labml_optim.fused.scalars import scalars

STATES = {"first": (0.0, 0.0, 0.0, 0.0), "later": (0.5, 0.01, 0.002, 0.003)}
DECAY = 0.01


@dataclass(frozen=True)
class Case:
    """A call, and the state and the step that it is tried at."""

    kind: type[Adam]
    flags: tuple[tuple[str, Any], ...]
    adaptive: bool
    state: str

    @property
    def call(self) -> str:
        """As in Python, with the decay of `later` only where it is not decoupled."""
        flags = (f"{name}={value!r}" for name, value in self.flags)
        return f"{self.kind.__name__}({', '.join(flags)})"

    @property
    def t(self) -> int:
        return 1 if self.state == "first" else 10 if self.adaptive else 5

    def start(self) -> Start:
        decay = 0.0 if self.state == "first" else DECAY
        theta = torch.zeros(1, requires_grad=True)
        optimizer = self.kind([theta], **{"weight_decay": decay, **dict(self.flags)})
        group = optimizer.param_groups[0]
        centred = known(optimizer).centred
        numbers = scalars(optimizer, group, centred, self.t)
        return Start(STATES[self.state], numbers, centred, keeps_maximum(group))


PLAIN, MAXIMUM = ("rectify", False), ("amsgrad", True)
Flags = tuple[tuple[str, Any], ...]
ONE_FORM: Sequence[tuple[type[Adam], Flags, bool]] = (
    (Adam, (), True),
    (AMSGrad, (), True),
    (AdaBelief, (PLAIN,), True),
    (AdaBelief, (PLAIN, MAXIMUM), True),
    (RAdam, (), False),
    (RAdam, (MAXIMUM,), False),
    (AdaBelief, (), False),
    (AdaBelief, (MAXIMUM,), False),
)
OTHER_FORM = [
    (kind, (*flags, ("optimized_update", False)), adaptive)
    for kind, flags, adaptive in ONE_FORM
    if adaptive
]
# Below one half, m is computed in another way.
OTHER_MEAN: Sequence[tuple[type[Adam], Flags, bool]] = ((Adam, (("betas", (0.4, 0.999)),), True),)
KEPT_EPS: Sequence[tuple[type[Adam], Flags, bool]] = (
    (AdaBelief, (PLAIN, ("accumulate_eps", True)), True),
)


class Coupled(WeightDecay):
    """Decay that is added to the gradient, with a name that has room in a table."""

    def __repr__(self) -> str:
        return "coupled"


UPHILL = ("maximize", True)
COUPLED = ("weight_decay", Coupled(DECAY, weight_decouple=False))
# From zeros, decay adds nothing.
OTHER_GRADIENT: Sequence[tuple[type[Adam], Flags, bool]] = (
    *((Adam, (UPHILL,), True), (AdaBelief, (PLAIN, UPHILL), True), (RAdam, (UPHILL,), False)),
    *((Adam, (COUPLED,), True), (AdaBelief, (PLAIN, COUPLED), True), (RAdam, (COUPLED,), False)),
)


def gradients() -> list[Case]:
    """What all float32 gradients are tried with."""
    calls = (*ONE_FORM, *OTHER_FORM, *OTHER_MEAN, *KEPT_EPS)
    found = [Case(*each, state) for state in STATES for each in calls]
    return [*found, *(Case(*each, "later") for each in OTHER_GRADIENT)]


def pairs(dtype: torch.dtype) -> list[Case]:
    """What all pairs of a parameter and a gradient are tried with."""
    # With 16 bits, the code differs in what is read and written only.
    plain = [each for each in ONE_FORM if each[0] is not AMSGrad and MAXIMUM not in each[1]]
    if dtype == torch.bfloat16:
        calls = [("first", each) for each in ONE_FORM] + [("later", each) for each in plain]
    else:
        calls = [("later", each) for each in plain[::2]]
    return [Case(*each, state) for state, each in calls]
