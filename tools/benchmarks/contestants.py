"""
# What is measured

Sets of parameters, and optimizers to step them. Other people's packages are peers where they are
installed: `pip install -e '.[bench]'`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from random import Random
from typing import Any

import torch
from torch.optim import Optimizer

import labml_optim

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Set:
    """
    Parameters of these shapes.

    * `limits` are the goals for AdaBelief's time against that of torch's fused Adam, per device
    * `streams` means that they are larger than any cache, so that memory decides
    """

    title: str
    shapes: list[Shape]
    limits: dict[str, float]
    streams: bool = True


@dataclass(frozen=True)
class Contestant:
    """
    * `make` makes the optimizer
    * `moves` is how many bytes per float32 parameter it must move, if it makes only one pass
    * `peer` is the label of the contestant that it must not be slower than
    """

    label: str
    make: Callable[[list[torch.nn.Parameter]], Optimizer]
    moves: int = 0
    peer: str = ""


# ## Sets


def resnet18() -> list[Shape]:
    """62 tensors, 11.7 million parameters."""
    shapes: list[Shape] = [(64, 3, 7, 7), (64,), (64,)]
    before = 64
    for width in (64, 128, 256, 512):
        for block in range(2):
            for inputs in (before, width):
                shapes += [(width, inputs, 3, 3), (width,), (width,)]
            if block == 0 and width != before:
                shapes += [(width, before, 1, 1), (width,), (width,)]
            before = width
    return [*shapes, (1000, 512), (1000,)]


def gpt2_small() -> list[Shape]:
    """148 tensors, 124 million parameters."""
    n = 768
    norm: list[Shape] = [(n,), (n,)]
    attention: list[Shape] = [(n, 3 * n), (3 * n,), (n, n), (n,)]
    feed_forward: list[Shape] = [(n, 4 * n), (4 * n,), (4 * n, n), (n,)]
    return [(50257, n), (1024, n), *(norm + attention + norm + feed_forward) * 12, *norm]


def sets(device: str) -> list[Set]:
    draw = Random(0)
    small: list[Shape] = [(draw.randint(1, 1024),) for _ in range(200)]
    found = [
        Set("200 tensors of at most 1024", small, {"cpu": 0.5, "cuda": 1.0}, streams=False),
        Set(
            "ResNet-18: 62 tensors, 11.7\N{NO-BREAK SPACE}M", resnet18(), {"cpu": 0.9, "cuda": 1.0}
        ),
        Set("2 tensors of 4096²", [(4096, 4096)] * 2, {"cpu": 1.0, "cuda": 1.0}),
        Set(
            "GPT-2 small: 148 tensors, 124\N{NO-BREAK SPACE}M",
            gpt2_small(),
            {"cpu": 1.0, "cuda": 1.0},
        ),
    ]
    if device == "cuda":
        found.append(Set("25 tensors, 100\N{NO-BREAK SPACE}M", [(2000, 2000)] * 25, {"cuda": 1.0}))
    return found


def quick_sets(device: str) -> list[Set]:
    """To see that everything runs."""
    limits = {device: 1.0}
    return [
        Set("5 tensors", [(n,) for n in range(5)], limits, streams=False),
        Set("2 tensors of 64²", [(64, 64)] * 2, limits),
    ]


# ## Optimizers


def torch_own(name: str, **flags: Any) -> Callable[[list[torch.nn.Parameter]], Optimizer]:
    return partial(getattr(torch.optim, name), **flags)


def peer(package: str, **flags: Any) -> Callable[[list[torch.nn.Parameter]], Optimizer]:
    def make(params: list[torch.nn.Parameter]) -> Optimizer:
        # One of them prints how it is set.
        with redirect_stdout(StringIO()):
            found: Optimizer = import_module(package).AdaBelief(params, **flags)
        return found

    return make


LOOP = {"foreach": False, "fused": False}
REFERENCE = Contestant("torch Adam(fused=True)", torch_own("Adam", fused=True), moves=28)
BELIEF = "AdaBelief(fused=True)"
# The contestants of a heat take turns, and the reference in each. There are several heats so that
# the slow ones do not take the time for rounds from the fast ones, and because each contestant has
# parameters of its own, which for a large set is a lot of memory.
HEATS = [
    [
        Contestant(BELIEF, partial(labml_optim.AdaBelief, fused=True), 28),
        Contestant("Adam(fused=True)", partial(labml_optim.Adam, fused=True), 28),
    ],
    [
        Contestant("RAdam(fused=True)", partial(labml_optim.RAdam, fused=True), 28),
        Contestant("AMSGrad(fused=True)", partial(labml_optim.AMSGrad, fused=True), 36),
        Contestant(
            "torch Adam(amsgrad=True, fused=True)", torch_own("Adam", amsgrad=True, fused=True), 36
        ),
    ],
    [
        Contestant(
            "Adam(fused=False)",
            partial(labml_optim.Adam, fused=False),
            peer="torch Adam(foreach=False)",
        ),
        Contestant("torch Adam(foreach=False)", torch_own("Adam", **LOOP)),
        Contestant("torch Adam()", torch_own("Adam")),
    ],
    [
        Contestant(
            "AMSGrad(fused=False)",
            partial(labml_optim.AMSGrad, fused=False),
            peer="torch Adam(amsgrad=True, foreach=False)",
        ),
        Contestant(
            "torch Adam(amsgrad=True, foreach=False)", torch_own("Adam", amsgrad=True, **LOOP)
        ),
    ],
    [
        Contestant(
            "RAdam(fused=False)",
            partial(labml_optim.RAdam, fused=False),
            peer="torch RAdam(foreach=False)",
        ),
        Contestant("torch RAdam(foreach=False)", torch_own("RAdam", foreach=False)),
        Contestant("torch RAdam(foreach=True)", torch_own("RAdam", foreach=True)),
    ],
    [
        Contestant(
            "AdaBelief(fused=False)",
            partial(labml_optim.AdaBelief, fused=False),
            peer="adabelief-pytorch",
        ),
        Contestant("adabelief-pytorch", peer("adabelief_pytorch", print_change_log=False)),
        # Without rectification, its default: only then does it step many tensors at once.
        Contestant("pytorch_optimizer AdaBelief", peer("pytorch_optimizer")),
    ],
]
PACKAGES = {
    "adabelief-pytorch": "adabelief_pytorch",
    "pytorch_optimizer AdaBelief": "pytorch_optimizer",
}
# In the order in which they are shown.
SHOWN = [
    BELIEF,
    "RAdam(fused=True)",
    "AMSGrad(fused=True)",
    "Adam(fused=True)",
    REFERENCE.label,
    "torch Adam(amsgrad=True, fused=True)",
    "torch Adam()",
    "torch RAdam(foreach=True)",
    "AdaBelief(fused=False)",
    "pytorch_optimizer AdaBelief",
    "adabelief-pytorch",
]


def missing() -> list[str]:
    return [label for label, package in PACKAGES.items() if find_spec(package) is None]


def heats() -> list[list[Contestant]]:
    """The heats, without what is not installed."""
    gone = missing()
    return [[each for each in heat if each.label not in gone] for heat in HEATS]
