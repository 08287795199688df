r"""
# Configurations of an optimizer

Any class with the interface of torch's optimizers makes one step from any state here, on [exact
numbers](../tensors.py) or on floats. The class is not touched: it gets its arguments, its state and
a gradient, and `step()` is called. Only functions of torch that make tensors of plain numbers are
watched, so that what they are given stays exact.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from io import StringIO
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import torch
from torch.overrides import TorchFunctionMode

from checks.engines.modules import Keep, root
from checks.tensors import tensor
from sidenotes.check.formula.symbols import shifted
from sidenotes.check.proof import guards
from sidenotes.check.proof.ground import Ground, plain
from sidenotes.check.proof.numbers import Exact
from sidenotes.check.proof.task import Domain, Proof
from sidenotes.check.runs import Item, Started

guards.CARRIERS |= {__file__, torch.overrides.__file__}

ANY, RATE, EPSILON = Domain(), Domain(0.0, usual=(0.05, 0.4)), Domain(0.0, usual=(0.05, 0.5))
AVERAGE, COUNT = Domain(0.0, usual=(0.1, 2.0)), Domain(0.0, usual=(10, 30), whole=True)
FIRST, SECOND = Domain(0.0, 1.0, usual=(0.7, 0.92)), Domain(0.0, 1.0, usual=(0.93, 0.97))
# The smallest number above zero.
ABOVE = 5e-324
MOMENTUM = Domain(0.0, usual=(0.5, 0.9))
ZERO = Domain(0.0, ABOVE, usual=(0.0, 0.0))

DOMAINS = {
    r"\alpha": RATE,
    r"\beta_1": FIRST,
    r"\beta_2": SECOND,
    r"\epsilon": EPSILON,
    r"\lambda": RATE,
}
FIXED = {"t": COUNT, "g_t": ANY, r"\theta_{t-1}": ANY}
# An argument is a symbol, or several.
Arguments = Mapping[str, str | tuple[str, ...]]
Flags = Mapping[str, bool]
BETAS: Arguments = {"lr": r"\alpha", "betas": (r"\beta_1", r"\beta_2"), "eps": r"\epsilon"}
COMMON: Arguments = {"lr": r"\alpha", "weight_decay": r"\lambda"}
DECAYED: Arguments = {**BETAS, "weight_decay": r"\lambda"}

# A row that a documentation leaves out, below the one that counts.
MAXIMIZE = (
    r"t \leftarrow t + 1 \\",
    r"t \leftarrow t + 1 \\ & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\",
)


def silent(module: str) -> str:
    """What is told of a formula without that row."""
    place = line(module, "if not maximize else -grad")
    return f"The formula says nothing of `maximize`, with which the gradient is turned ({place})."


def line(of: str | type, text: str) -> str:
    """The line of a module, or of that of a class, that has this text first."""
    file = import_module(of).__file__ if isinstance(of, str) else inspect.getsourcefile(own(of))
    assert file
    source = Path(file).read_text("utf-8")
    number = source.count("\n", 0, source.index(text)) + 1
    return f"{Path(file).name}, line {number}"


def own(kind: type) -> Any:
    """The function of a class that makes a step, without what is around it."""
    return inspect.unwrap(kind.step)  # type: ignore[attr-defined]


def before(symbol: str) -> str:
    return shifted(symbol, "t", "t-1")


@dataclass(frozen=True)
class Optimizer:
    """
    A class, the symbols of its arguments, and those of its state with their keys. What the state
    has depends on the flags, and on the number of steps, if it says so.
    """

    kind: Any
    arguments: Arguments = field(default_factory=dict)
    state: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    # Arguments that are the same in all configurations.
    fixed: Mapping[str, Any] = field(default_factory=dict)
    # Of the flags, how they are called in the algorithm, if otherwise.
    names: Mapping[str, str] = field(default_factory=dict)
    # Flags that decide what else is given.
    more: Callable[[Flags], Mapping[str, Any]] = lambda flags: {}
    # Which symbols of the state there are with these flags, and with these numbers.
    kept: Callable[[str, Flags], bool] = lambda symbol, flags: True
    present: Callable[[str, Mapping[str, float]], bool] = lambda symbol, inputs: True
    # The key of the count of steps, and what it is: in the state, or in the group.
    step: str | None = "step"
    count: Literal["tensor", "number", "group"] = "tensor"
    # The package whose modules use `math`.
    package: str = "torch.optim"

    def symbols(self) -> Iterator[str]:
        for given in self.arguments.values():
            yield from (given,) if isinstance(given, str) else given

    def inputs(self, flags: Flags) -> dict[str, Domain]:
        known = {**DOMAINS, **self.domains}
        hyper = {symbol: known[symbol] for symbol in self.symbols()}
        kept = [before(symbol) for symbol in self.state if self.kept(symbol, flags)]
        state = {symbol: known.get(symbol, ANY) for symbol in kept}
        return {**FIXED, "t": known.get("t", COUNT), **state, **hyper}

    def proof(self, name: str, flags: Flags, **more: Any) -> Proof:
        shown = ", ".join(f"{key}={value}" for key, value in flags.items())
        return Proof(
            name=f"{name}({shown})",
            subject=name,
            flags={self.names.get(key, key): value for key, value in flags.items()},
            inputs=self.inputs(flags),
            given="g_t",
            start=self.start(flags),
            **more,
        )

    def start(self, flags: Flags) -> Callable[..., Started]:
        """What makes one step with these flags."""
        return Start(self, flags)

    def proofs(self, name: str, *flags: str, **more: Any) -> list[Proof]:
        """All combinations of these flags."""
        every = product([False, True], repeat=len(flags))
        each = [dict(zip(flags, values, strict=True)) for values in every]
        return [self.proof(name, chosen, **more) for chosen in each]


@dataclass(frozen=True)
class Start:
    """Starts a run of one step."""

    optimizer: Optimizer
    flags: Flags

    def __call__(self, inputs: Mapping[str, float], fresh: bool) -> Started:
        own, flags = self.optimizer, self.flags
        param = number(inputs[r"\theta_{t-1}"])
        at_work = exactly(inputs["t"], self.optimizer)
        given = {key: valued(symbols, inputs) for key, symbols in own.arguments.items()}
        made = {**given, **flags, **own.fixed, **own.more(flags)}
        with at_work():
            optimizer = own.kind([param], **made)
        floats = {symbol: plain(value) for symbol, value in inputs.items()}
        kept = [s for s in own.state if own.kept(s, flags) and own.present(s, floats)]
        if not fresh:
            state: dict[str, Any] = {own.state[s]: number(inputs[before(s)]) for s in kept}
            t = number(inputs["t"]) if own.count == "tensor" else inputs["t"]
            holder = optimizer.param_groups[0] if own.count == "group" else state
            holder |= {own.step: t} if own.step else {}
            optimizer.state[param] = {**optimizer.state.get(param, {}), **state}

        def values() -> dict[str, Any]:
            state = optimizer.state.get(param, {})
            found = {s: state[own.state[s]] for s in kept if own.state[s] in state}
            return {r"\theta_t": param, **{s: x for s, x in found.items() if x is not None}}

        def step(rows: Sequence[Any]) -> None:
            param.grad = number(inputs["g_t"])
            with at_work():
                optimizer.step()

        constants = {symbol: inputs[symbol] for symbol in own.symbols()}
        already = None if fresh else inputs["t"]
        item = Item(param, constants, values, start=[r"\theta_t"], before=already)
        return Started([item], step)


def number(value: float) -> torch.Tensor:
    """A tensor of an exact number, or of a float."""
    if isinstance(value, Exact):
        return tensor(value)
    return torch.tensor(value, dtype=torch.float64)


def valued(symbols: str | tuple[str, ...], inputs: Mapping[str, float]) -> Any:
    if isinstance(symbols, str):
        return inputs[symbols]
    return tuple(inputs[symbol] for symbol in symbols)


# ## While a step is made


def exactly(value: float, optimizer: Optimizer) -> Callable[[], AbstractContextManager[Any]]:
    """While what it returns is entered, what is made of exact numbers is exact, and quiet."""
    if not isinstance(value, Exact):
        return lambda: redirect_stdout(StringIO())
    return partial(_exactly, value.ground, optimizer)


@contextmanager
def _exactly(ground: Ground, optimizer: Optimizer) -> Iterator[None]:
    package = optimizer.package
    used = [vars(module) for name, module in sys.modules.items() if name.startswith(package)]
    mine = own(optimizer.kind).__globals__
    # A module may have been taken from its package, which is not imported.
    called = [each for each in mine.values() if inspect.isfunction(each)]
    used += [mine, *(f.__globals__ for f in called if f.__module__.startswith(package))]
    plain_ones = {"math": (math, EXACT), "float": (None, Keep)}
    changed = [
        (names, name, before, exact)
        for names in used
        for name, (before, exact) in plain_ones.items()
        if names.get(name) is before
    ]
    for names, name, _, exact in changed:
        names[name] = exact
    try:
        with Exactly(ground), redirect_stdout(StringIO()):
            yield
    finally:
        for names, name, before, _ in changed:
            if before is None:
                names.pop(name, None)
            else:
                names[name] = before


def power(base: Any, exponent: Any) -> Any:
    exact = isinstance(base, Exact) or isinstance(exponent, Exact)
    return base**exponent if exact else math.pow(base, exponent)


EXACT = SimpleNamespace(**{**vars(math), "sqrt": root, "pow": power})


class Exactly(TorchFunctionMode):
    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function not in MAKERS:
            return function(*args, **kwargs or {})
        value = MAKERS[function](*args)
        return tensor(value if isinstance(value, Exact) else Exact.constant(self.ground, value))


# Functions that make a tensor of one number, and the number.
MAKERS: dict[Any, Callable[..., float]] = {
    torch.tensor: lambda value: value,
    torch.as_tensor: lambda value: value,
    torch.ones: lambda *size: 1.0,
    torch.zeros: lambda *size: 0.0,
}
