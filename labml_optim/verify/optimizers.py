"""
# What is run

The optimizers are those that the package exports. Their flags are the arguments of the constructor
that are `True` or `False` by default. So there is no table here to keep in step with the classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from inspect import signature
from itertools import product
from typing import Any

import torch
from torch import Tensor

import labml_optim
from labml_optim.optimizer import GenericAdaptiveOptimizer

Flags = dict[str, bool]

# How many steps are made: on both sides of the sixth, where rectification sets in.
STEPS = 200

# An $\epsilon$ as large as the gradients shows where it was added.
VISIBLE: dict[str, Any] = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 0.1}

# The rules of weight decay.
DECAYS: dict[str, Flags] = {
    "decoupled": {"weight_decouple": True, "absolute": False},
    "absolute": {"weight_decouple": True, "absolute": True},
    "coupled": {"weight_decouple": False, "absolute": False},
}


def optimizers() -> list[Any]:
    """The classes that the package exports, apart from the base of all."""
    public = [getattr(labml_optim, name) for name in labml_optim.__all__]
    kinds = [kind for kind in public if issubclass(kind, GenericAdaptiveOptimizer)]
    return [kind for kind in kinds if kind is not GenericAdaptiveOptimizer]


def flags(kind: Any) -> Flags:
    """The flags of a class, with their defaults."""
    found = signature(kind).parameters
    return {name: p.default for name, p in found.items() if isinstance(p.default, bool)}


def combinations(kind: Any) -> Iterator[Flags]:
    """All values that the flags of a class can have together."""
    names = list(flags(kind))
    for values in product((False, True), repeat=len(names)):
        yield dict(zip(names, values, strict=True))


def start(dtype: torch.dtype, device: str, size: int = 67) -> Tensor:
    """A parameter, in size about 1. As many numbers as no vector of a processor divides."""
    return drawn(0, dtype, device, size).requires_grad_()


@cache
def gradient(t: int, dtype: torch.dtype, device: str, size: int = 67) -> Tensor:
    """The gradient of step t: large at first, so that a maximum shows."""
    return drawn(t, dtype, device, size).mul_(5 if t <= 3 else 0.5)


def drawn(seed: int, dtype: torch.dtype, device: str, size: int) -> Tensor:
    generator = torch.Generator("cpu").manual_seed(seed)
    values = torch.randn(size, generator=generator, dtype=torch.float64, device="cpu")
    return values.to(device, dtype)
