"""
# The networks, many at once

Optimizers that work element by element cannot tell whether the elements that they are given belong
to one network or to many. So all seeds of all contestants are one tensor of shape (contestants,
seeds, parameters), and one product of batches of matrices computes a layer of all of them. A test
sees that this makes the same numbers as each network alone, as a module of torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.training.digits import source

Weights = Mapping[str, Tensor]
Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Network:
    """`forward` takes weights of shape (…, *shape) and images (…, count, 64) to (…, count, 10)."""

    name: str
    # The shapes of the parameters; matrices have the inputs first.
    shapes: Shapes
    forward: Callable[[Weights, Tensor], Tensor]

    @property
    def size(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes.values())

    def named(self, flat: Tensor) -> dict[str, Tensor]:
        """The parameters by name, from a tensor of shape (…, size)."""
        parts = flat.split([math.prod(shape) for shape in self.shapes.values()], dim=-1)
        shaped = zip(self.shapes.items(), parts, strict=True)
        return {name: part.unflatten(-1, shape) for (name, shape), part in shaped}

    def start(self, seeds: list[int]) -> Tensor:
        """What each seed starts from, of shape (seeds, size): uniform, as torch's layers begin."""
        return torch.stack([self._start(source(seed, 2)) for seed in seeds])

    def _start(self, draw: torch.Generator) -> Tensor:
        parts = []
        for name, shape in self.shapes.items():
            # A bias has the bound of its matrix.
            bound = 1 / math.sqrt(self.shapes[name.replace("bias", "weight")][0])
            parts.append((2 * torch.rand(math.prod(shape), generator=draw) - 1) * bound)
        return torch.cat(parts)


def _linear(weights: Weights, number: int, x: Tensor) -> Tensor:
    return x @ weights[f"weight{number}"] + weights[f"bias{number}"].unsqueeze(-2)


# ## A small network
#
# One hidden layer: 64 pixels, 32 units, 10 digits.


def _small(weights: Weights, images: Tensor) -> Tensor:
    return _linear(weights, 2, _linear(weights, 1, images).relu())


SMALL = Network(
    "network",
    {"weight1": (64, 32), "bias1": (32,), "weight2": (32, 10), "bias2": (10,)},
    _small,
)

# ## A small convolution
#
# Two layers of 3 × 3, the second with a stride of 2, of 8 and 16 channels; then 16 · 2 · 2 numbers
# to 10 digits. A convolution is a matrix product with patches of the image.


def _patches(x: Tensor, side: int, stride: int) -> Tensor:
    """Patches of 3 × 3 of (…, count, side², channels): (…, count, places, 9 · channels)."""
    square = x.unflatten(-2, (side, side))
    places = square.unfold(-3, 3, stride).unfold(-3, 3, stride)
    return places.flatten(-3).flatten(-3, -2)


def _convolution(weights: Weights, images: Tensor) -> Tensor:
    x = images.unsqueeze(-1)
    for number, side, stride in ((1, 8, 1), (2, 6, 2)):
        patches = _patches(x, side, stride)
        count, places = patches.shape[-3:-1]
        x = _linear(weights, number, patches.flatten(-3, -2)).relu().unflatten(-2, (count, places))
    return _linear(weights, 3, x.flatten(-2))


CONVOLUTION = Network(
    "convolution",
    {
        **{"weight1": (9, 8), "bias1": (8,), "weight2": (72, 16), "bias2": (16,)},
        **{"weight3": (64, 10), "bias3": (10,)},
    },
    _convolution,
)

NETWORKS = (SMALL, CONVOLUTION)
