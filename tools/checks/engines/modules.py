r"""
# The modules, while they run on exact numbers

Names are replaced in the modules of the optimizers while a step is made, and no longer: `math` and
its functions, whatever a module calls them; `float`, which would make a plain float of an exact
number, and which only [the checks of hyper-parameters](../../../labml_optim/_validation.py) call;
and `type` and `isinstance`, for which a number is a float, and the count of steps an integer.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from sidenotes.check.proof import guards
from sidenotes.check.proof.ground import Refused
from sidenotes.check.proof.numbers import Exact

guards.CARRIERS |= {__file__, torch.overrides.__file__}


class _Floats(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, float)


class Keep(metaclass=_Floats):
    """`float`, which leaves an exact number as it is."""

    def __new__(cls, value: Any = 0.0) -> Any:
        return value if isinstance(value, Exact) else float(value)


def stand_in(value: Any) -> Any:
    """What is of the type that an exact number would be of; anything else itself."""
    if not isinstance(value, Exact):
        return value
    ground = value.ground
    return int(value.element in ground.counts | ground.positive) or 0.0


class _Types(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, type)


class Type(metaclass=_Types):
    """`type`, for which an exact number is what it stands for."""

    def __new__(cls, value: Any, *more: Any) -> Any:
        found = type(stand_in(value), *more)
        return Keep if found is float else found


def is_instance(value: Any, kinds: Any) -> bool:
    return isinstance(stand_in(value), kinds)


BUILTINS = {"float": Keep, "type": Type, "isinstance": is_instance}


def root(value: Any) -> Any:
    return value.root() if isinstance(value, Exact) else math.sqrt(value)


def refusing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes with floats: what it decides, nobody would know of."""

    def refused(*given: Any, **more: Any) -> Any:
        if any(isinstance(each, Exact) for each in (*given, *more.values())):
            raise Refused(f"{name} of an exact number has no exact value here")
        return function(*given, **more)

    return refused


def finite(value: Any) -> bool:
    return isinstance(value, Exact) or math.isfinite(value)


FUNCTIONS = {name: each for name, each in vars(math).items() if callable(each)}
EXACT_MATH = SimpleNamespace(
    **{
        **vars(math),
        **{name: refusing(f"math.{name}", each) for name, each in FUNCTIONS.items()},
        "isfinite": finite,
        "sqrt": root,
    }
)


class Refusing(TorchFunctionMode):
    """Refuses what would make a tensor of floats of an exact number, or compute with its float."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if not types and any(isinstance(each, Exact) for each in (*args, *kwargs.values())):
            raise Refused(f"torch.{function.__name__} of a number has no exact value here")
        return function(*args, **kwargs)


@contextmanager
def at_work() -> Iterator[None]:
    """While this lasts, the modules of the optimizers leave exact numbers exact."""
    for names, exact, _ in replaced():
        names |= exact
    try:
        with Refusing():
            yield
    finally:
        for names, _, plain_ones in replaced():
            names |= plain_ones
            for name in BUILTINS:
                del names[name]


Names = dict[str, Any]


@cache
def replaced() -> list[tuple[Names, Names, Names]]:
    """
    The names of the modules; what takes the place of `math` and its functions there, whatever they
    call it, and of what is built in; and what it was.
    """
    known = {id(each): getattr(EXACT_MATH, name) for name, each in FUNCTIONS.items()}
    known[id(math)] = EXACT_MATH
    modules = [vars(each) for name, each in sys.modules.items() if name.startswith("labml_optim.")]
    found = [{name: x for name, x in names.items() if id(x) in known} for names in modules]
    return [
        (names, {**{name: known[id(x)] for name, x in own.items()}, **BUILTINS}, own)
        for names, own in zip(modules, found, strict=True)
    ]
