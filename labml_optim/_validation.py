r"""
# What may stand in a parameter group

A wrong hyper-parameter is refused where it is given, by name and value: at construction, in every
later group, and at the step that follows a change. Each function returns the value as plain data
(`float`, `bool`, a tuple of floats), so that a group can be saved, compared and printed. Nothing
here imports an optimizer.

`eps`, `weight_decay` and `betas` may arrive as other kinds of numbers, such as a numpy scalar or a
tensor of one element. They count as their value at that moment, and the group keeps a `float`. A
tensor as `lr` is kept, because schedulers write into it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from inspect import signature
from numbers import Real
from typing import Any

from torch import Tensor


def number(name: str, value: Any) -> float:
    """Return `value` as a float; it must be a finite real number, at least 0."""
    # Asking for the type first is quick, and nearly always enough.
    exact = value if type(value) is float else real(name, value)
    # A scheduler that ends at zero can miss it by a rounding error, on either side.
    if -1e-12 < exact < 0:
        return 0.0
    if not 0 <= exact < math.inf:
        raise ValueError(f"{name} must be finite and not negative, got {value!r}")
    return exact


def real(name: str, value: Any) -> float:
    """Return a real number as a float, also from a tensor or an array of one element."""
    found = value
    if not isinstance(value, Real) and callable(getattr(value, "item", None)):
        try:
            found = value.item()
        # It has several elements or, on `meta`, none that could be read.
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"{name} must be one number, got {value!r}") from error
    # `True` is an `int` to Python, but `lr=True` is a slip.
    if isinstance(found, bool) or not isinstance(found, Real):
        raise TypeError(f"{name} must be a number, not {value!r} of type {type(value).__name__}")
    try:
        return float(found)
    except OverflowError:
        return math.inf


def rate(name: str, value: Any) -> float | Tensor:
    """Return a learning rate: a tensor as it is, if its value will do; a number as a float."""
    exact = number(name, value)
    return value if isinstance(value, Tensor) else exact


def flag(name: str, value: Any) -> bool:
    """Return `value`; it must be `True` or `False`."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return value


def optional_flag(name: str, value: Any) -> bool | None:
    """Return `value`; it must be `True`, `False` or `None`."""
    return None if value is None else flag(name, value)


def flags(**values: bool) -> dict[str, bool]:
    """Return flags under their names; each must be `True` or `False`."""
    return {name: flag(name, value) for name, value in values.items()}


def betas(name: str, value: Any) -> tuple[float, float]:
    r"""
    Return $(\beta_1, \beta_2)$ as two floats; each must lie in $[0, 1)$. Any sequence of two
    numbers is accepted: a tuple, a list, an array, a tensor, a list of a configuration.
    """
    # A string is a sequence to Python. The order of a set or of a dictionary means nothing.
    text = isinstance(value, (str, bytes, bytearray, Mapping))
    if text or not hasattr(value, "__getitem__"):
        raise TypeError(f"{name} must be a pair of numbers, not {value!r}")
    try:
        count = len(value)
    # A tensor of no dimensions, or what has no length.
    except TypeError as error:
        raise TypeError(f"{name} must be a pair of numbers, not {value!r}") from error
    if count != 2:
        raise ValueError(f"{name} must be a pair of numbers, got {value!r}")
    first, second = (number(f"{name}[{i}]", beta) for i, beta in enumerate(value))
    # At $\beta = 1$ a moving average never moves, and its bias correction divides by zero.
    if first >= 1 or second >= 1:
        raise ValueError(f"{name} must both be below 1, got {value!r}")
    return first, second


# ## What an optimizer does not do

# Arguments of `torch.optim`. They are accepted while they ask for nothing.
TORCH_ARGUMENTS = {
    "amsgrad": "AMSGrad is the class that keeps a maximum",
    "foreach": "fused=True makes one call for many tensors",
    "capturable": "a step cannot be captured in a CUDA graph",
    "differentiable": "a step cannot be differentiated",
}
# Flags that some class here has, or that a class of `torch.optim` has, and what to do about them.
FLAGS = {
    **TORCH_ARGUMENTS,
    "fused": "there is no kernel for this class",
    "degenerate_to_sgd": "RAdam is the class that has it",
    "rectify": "AdaBelief is the class that has it; RAdam always rectifies",
    "accumulate_eps": "AdaBelief is the class that has it",
    "decoupled_weight_decay": "weight_decouple is its name here",
}


def torch_arguments(kind: type, given: Mapping[str, Any]) -> None:
    """
    Check the arguments that a constructor of `kind` does not name. Those of `torch.optim` may be
    `False` or `None`: else `ValueError`. Others are the `TypeError` that Python itself raises.
    """
    for name in given:
        if name not in TORCH_ARGUMENTS:
            raise TypeError(
                f"{kind.__name__}.__init__() got an unexpected keyword argument {name!r}"
            )
    refuse_flags(kind, given)


def refuse_flags(kind: type, group: Mapping[str, Any]) -> None:
    """`ValueError` for a flag in a group that asks `kind` for what it does not do."""
    for name, advice in FLAGS.items():
        value = group.get(name)
        if value is None or name in arguments(kind) or value is done(kind, name, group):
            continue
        raise ValueError(f"{kind.__name__} does not take {name}={value!r}: {advice}")


def done(kind: type, name: str, group: Mapping[str, Any]) -> bool:
    """Whether an optimizer that does not have this flag does what it asks for."""
    if name == "decoupled_weight_decay":
        return group.get("weight_decouple", False)
    return name == "rectify" and any(base.__name__ == "RAdam" for base in kind.__mro__)


@cache
def arguments(kind: Any) -> frozenset[str]:
    """The names of the arguments of all constructors of `kind`."""
    constructors = [vars(base)["__init__"] for base in kind.__mro__ if "__init__" in vars(base)]
    return frozenset(name for each in constructors for name in signature(each).parameters)


@contextmanager
def restored(groups: Iterable[Any]) -> Iterator[None]:
    """If the block fails, put dictionaries among `groups` back to what they were."""
    before = [(group, dict(group)) for group in groups if isinstance(group, dict)]
    try:
        yield
    except BaseException:
        for group, values in before:
            group.clear()
            group.update(values)
        raise
