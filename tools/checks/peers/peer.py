r"""
# Training with what a call makes

A call is a text such as `AdaBelief(params, rectify=False)`. It is evaluated, so what the page shows
is what ran. A peer knows what the names in its calls stand for, and how one trains with the result.
"""

from __future__ import annotations

import inspect
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from typing import Any, NamedTuple

import torch
from torch import Tensor

STEPS = 200
SHAPES = ((3,), (2, 2), ())


class Numbers(NamedTuple):
    """Hyper-parameters that take the place of those that a call names, or leaves to defaults."""

    lr: float
    beta1: float
    beta2: float
    eps: float


# An $\epsilon$ of $10^{-16}$ cannot be seen in the steps: here it can. Keras keeps the other three
# in float32, where these are exact.
VISIBLE = Numbers(2**-7, 1 - 2**-3, 1 - 2**-10, 2**-10)


class Step(NamedTuple):
    """The parameters after a step, and whether the gradients are what they were before it."""

    values: list[Tensor]
    kept: bool


# ## What they are trained with


def initial() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES]


@cache
def drawn_at(t: int) -> tuple[Tensor, ...]:
    """The gradients of a step. As in the tests, large at first, so that AMSGrad shows."""
    generator = torch.Generator().manual_seed(t)
    scale = 5 if t <= 3 else 0.5
    return tuple(
        scale * torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES
    )


# ## A peer


@dataclass(frozen=True)
class Peer(ABC):
    """
    * `name` is what pip calls the package
    * `modules` are imported, and `beside` are packages whose versions matter, too
    * `single` is whether it keeps its hyper-parameters in float32
    """

    name: str
    modules: tuple[str, ...]
    beside: tuple[str, ...] = ()
    single: bool = False

    def missing(self) -> str:
        """Why this cannot be run here, or nothing."""
        tops = [module.partition(".")[0] for module in self.modules]
        gone = [top for top in tops if find_spec(top) is None]
        if gone:
            return f"{', '.join(gone)}: not installed"
        try:
            with quiet():
                self.names()
        except Exception as error:  # whatever its import does
            return f"cannot be imported: {type(error).__name__}: {error}"
        return ""

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in (self.name, *self.beside)}

    def train(self, call: str, numbers: Numbers | None = None) -> list[Step]:
        """`STEPS` steps of what the call makes, with these numbers if any are given."""
        arguments = self.arguments(numbers) if numbers else {}
        names = {name: overridden(what, arguments) for name, what in self.names().items()}
        with quiet():
            return list(self.steps(lambda **more: eval(call, {**names, **more})))

    @abstractmethod
    def names(self) -> Mapping[str, Callable[..., Any]]:
        """What the names in its calls stand for."""

    @abstractmethod
    def arguments(self, numbers: Numbers) -> dict[str, Any]:
        """The numbers under the names that this package has for them."""

    @abstractmethod
    def steps(self, make: Callable[..., Any]) -> Iterator[Step]:
        """Train with what the call makes when it is given `params`."""


def overridden(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Callable[..., Any]:
    """The function with these arguments instead of the caller's, as far as it has them."""
    signature = inspect.signature(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        known = arguments.keys() & signature.parameters.keys()
        bound.arguments.update({name: arguments[name] for name in known})
        return function(*bound.args, **bound.kwargs)

    return call


@contextmanager
def quiet() -> Iterator[None]:
    """One prints how it is set, another calls torch in a way that is deprecated."""
    with redirect_stdout(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
