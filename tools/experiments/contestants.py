"""
# What is compared

Each optimizer has its defaults, but for the rate, and for what its name says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from experiments.design import EPSILONS, WARMUP, named
from labml_optim import AdaBelief, Adam, AMSGrad, NAdam, RAdam
from labml_optim.optimizer import Group, State


class BeliefAlone(AdaBelief):
    """AdaBelief without the inner epsilon: the other one stays."""

    def get_mv(self, state: State, group: Group, grad: Tensor) -> tuple[Tensor, Tensor]:
        """Adam's two moments, the second of them around the first."""
        return super().get_mv(state, {**group, "eps": 0.0}, grad)


@dataclass(frozen=True)
class Kind:
    """An optimizer with all but its rate."""

    kind: Callable[..., Optimizer]
    arguments: Mapping[str, Any]
    warmup: int = 0

    def make(self, params: list[Tensor], lr: float) -> Optimizer:
        return self.kind(params, lr=lr, **self.arguments)


def _ours(kind: type[Adam], warmup: int = 0, **arguments: Any) -> Kind:
    return Kind(kind, {**arguments, "fused": False}, warmup)


MAIN = {
    "Adam": _ours(Adam),
    "torch's Adam": Kind(torch.optim.Adam, {"foreach": False}),
    "AMSGrad": _ours(AMSGrad),
    "RAdam": _ours(RAdam),
    "AdaBelief": _ours(AdaBelief),
    "NAdam": _ours(NAdam),
}
WARM = {
    "Adam, warm-up": _ours(Adam, WARMUP),
    "RAdam, warm-up": _ours(RAdam, WARMUP),
}

# All without rectification and in the textbook form: what differs is what is centred, and where
# epsilon stands.
_plain = partial(_ours, optimized_update=False)
_belief = partial(_plain, rectify=False)
MADE: dict[str, Callable[..., Kind]] = {
    "Adam": partial(_plain, Adam),
    "AdaBelief": partial(_belief, AdaBelief),
    "AdaBelief, accumulated": partial(_belief, AdaBelief, accumulate_eps=True),
    "AdaBelief, no inner": partial(_belief, BeliefAlone),
}

GRID = {named(form, eps): make(eps=eps) for form, make in MADE.items() for eps in EPSILONS}
EVERY = {**MAIN, **WARM, **GRID}
