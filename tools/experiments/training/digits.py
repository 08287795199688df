"""
# The data

1,797 handwritten digits of 8 × 8 pixels, which scikit-learn ships: no download. Each seed draws its
own split, so that what is told apart by the seeds is not a matter of one split.

The digits are those of the test set of E. Alpaydin and C. Kaynak, Optical Recognition of
Handwritten Digits, UCI Machine Learning Repository (1998).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

TRAIN, VALIDATION, TEST = 1000, 297, 500
PARTS = (TRAIN, VALIDATION, TEST)


class Part(NamedTuple):
    """Images of shape (seeds, count, 64) between 0 and 1, and labels of shape (seeds, count)."""

    images: Tensor
    labels: Tensor


class Split(NamedTuple):
    train: Part
    validation: Part
    test: Part


@cache
def digits() -> tuple[Tensor, Tensor]:
    """All images, of shape (1797, 64), and their labels."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = torch.tensor(found.data / 16, dtype=torch.get_default_dtype())
    return images, torch.tensor(found.target)


def source(seed: int, purpose: int) -> torch.Generator:
    """Random numbers of a seed: those of its split, of its start and of its batches differ."""
    return torch.Generator().manual_seed(1000 * seed + purpose)


def split(seeds: list[int]) -> Split:
    """The split that each seed draws, one below the other."""
    images, labels = digits()
    orders = torch.stack([torch.randperm(len(labels), generator=source(seed, 1)) for seed in seeds])
    parts = orders.split(PARTS, dim=1)
    return Split(*(Part(images[part], labels[part]) for part in parts))
