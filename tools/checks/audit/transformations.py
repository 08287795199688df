r"""
# Transformations of optax

Those are pure functions of a gradient, a state and a parameter. JAX writes down, as a `jaxpr`,
which operations such a function makes, and here these are made on exact numbers. Each array has two
elements when it is written down, so an operation that mixes elements is another one than those that
are known, and is refused by name. On floats, JAX itself runs the function.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from checks.audit.configurations import Flags, Optimizer, before
from checks.engines.modules import root
from checks.tensors import larger, smaller
from sidenotes.check.proof import guards
from sidenotes.check.proof.arithmetic import sign
from sidenotes.check.proof.ground import Refused
from sidenotes.check.proof.numbers import Exact
from sidenotes.check.runs import Item, Started

guards.CARRIERS.add(__file__)


@dataclass(frozen=True)
class Transformation(Optimizer):
    """`kind` is a function of optax; the state has the names of the fields of its tuples."""

    def start(self, flags: Flags) -> Callable[..., Started]:
        return Updates(self, flags)


@dataclass(frozen=True)
class Updates:
    """Starts a run of one update."""

    optimizer: Transformation
    flags: Flags

    def __call__(self, inputs: Mapping[str, float], fresh: bool) -> Started:
        own = self.optimizer
        traced = trace(own.kind, tuple(own.arguments), frozenset(self.flags.items()))
        hyper = [inputs[symbol] for symbol in own.symbols()]
        symbols = {key: symbol for symbol, key in own.state.items()}
        given = {key: inputs[before(symbol)] for key, symbol in symbols.items()}
        state = dict(traced.first) if fresh else {**given, "count": inputs["t"]}
        now = {r"\theta_t": inputs[r"\theta_{t-1}"]}

        def values() -> dict[str, Any]:
            return {**now, **{symbol: state[key] for key, symbol in symbols.items()}}

        def step(rows: Any) -> None:
            param = now[r"\theta_t"]
            leaves = [state[key] for key in traced.first]
            param, *leaves = traced.run(*hyper, inputs["g_t"], param, *leaves)
            now[r"\theta_t"] = param
            state.update(zip(traced.first, leaves, strict=True))

        constants = {symbol: inputs[symbol] for symbol in own.symbols()}
        already = None if fresh else inputs["t"]
        item = Item(now, constants, values, start=[r"\theta_t"], before=already)
        return Started([item], step)


# ## What JAX writes down


@dataclass(frozen=True)
class Traced:
    jaxpr: Any
    compiled: Callable[..., Any]
    # The state before the first step.
    first: Mapping[str, float]

    def run(self, *given: float) -> list[Any]:
        """The new parameter, and the new state."""
        if any(isinstance(value, Exact) for value in given):
            return evaluate(self.jaxpr.jaxpr, self.jaxpr.consts, given)
        with precisely():
            return [float(value.ravel()[0]) for value in self.compiled(*arrays(given, self.first))]


def precisely() -> Any:
    """While this lasts, JAX computes with 64 bits."""
    jax = import_module("jax")
    # Until version 0.8 it was an experiment.
    where = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
    return where.enable_x64(True)


@cache
def trace(make: Callable[..., Any], names: tuple[str, ...], flags: frozenset[Any]) -> Traced:
    jax, optax = import_module("jax"), import_module("optax")
    ones = jax.numpy.ones
    with precisely():
        hyper = [jax.numpy.float64(0.5)] * len(names)
        example = make(**dict(zip(names, [0.5] * len(names), strict=True)), **dict(flags))
        paths, tree = jax.tree_util.tree_flatten_with_path(example.init(ones(2)))

        def update(*given: Any) -> list[Any]:
            transformation = make(**dict(zip(names, given, strict=False)), **dict(flags))
            grad, param, *leaves = given[len(names) :]
            state = jax.tree_util.tree_unflatten(tree, leaves)
            updates, state = transformation.update(grad, state, param)
            return [optax.apply_updates(param, updates), *jax.tree_util.tree_leaves(state)]

        leaves = [leaf for _, leaf in paths]
        jaxpr = jax.make_jaxpr(update)(*hyper, ones(2), ones(2), *leaves)
    first = {path[-1].name: float(leaf.ravel()[0]) for path, leaf in paths}
    return Traced(jaxpr, jax.jit(update), first)


def arrays(given: tuple[float, ...], first: Mapping[str, float]) -> list[Any]:
    """The arguments of a function that JAX runs: the last of them are the state."""
    jnp = import_module("jax").numpy
    kinds = [*[None] * (len(given) - len(first) - 2), "", "", *first]
    return [
        jnp.float64(value)
        if kind is None
        else jnp.int32(value)
        if kind == "count"
        else jnp.full(2, value)
        for kind, value in zip(kinds, given, strict=True)
    ]


def evaluate(jaxpr: Any, constants: Any, given: Any) -> list[Any]:
    """Make the operations of a `jaxpr`."""
    known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*constants, *given], strict=True))

    def value(of: Any) -> Any:
        return float(of.val) if hasattr(of, "val") else known[of]

    for equation in jaxpr.eqns:
        name, more = equation.primitive.name, equation.params
        arguments = [value(each) for each in equation.invars]
        inner = more.get("jaxpr")
        if inner is not None:
            made = evaluate(inner.jaxpr, inner.consts, arguments)
        elif name == "integer_pow":
            made = [arguments[0] ** more["y"]]
        elif name in OPERATIONS:
            made = [OPERATIONS[name](*arguments)]
        else:
            raise Refused(f"{name} is not done element by element, or not known here")
        known.update(zip(equation.outvars, made, strict=True))
    return [value(each) for each in jaxpr.outvars]


def unchanged(value: Any, *more: Any) -> Any:
    return value


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "neg", "pow", "abs")},
    **{name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")},
    "div": operator.truediv,
    "sqrt": root,
    "square": lambda x: x * x,
    "sign": sign,
    "max": larger,
    "min": smaller,
    "select_n": lambda which, *cases: cases[bool(which)],
    **dict.fromkeys(("broadcast_in_dim", "convert_element_type", "copy"), unchanged),
}
