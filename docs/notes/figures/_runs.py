"""Runs of the real optimizers, for the figures: on the CPU, in float64."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor


def moves(
    kind: Any, gradient: Callable[[int], Any], steps: int, size: int = 1, **flags: Any
) -> Iterator[Tensor]:
    """The change of `size` parameters that start at 0, at step 1, 2, … in units of alpha."""
    theta = torch.zeros(size, dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer = kind([theta], lr=1.0, fused=False, **flags)
    for t in range(1, steps + 1):
        before = theta.detach().clone()
        theta.grad = torch.zeros_like(theta) + torch.as_tensor(gradient(t), dtype=torch.float64)
        optimizer.step()
        yield theta.detach() - before


def lengths(kind: Any, gradient: Callable[[int], Any], steps: int, **flags: Any) -> list[float]:
    """How far one parameter goes at each step."""
    return [abs(move.item()) for move in moves(kind, gradient, steps, **flags)]


def noise(size: int, seed: int = 0) -> Callable[[int], Tensor]:
    """Independent normal numbers, new ones for each step, and the same in each run."""
    source = torch.Generator().manual_seed(seed)
    return lambda t: torch.randn(size, dtype=torch.float64, generator=source)


def spaced(steps: int, per_decade: int = 60) -> list[int]:
    """Some steps from 1 on, as a logarithmic axis needs them: all of the first, few of the last."""
    found, x = {1, steps}, 1.0
    found |= {n * 10**k for k in range(6) for n in (1, 2, 3, 5) if n * 10**k <= steps}
    while x < steps:
        found.add(round(x))
        x *= 10 ** (1 / per_decade)
    return sorted(found)
