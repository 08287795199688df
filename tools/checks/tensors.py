r"""
# Tensors of one exact number

`sidenotes prove` computes with numbers that [stand for all
values](../sidenotes/check/proof/numbers.py). A tensor of such a number has the methods of torch's,
for all that goes element by element. What is not in this table is refused by name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from random import Random
from typing import Any

import torch

from sidenotes.check.proof import guards
from sidenotes.check.proof.arithmetic import larger as largest
from sidenotes.check.proof.arithmetic import sign
from sidenotes.check.proof.ground import Ground, Refused, plain
from sidenotes.check.proof.numbers import Exact

guards.CARRIERS |= {__file__, torch._tensor.__file__, torch.utils._contextlib.__file__}


class ExactTensor(torch.Tensor):
    """A tensor whose operations are those of one exact number, which stands for all elements."""

    number: Any

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function in ABOUT:
            with torch._C.DisableTorchFunctionSubclass():
                return function(*args, **kwargs or {})
        if function == DATA:
            return args[0]
        name, kwargs = function.__name__, dict(kwargs or {})
        # Where and in which precision is no matter of exact numbers.
        for key in ("memory_format", "dtype"):
            if not is_real(kwargs.pop(key, None)):
                raise Refused(f"{name} with another type of numbers has no exact value here")
        in_place = name.endswith("_") and not name.startswith("__") or name.startswith("__i")
        in_place = in_place or name == "__setitem__"
        plain = name.removeprefix("__i" if in_place else "__").strip("_")
        if plain in SHARED:
            if kwargs.keys() - {"device", "non_blocking"} or not all(map(is_real, args[1:])):
                raise Refused(f"{name} with these arguments has no exact value here")
            return args[0]
        if plain not in POINTWISE:
            asked = getattr(function, "__self__", function)
            raise Refused(f"{asked!r} is not done element by element, or not known here")
        target = kwargs.pop("out", args[0] if in_place else None)
        given = {key: number(value) for key, value in kwargs.items()}
        found = POINTWISE[plain](*map(number, args), **given)
        if plain in PLAIN:
            return found
        target = tensor(found) if target is None else target
        if not isinstance(target, ExactTensor):
            raise Refused(f"{name} writes a number to a tensor of torch, which has none")
        target.number = found
        return target


def is_real(asked: Any) -> bool:
    """Whether this argument, if it is a type or has one, leaves numbers what they are."""
    found = getattr(asked, "dtype", asked)
    return (
        found.is_floating_point
        if isinstance(found, torch.dtype)
        else not isinstance(found, bool | type)
    )


def tensor(value: Any) -> ExactTensor:
    made = torch.empty((), dtype=torch.float64).as_subclass(ExactTensor)
    made.number = value
    return made


def number(value: Any) -> Any:
    """What an operation gets: numbers in place of tensors. A tensor of torch is its elements."""
    if isinstance(value, ExactTensor):
        return value.number
    return value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value


def larger(x: Any, y: Any) -> Any:
    return largest(x, y) if isinstance(x, Exact) else largest(y, x)


def smaller(x: Any, y: Any) -> Any:
    return -larger(-x, -y)


def clamped(x: Any, min: Any = None, max: Any = None) -> Any:
    x = x if min is None else larger(x, min)
    return x if max is None else smaller(x, max)


def written(x: Any, mask: bool, value: Any) -> Any:
    """What `x[mask] = value` leaves, of one element."""
    if not isinstance(mask, bool):
        raise Refused(f"an element at {mask!r} is not known here")
    return constant(x, value) if mask else x


def constant(x: Exact, value: Any) -> Exact:
    """The number that takes the place of `x`."""
    return value if isinstance(value, Exact) else Exact.constant(x.ground, value)


# The operations that go element by element, by torch's names.
POINTWISE: dict[str, Callable[..., Any]] = {
    "add": lambda x, y, *, alpha=1: x + alpha * y,
    "sub": lambda x, y, *, alpha=1: x - alpha * y,
    "rsub": lambda x, y, *, alpha=1: y - alpha * x,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "truediv": lambda x, y: x / y,
    "rtruediv": lambda x, y: y / x,
    "rdiv": lambda x, y: y / x,
    "reciprocal": lambda x: 1 / x,
    "neg": lambda x: -x,
    "abs": abs,
    "pow": lambda x, y: x**y,
    "square": lambda x: x * x,
    "sqrt": lambda x: x.root(),
    "lerp": lambda x, end, weight: x + weight * (end - x),
    "addcmul": lambda x, a, b, *, value=1: x + value * a * b,
    "addcdiv": lambda x, a, b, *, value=1: x + value * a / b,
    "maximum": larger,
    "minimum": smaller,
    "max": larger,
    "clamp": clamped,
    "sign": sign,
    "where": lambda condition, x, y: x if condition else y,
    "copy": lambda x, y: y,
    "clone": lambda x: x,
    "zeros_like": lambda x: Exact.constant(x.ground, 0.0),
    "ones_like": lambda x: Exact.constant(x.ground, 1.0),
    "full_like": constant,
    "setitem": written,
    **{name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")},
    "bool": bool,
    "item": lambda x: x,
    "tolist": lambda x: x,
}
# Of one type, and on one device, these give the same memory.
SHARED = {"detach", "to", "float", "type_as", "conj"}
DATA = torch.Tensor.data.__get__  # type: ignore[attr-defined]
# These make no tensor.
PLAIN = {"bool", "item", "tolist"}
# What is asked about a tensor, and not of its elements.
_ASKED = (
    "is_sparse shape dtype device layout grad requires_grad retains_grad is_leaf is_cuda is_cpu"
)
ABOUT = {
    *(getattr(torch.Tensor, name).__get__ for name in _ASKED.split()),
    vars(torch._C.TensorBase)["grad"].__set__,
    *(getattr(torch.Tensor, name) for name in ("is_complex", "is_shared", "numel")),
    torch.is_complex,
}


# ## Is it what torch does?

# What the operations are tried with: two numbers, unless something else is said.
TRIED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("reciprocal", "neg", "abs", "square", "sqrt", "clone"), (1.7,)),
    **dict.fromkeys(("zeros_like", "ones_like"), (1.7,)),
    "sign": (-1.7,),
    "clamp": (3.5, 1.7, 2.9),
    "setitem": (1.7, True, 2.9),
    **dict.fromkeys(("addcmul", "addcdiv", "lerp"), (1.7, 2.9, 0.3)),
    "where": (True, 1.7, 2.9),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "truediv": torch.Tensor.__truediv__,
    "rtruediv": torch.Tensor.__rtruediv__,
    "rdiv": torch.Tensor.__rdiv__,
    "copy": torch.Tensor.copy_,
    "setitem": lambda x, mask, value: x.masked_fill(mask, value),
}


def selftest() -> None:
    """An `AssertionError` if one of the operations is not torch's."""
    ground = Ground(Random(0))
    for name in POINTWISE.keys() - PLAIN:
        given = TRIED.get(name, (1.7, 2.9))
        ours: Any = [x if x is True else Exact.input(ground, x, "x") for x in given]
        theirs = [torch.tensor(x, dtype=None if x is True else torch.float64) for x in given]
        function = FUNCTIONS.get(name) or getattr(torch, name)
        ours, expected = POINTWISE[name](*ours), function(*theirs).item()
        found = plain(ours) if isinstance(ours, Exact) else ours
        assert abs(found - expected) < 1e-12, f"{name} is not what torch computes"
    for name in SHARED:
        for x in (tensor(Exact.constant(ground, 1.5)), torch.tensor(1.5)):
            given = {"to": (x.dtype,), "type_as": (x,)}.get(name, ())
            getattr(x, name)(*given).add_(1)
            assert number(x) - 2.5 == 0, f"what {name} returns has a memory of its own"
