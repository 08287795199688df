"""
# Whether tensors are what they were

A partition is made for tensors of certain types, shapes and strides, and any of these may change
between two steps. Comparing each of them for each tensor takes longer than all else in the step of
a small model.

`torch.compile` has the same question before each call of what it has compiled, and torch a class
that answers it for many tensors in one call. It is not a public part of torch. Where it is missing,
fails or says no, each tensor is compared.
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

PROPERTIES: tuple[Callable[[Tensor], Any], ...] = (
    *(type, attrgetter("shape"), attrgetter("dtype"), attrgetter("device")),
    *(Tensor.stride, Tensor.is_neg, Tensor._is_zerotensor),
)


def unchanged(tensors: Sequence[Tensor]) -> Callable[..., bool]:
    """
    Return a function that is given as many tensors, one by one, and tells whether each has the
    type, shape, strides, numbers, device and sign bit that the one in its place has now, and is in
    memory if that is: torch has zeros that are not.
    """
    guard, compare = by_guard(tensors), by_comparison(tensors)
    if guard is None:
        return compare
    # The guard also looks at what does not matter here: whether a gradient has one itself, whether
    # the step is inside of `autocast`. So where it says no, the tensors are compared.
    return lambda *tensors: guard(*tensors) or compare(*tensors)


def by_guard(tensors: Sequence[Tensor]) -> Callable[..., bool] | None:
    """Check all of them in one call; `None` if that cannot be done."""
    if Guards is None:
        return None
    # The types that torch declares for these are not the ones that it takes.
    sizes: Any = [list(tensor.shape) for tensor in tensors]
    strides: Any = [list(tensor.stride()) for tensor in tensors]
    try:
        check: Callable[..., bool] = Guards(
            *tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides
        ).check
        # It takes no tensor twice, and two parameters may have the same gradient.
        return check if check(*tensors) else None
    # Another version of torch may have other arguments.
    except (TypeError, SystemError, RuntimeError):
        return None


def by_comparison(tensors: Sequence[Tensor]) -> Callable[..., bool]:
    """Compare each property of each tensor."""

    def properties(tensors: Sequence[Tensor]) -> list[list[Any]]:
        return [list(map(get, tensors)) for get in PROPERTIES]

    expected = properties(tensors)

    def check(*tensors: Tensor) -> bool:
        try:
            return properties(tensors) == expected
        # There are tensors that have no strides, and no tensor at all in place of a gradient.
        except (RuntimeError, TypeError, AttributeError):
            return False

    return check
