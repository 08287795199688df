"""The same optimizer twice, fused and annotated, over odd tensors, and how near the two must stay.

The engines compute the same formulas in the same order, in the same precision. What may differ is
how a product and a sum are rounded, together or one by one: half a unit in the last place here and
there. Gradients are given and do not depend on the parameters, so such errors add up like a random
walk, and nothing multiplies them. They were measured, in all combinations of flags over 200 steps:
at most 3 units of the largest value in a tensor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

HALF = (torch.bfloat16, torch.float16)
DTYPES = (torch.float64, torch.float32, *HALF)

# The tolerance, in units of the last place of the largest value in the tensor. For float64 it is
# 7e-15 of that value. A parameter of half precision is rounded at each step, and where two float32
# lie on either side of the middle, that makes one unit; twice in 200 steps is rare.
UNITS = {torch.float64: 32, torch.float32: 32, torch.bfloat16: 2, torch.float16: 2}
# Coupled decay takes the parameter, and its error, into the gradient, and dividing by the root of a
# small second moment multiplies it.
COUPLED = 100


def contiguous(values: Tensor) -> Tensor:
    return values.clone(memory_format=torch.contiguous_format)


def channels_last(values: Tensor) -> Tensor:
    return values.clone(memory_format=torch.channels_last)


def transposed(values: Tensor) -> Tensor:
    return values.T.contiguous().T


def permuted(values: Tensor) -> Tensor:
    return values.permute(2, 0, 1).contiguous().permute(1, 2, 0)


def spaced(values: Tensor) -> Tensor:
    """Every second number of a larger tensor."""
    return torch.stack([values, torch.full_like(values, 7.0)], dim=-1)[..., 0]


def shifted(values: Tensor) -> Tensor:
    """Dense, but not where an allocator would have put it."""
    return torch.cat([torch.full_like(values.reshape(-1)[:1], 7.0), values.reshape(-1)])[1:].view(
        values.shape
    )


def odd_strides(values: Tensor) -> Tensor:
    """A dimension with one place never moves, and may say that it moves any distance."""
    return contiguous(values).as_strided(values.shape, (2, 7, 1))


def constant(values: Tensor) -> Tensor:
    """One number in memory, seen everywhere."""
    return values.reshape(-1)[0].expand(values.shape)


def turned(values: Tensor) -> Tensor:
    """Negative numbers in memory, whose sign is turned when they are read."""
    if values.dtype not in (torch.float64, torch.float32):
        return contiguous(values)
    return torch.complex(values, -values).conj().imag


@dataclass(frozen=True)
class Odd:
    """A shape, how the parameter lies in memory, and how its gradients do."""

    shape: tuple[int, ...]
    lay: Callable[[Tensor], Tensor] = contiguous
    lay_grad: Callable[[Tensor], Tensor] = contiguous
    # Whether a kernel can go through it. If not, the annotated code does.
    fuses: bool = True


ODD = {
    "vector": Odd((67,)),
    "matrix": Odd((9, 8)),
    "scalar": Odd(()),
    "one": Odd((1,)),
    "empty": Odd((3, 0)),
    "channels-last": Odd((2, 3, 4, 5), channels_last, channels_last),
    "channels-last-gradient-not": Odd((2, 3, 4, 5), channels_last, contiguous, False),
    "gradient-channels-last": Odd((2, 3, 4, 5), contiguous, channels_last, False),
    "transposed": Odd((4, 3), transposed, transposed),
    "permuted": Odd((2, 3, 4), permuted, permuted),
    "spaced": Odd((5, 3), spaced, spaced, False),
    "gradient-spaced": Odd((5, 3), contiguous, spaced, False),
    "shifted": Odd((5, 13), shifted, shifted),
    "odd-strides": Odd((3, 1, 2), odd_strides),
    "gradient-constant": Odd((5, 3), contiguous, constant, False),
    "gradient-turned": Odd((65,), contiguous, turned, False),
}


def draw(odd: Odd, dtype: torch.dtype, device: str, seed: int, scale: float = 1.0) -> Tensor:
    """Values for a parameter or a gradient of this shape."""
    generator = torch.Generator().manual_seed(seed)
    real = torch.complex128 if dtype.is_complex else torch.float64
    values = torch.randn(odd.shape, generator=generator, dtype=real) * scale
    return values.to(device, dtype)


def parameter(odd: Odd, dtype: torch.dtype, device: str = "cpu", seed: int = 0) -> Tensor:
    return odd.lay(draw(odd, dtype, device, seed)).requires_grad_()


@cache
def gradient(odd: Odd, dtype: torch.dtype, seed: int, t: int, device: str = "cpu") -> Tensor:
    """The gradient of step t: large at first, so that a maximum shows."""
    scale = 5.0 if t <= 3 else 0.5
    return odd.lay_grad(draw(odd, dtype, device, 1000 * seed + t, scale))


def cloned(tensor: Tensor) -> Tensor:
    """A copy that lies in memory as the original does."""
    memory = tensor.detach().untyped_storage().clone()
    copy = torch.empty(0, dtype=tensor.dtype, device=tensor.device)
    copy.set_(memory, tensor.storage_offset(), tensor.shape, tensor.stride())
    return copy.requires_grad_(tensor.requires_grad)


def members(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


class Twins:
    """
    Two optimizers of one kind, with copies of the same parameters.

    * `kind` is the class of the optimizer
    * `groups` are parameter groups as dictionaries, or one list of parameters
    * `given` are the other arguments of the optimizer
    """

    def __init__(self, kind, groups, **given):
        groups = groups if isinstance(groups[0], dict) else [{"params": groups}]
        self.fused, self.annotated = (
            kind(
                [{**group, "params": [cloned(p) for p in group["params"]]} for group in groups],
                **{**given, "fused": fused},
            )
            for fused in (True, False)
        )
        # The largest number that was seen in each parameter.
        self.largest = {}
        # The parameters that were a part of their gradient.
        self.coupled = set()

    def both(self):
        return self.fused, self.annotated

    def set(self, group, **values):
        """Change hyper-parameters of the group with this number."""
        for optimizer in self.both():
            optimizer.param_groups[group].update(values)

    def step(self, gradients):
        """One step with these gradients, `None` for a parameter that sits it out."""
        for optimizer in self.both():
            for param, grad in zip(members(optimizer), gradients, strict=True):
                param.grad = grad
            optimizer.step()
        for group in self.annotated.param_groups:
            if group["weight_decay"] > 0 and not group["weight_decouple"]:
                self.coupled.update(group["params"])

    def agree(self, units=UNITS):
        """Parameters and moments are near each other; counts and keys are the same."""
        for index, (left, right) in enumerate(zip(*map(members, self.both()), strict=True)):
            what = f"parameter {index}"
            factor = COUPLED if right in self.coupled else 1
            largest = self.largest[right] = max(self.largest.get(right, 0.0), size(right))
            near(left, right, factor * units[real(right.dtype)], largest, what)
            mine, its = self.fused.state.get(left, {}), self.annotated.state.get(right, {})
            assert mine.keys() == its.keys() and mine.get("step") == its.get("step"), what
            for key in mine.keys() - {"step"}:
                # What decay takes over from a parameter is rounded as that is.
                kept = right if right in self.coupled else its[key]
                lost = torch.finfo(kept.dtype).eps / torch.finfo(its[key].dtype).eps
                allowed = factor * units[real(kept.dtype)] * lost
                near(mine[key], its[key], allowed, size(its[key]), f"{key} of {what}")


def real(dtype: torch.dtype) -> torch.dtype:
    return dtype.to_real()


def size(tensor: Tensor) -> float:
    """The largest number in a tensor, apart from those that are none."""
    finite = tensor.detach().abs().nan_to_num(0, 0, 0)
    return finite.amax().item() if tensor.numel() else 0.0


def near(found: Tensor, expected: Tensor, units: float, largest: float, what: str) -> None:
    """The tensors are alike, and differ by at most so many units in the last place of `largest`."""
    assert found.stride() == expected.stride() and found.dtype == expected.dtype, what
    torch.testing.assert_close(
        found.detach(),
        expected.detach(),
        rtol=0,
        atol=units * torch.finfo(found.dtype).eps * largest,
        equal_nan=True,
        msg=lambda text: f"{what}: {text}",
    )


def fused_rows(optimizer: torch.optim.Optimizer) -> list[bool]:
    """For each parameter, whether a kernel made its last step."""
    plans = [vars(optimizer)["_plans"][id(group["params"])] for group in optimizer.param_groups]
    return [i in plan.latest.rows for plan in plans for i in range(len(plan.params))]
