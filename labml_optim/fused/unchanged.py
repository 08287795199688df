"""
# Whether tensors are what they were

A plan is made for tensors of certain types, shapes and strides, and anybody may change these
between two steps. Asking each tensor for each of them takes longer than all else in the step of a
small model.

`torch.compile` has the same question before each call of what it has compiled, and torch a class
that answers it for many tensors in one call. It is no public part of torch. Where it is missing,
cannot do it or says no, each tensor is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from torch import Tensor

try:
    from torch._C._dynamo.guards import TensorGuards as Guards
except ImportError:
    Guards: Any = None  # type: ignore[no-redef]

QUESTIONS: tuple[Callable[[Tensor], Any], ...] = (
    *(type, attrgetter("shape"), attrgetter("dtype"), attrgetter("device")),
    *(Tensor.stride, Tensor.is_neg, Tensor._is_zerotensor),
)


def likeness(tensors: Sequence[Tensor]) -> Callable[..., bool]:
    """
    Return a function that is given as many tensors, one by one, and tells whether each has the
    type, shape, strides, numbers, device and sign bit that the one in its place has now, and is
    as much or as little somewhere in memory: torch has zeros that are not.
    """
    guard, ask = guarded(tensors), asked(tensors)
    if guard is None:
        return ask
    # The guard also looks at what does not matter here: whether a gradient has one itself, whether
    # the step is inside of `autocast`. So a no of it is asked again.
    return lambda *tensors: guard(*tensors) or ask(*tensors)


def guarded(tensors: Sequence[Tensor]) -> Callable[..., bool] | None:
    """Ask them all at once; `None` if that cannot be done."""
    if Guards is None:
        return None
    # What torch says of their types is not what it takes.
    sizes: Any = [list(tensor.shape) for tensor in tensors]
    strides: Any = [list(tensor.stride()) for tensor in tensors]
    try:
        check: Callable[..., bool] = Guards(
            *tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides
        ).check
        # It takes no tensor twice, and two parameters may have the same gradient.
        return check if check(*tensors) else None
    # Another version of torch may want to be called otherwise.
    except (TypeError, SystemError, RuntimeError):
        return None


def asked(tensors: Sequence[Tensor]) -> Callable[..., bool]:
    """Ask each of them."""

    def features(tensors: Sequence[Tensor]) -> list[list[Any]]:
        return [list(map(question, tensors)) for question in QUESTIONS]

    found = features(tensors)

    def check(*tensors: Tensor) -> bool:
        try:
            return features(tensors) == found
        # There are tensors that have no strides.
        except RuntimeError:
            return False

    return check
