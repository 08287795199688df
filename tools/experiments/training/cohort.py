"""
# A cohort

Contestants that are trained side by side on the same seeds: all contestants of a seed begin with
the same parameters and see the same batches, so that their differences can be taken seed by seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

from experiments.training.digits import TRAIN, Part, source, split
from experiments.training.networks import Network

BATCH = 50
EPOCH = TRAIN // BATCH
# How many contestants are computed at once: their numbers fit into the caches.
AT_ONCE = 12


@dataclass(frozen=True)
class Contestant:
    """An optimizer with its rate. `make` takes a list of parameters and the rate."""

    make: Callable[[list[Tensor], float], Optimizer]
    rate: float
    # Over how many steps the rate grows to what it is.
    warmup: int = 0


class Measured(NamedTuple):
    """After one of the steps: tensors of shape (contestants, seeds)."""

    step: int
    validation: Tensor
    loss: Tensor
    error: Tensor


def train(
    network: Network,
    contestants: Sequence[Contestant],
    seeds: list[int],
    steps: Sequence[int],
    done: Callable[[int], None] = lambda steps: None,
) -> list[Measured]:
    """Train them all; what is measured after each of these steps. `done` is told of the work."""
    found = []
    for first in range(0, len(contestants), AT_ONCE):
        some = contestants[first : first + AT_ONCE]
        found.append(_train(network, some, seeds, steps, done))
    return [_joined(parts) for parts in zip(*found, strict=True)]


def _joined(parts: Sequence[Measured]) -> Measured:
    return Measured(
        parts[0].step, *(torch.cat(each) for each in list(zip(*parts, strict=True))[1:])
    )


def _train(
    network: Network,
    contestants: Sequence[Contestant],
    seeds: list[int],
    steps: Sequence[int],
    done: Callable[[int], None],
) -> list[Measured]:
    data, found = split(seeds), []
    every = network.start(seeds).repeat(len(contestants), 1, 1).requires_grad_()
    every.grad = torch.zeros_like(every)
    # Each optimizer has its part of the tensor, and of its gradient.
    params = [part.requires_grad_() for part in every.detach()]
    for param, grad in zip(params, every.grad, strict=True):
        param.grad = grad
    optimizers = [
        each.make([param], each.rate) for each, param in zip(contestants, params, strict=True)
    ]
    for step, batch in zip(range(1, max(steps) + 1), batches(data.train, seeds), strict=False):
        every.grad.zero_()
        losses(network, every, batch).sum().backward()
        for each, optimizer in zip(contestants, optimizers, strict=True):
            if step <= each.warmup + 1:
                optimizer.param_groups[0]["lr"] = each.rate * min(1, step / (each.warmup or 1))
            optimizer.step()
        if step in steps:
            found.append(measured(step, network, every, data.validation, data.test))
        done(len(contestants) * len(seeds))
    return found


def batches(train: Part, seeds: list[int]) -> Iterator[Part]:
    """Batches for ever: of each seed, an epoch is another order of all images."""
    draws = [source(seed, 3) for seed in seeds]
    row = torch.arange(len(seeds)).unsqueeze(1)
    while True:
        order = torch.stack([torch.randperm(TRAIN, generator=draw) for draw in draws])
        for chosen in order.split(BATCH, dim=1):
            yield Part(train.images[row, chosen], train.labels[row, chosen])


def losses(network: Network, every: Tensor, part: Part) -> Tensor:
    """The mean loss of each, of shape (contestants, seeds)."""
    return _both(network, every, part)[0]


def _both(network: Network, every: Tensor, part: Part) -> tuple[Tensor, Tensor]:
    """The mean loss and the share of errors."""
    logits = network.forward(network.named(every), part.images.expand(len(every), -1, -1, -1))
    labels = part.labels.expand(len(every), -1, -1)
    loss = cross_entropy(logits.flatten(0, 2), labels.flatten(), reduction="none")
    wrong = (logits.argmax(-1) != labels).float()
    return loss.view(labels.shape).mean(-1), wrong.mean(-1)


@torch.no_grad()
def measured(step: int, network: Network, every: Tensor, validation: Part, test: Part) -> Measured:
    return Measured(step, losses(network, every, validation), *_both(network, every, test))
