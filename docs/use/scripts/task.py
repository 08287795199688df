r"""
# The task

A network and batches that stand for your own, and the arguments that the scripts share. A batch is
made from its number, so it is the same in every run. Each process takes its part of it: row `rank`,
and every row `count` later.
"""

import argparse
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def network() -> nn.Sequential:
    """The same weights in every process."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 33), nn.Tanh(), nn.Linear(33, 1))


def batch(number: int, rank: int = 0, count: int = 1) -> tuple[Tensor, Tensor]:
    """The part of a batch of 16 that belongs to one of `count` processes."""
    generator = torch.Generator().manual_seed(number)
    inputs = torch.randn(16, 8, generator=generator)
    targets = inputs.sin().sum(1, keepdim=True)
    return inputs[rank::count], targets[rank::count]


def loss(model: nn.Module, number: int, rank: int = 0, count: int = 1) -> Tensor:
    """
    The mean over the part. Parts are of one size, so the mean of their means, which is what the
    processes make of their gradients, is that of the whole batch.
    """
    inputs, targets = batch(number, rank, count)
    return nn.functional.mse_loss(model(inputs), targets)


def arguments(*flags: str) -> argparse.Namespace:
    """
    * `--steps` is how many steps to take
    * `--fused` makes them with the kernel, else the annotated code does
    * `--double` computes in float64
    * `--checkpoint` is where to save, and to go on from
    * `--weights` is a file for the weights at the end
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--checkpoint")
    parser.add_argument("--weights")
    for flag in ("--fused", "--double", *flags):
        parser.add_argument(flag, action="store_true")
    given = parser.parse_args()
    if given.double:
        torch.set_default_dtype(torch.float64)
    return given


def save(weights: Iterable[Tensor], file: str | None) -> None:
    if file is not None:
        torch.save([weight.detach() for weight in weights], file)
