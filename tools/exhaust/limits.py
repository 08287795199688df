r"""
# Where a float32 is too small

$g_t^2$ has twice the exponent of $g_t$. So it overflows, and underflows, long before $g_t$ does.
Where that begins is asked of the kernel's optimizers and of torch's, with their own calls: one
step from zeros, with gradients at all distances.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from exhaust.results import Row
from labml_optim import AdaBelief, Adam

CALLS: dict[str, Callable[..., Any]] = {
    "Adam(fused=True)": partial(Adam, fused=True),
    "Adam(fused=False)": partial(Adam, fused=False),
    "AdaBelief(rectify=False, fused=True)": partial(AdaBelief, rectify=False, fused=True),
    "AdaBelief(rectify=False, fused=False)": partial(AdaBelief, rectify=False, fused=False),
    "torch.optim.Adam(foreach=False)": partial(torch.optim.Adam, foreach=False),
    "torch.optim.Adam(foreach=True)": partial(torch.optim.Adam, foreach=True),
    "torch.optim.Adam(fused=True)": partial(torch.optim.Adam, fused=True),
    "torch.optim.Adam(amsgrad=True)": partial(torch.optim.Adam, amsgrad=True),
}
# How many ordinary steps an element is given to recover.
ORDINARY = 1000
LARGEST = 0x7F7FFFFF
# How many gradients of one tensor are between two.
BETWEEN = 1 << 12


def limits(call: str) -> Row:
    """
    For a call: the smallest gradient with which $v$ is infinite; how many of 4,097 from there to
    the largest one move the parameter; where it is after `ORDINARY` steps more; the largest
    gradient with which $v$ is 0; what infinities and NaN make of the parameter.
    """
    first = search(lambda g: stepped(call, g)[1] == torch.inf)
    beyond = torch.linspace(first, LARGEST, BETWEEN + 1, dtype=torch.float64).to(torch.int32)
    largest = search(lambda g: stepped(call, g)[1] != 0) - 1
    gradients = torch.tensor([torch.inf, -torch.inf, torch.nan])
    after = stepped(call, number(first), ORDINARY)
    return {
        "overflow": float(number(first)),
        "moved": int((stepped(call, beyond.view(torch.float32))[0] != 0).sum()),
        "after": str(float(after[0])),
        "vanish": float(number(largest)),
        "special": [str(float(x)) for x in stepped(call, gradients)[0]],
    }


def stepped(call: str, gradients: Tensor, more: int = 0) -> tuple[Tensor, Tensor]:
    """Parameters and $v$ after a step from zeros, and after as many `more` with gradients of 1."""
    theta = torch.zeros_like(gradients).requires_grad_()
    optimizer = CALLS[call]([theta])
    for gradient in (gradients, *[torch.ones_like(gradients)] * more):
        theta.grad = gradient.clone()
        optimizer.step()
    state = optimizer.state[theta]
    second = next(state[key] for key in ("exp_avg_var", "exp_avg_sq") if key in state)
    return theta.detach(), second


def search(holds: Callable[[Tensor], Tensor]) -> int:
    """The bits of the smallest gradient for which it holds; it has to hold for all larger ones."""
    low, high = 0, LARGEST
    while high - low > 1:
        bits = torch.linspace(low, high, BETWEEN + 1, dtype=torch.float64).to(torch.int32)
        found = holds(bits.view(torch.float32))
        at = int(found.nonzero()[0])
        if not found[at:].all():
            raise ArithmeticError("it holds for some gradients, and not for larger ones")
        low, high = int(bits[at - 1]), int(bits[at])
    return high


def number(bits: int) -> Tensor:
    return torch.tensor([bits]).to(torch.int32).view(torch.float32)
