"""The optimizers under test, their flags, and a training run that can be repeated exactly."""

import pytest
import torch

from checks.catalog import CATALOG, MODES, VISIBLE
from labml_optim import WeightDecay
from labml_optim.fused.overrides import KNOWN

# flag -> its default
FLAGS = {row.kind: dict(row.flags) for row in CATALOG}
OPTIMIZERS = tuple(FLAGS)
# Those that kernels compute.
COMPUTED = tuple(kind for kind in OPTIMIZERS if kind in KNOWN)

__all__ = ["CATALOG", "COMPUTED", "FLAGS", "MODES", "OPTIMIZERS", "VISIBLE"]


def each_engine(*values):
    """Every optimizer with each of these values for `fused` that it takes."""
    pairs = [
        pytest.param(kind, fused, id=f"{kind.__name__}-{fused}")
        for kind in OPTIMIZERS
        for fused in values
        if not fused or kind in COMPUTED
    ]
    return pytest.mark.parametrize(("optimizer", "fused"), pairs)


def decay(mode, weight_decay=0.1):
    return WeightDecay(weight_decay, **MODES[mode])


def parameters(*shapes, dtype=torch.float64, seed=0):
    """Leaves of the given shapes, about 1 in size."""
    generator = torch.Generator().manual_seed(seed)
    shapes = shapes or ((3,), (2, 2))
    values = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    return [torch.nn.Parameter(value.to(dtype)) for value in values]


def members(optimizer):
    return [p for group in optimizer.param_groups for p in group["params"]]


def gradient(p, index, t):
    """The t-th gradient of the index-th parameter: large at first, so that AMSGrad shows."""
    generator = torch.Generator().manual_seed(1000 * index + t)
    real = torch.float64 if not p.is_complex() else torch.complex128
    noise = torch.randn(p.shape, generator=generator, dtype=real)
    return (noise * (5 if t <= 3 else 0.5)).to(p.dtype)


def train(optimizer, last, first=1):
    """Steps `first` to `last`; the same parameters get the same gradients at the same step."""
    for t in range(first, last + 1):
        for index, p in enumerate(members(optimizer)):
            p.grad = gradient(p, index, t)
        optimizer.step()
    return optimizer


def moments(optimizer):
    """The tensors of the state that are shaped like their parameters."""
    states = [(p.shape, optimizer.state[p]) for p in members(optimizer)]
    tensors = [(shape, v) for shape, s in states for v in s.values() if torch.is_tensor(v)]
    return [v for shape, v in tensors if v.shape == shape]


def values(optimizer):
    return [p.detach().clone() for p in members(optimizer)]


def same(left, right):
    """Bitwise equality of two lists of tensors, NaN equal to NaN."""
    pairs = list(zip(left, right, strict=True))
    return all(torch.allclose(a, b, rtol=0, atol=0, equal_nan=True) for a, b in pairs)
