r"""
# The packages

Ours, and the seven that are compared with it. Each is imported when it is first needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch

from checks.peers.peer import STEPS, Numbers, Peer, Step, drawn_at, initial

Names = Mapping[str, Callable[..., Any]]

# ## For torch


@dataclass(frozen=True)
class TorchPeer(Peer):
    """The classes that its calls name are found in the first of its modules."""

    beside: tuple[str, ...] = ("torch",)
    classes: tuple[str, ...] = ("AdaBelief",)

    def names(self) -> Names:
        module = import_module(self.modules[0])
        return {name: getattr(module, name) for name in self.classes}

    def arguments(self, numbers: Numbers) -> dict[str, Any]:
        betas = (numbers.beta1, numbers.beta2)
        return {"lr": numbers.lr, "betas": betas, "eps": numbers.eps}

    def steps(self, make: Callable[..., Any]) -> Iterator[Step]:
        params = [torch.nn.Parameter(value) for value in initial()]
        optimizer = make(params=params)
        for t in range(1, STEPS + 1):
            for param, gradient in zip(params, drawn_at(t), strict=True):
                param.grad = gradient.clone()
            optimizer.step()
            kept = all(
                param.grad is not None and torch.equal(param.grad, gradient)
                for param, gradient in zip(params, drawn_at(t), strict=True)
            )
            yield Step([param.detach().clone() for param in params], kept)


class Labml(TorchPeer):
    def names(self) -> Names:
        decay = import_module("labml_nn.optimizers").WeightDecay
        return {**super().names(), "WeightDecay": decay}


class Timm(TorchPeer):
    """Its optimizers need torch alone. The package around them needs torchvision as well."""

    def names(self) -> Names:
        return {"AdaBelief": without_parents("timm.optim.adabelief").AdaBelief}


@cache
def without_parents(name: str) -> ModuleType:
    """The module, without what the packages that it is in import."""
    parents = name.split(".")[:-1]
    top = parents[0]
    if top in sys.modules:
        return import_module(name)
    spec = find_spec(top)
    assert spec and spec.submodule_search_locations
    for depth in range(len(parents)):
        parent = ModuleType(".".join(parents[: depth + 1]))
        parent.__path__ = [
            os.path.join(spec.submodule_search_locations[0], *parents[1 : depth + 1])
        ]
        sys.modules[parent.__name__] = parent
    try:
        return import_module(name)
    finally:
        # An import of the package itself is not to find the empty ones.
        for key in [key for key in sys.modules if key.partition(".")[0] == top]:
            del sys.modules[key]


# ## For JAX


class OptaxPeer(Peer):
    """What stands in a chain, and the numbers, are arguments of functions of `optax`."""

    def names(self) -> Names:
        optax = import_module("optax")
        names = ("chain", "adabelief", "scale_by_belief", "add_decayed_weights")
        return {name: getattr(optax, name) for name in (*names, "scale_by_learning_rate")}

    def arguments(self, numbers: Numbers) -> dict[str, Any]:
        found = {"learning_rate": numbers.lr, "b1": numbers.beta1, "b2": numbers.beta2}
        return {**found, "eps": numbers.eps, "eps_root": numbers.eps}

    def steps(self, make: Callable[..., Any]) -> Iterator[Step]:
        jax, optax = import_module("jax"), import_module("optax")
        # Until version 0.8 it was an experiment.
        where = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
        with where.enable_x64(True):
            params = [jax.numpy.asarray(value.numpy()) for value in initial()]
            transformation = make()
            update, state = jax.jit(transformation.update), transformation.init(params)
            for t in range(1, STEPS + 1):
                given = [jax.numpy.asarray(gradient.numpy()) for gradient in drawn_at(t)]
                updates, state = update(given, state, params)
                params = optax.apply_updates(params, updates)
                # Arrays of JAX cannot be written into.
                yield Step([double(param) for param in params], True)


def double(array: Any) -> torch.Tensor:
    return torch.tensor(array.tolist(), dtype=torch.float64)


# ## For TensorFlow


class KerasPeer(Peer):
    def names(self) -> Names:
        return {"AdaBeliefOptimizer": adabelief_tf().AdaBeliefOptimizer}

    def arguments(self, numbers: Numbers) -> dict[str, Any]:
        found = {"learning_rate": numbers.lr, "epsilon": numbers.eps}
        return {**found, "beta_1": numbers.beta1, "beta_2": numbers.beta2}

    def steps(self, make: Callable[..., Any]) -> Iterator[Step]:
        tf = import_module("tensorflow")
        params = [tf.Variable(value.numpy()) for value in initial()]
        optimizer = make()
        for t in range(1, STEPS + 1):
            given = [tf.constant(gradient.numpy()) for gradient in drawn_at(t)]
            optimizer.apply_gradients(zip(given, params, strict=True))
            # Constants of TensorFlow cannot be written into.
            yield Step([double(param.numpy()) for param in params], True)


@cache
def adabelief_tf() -> ModuleType:
    """It was written for the optimizers of Keras before 2.11, which are now called legacy."""
    with patch.dict(os.environ, {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}):
        optimizers = import_module("tensorflow").keras.optimizers
        with patch.object(optimizers, "Optimizer", optimizers.legacy.Optimizer):
            return import_module("adabelief_tf")


OURS = TorchPeer("labml-optim", ("labml_optim",), classes=("AdaBelief", "WeightDecay"))
PEERS: tuple[Peer, ...] = (
    Labml("labml-nn", ("labml_nn.optimizers.ada_belief",)),
    TorchPeer("adabelief-pytorch", ("adabelief_pytorch",)),
    Timm("timm", ("timm",)),
    TorchPeer("pytorch_optimizer", ("pytorch_optimizer",)),
    TorchPeer("torch_optimizer", ("torch_optimizer",)),
    OptaxPeer("optax", ("optax",), beside=("jax",)),
    KerasPeer(
        "adabelief-tf",
        ("adabelief_tf", "tensorflow", "tf_keras"),
        beside=("tensorflow", "tf-keras"),
        single=True,
    ),
)
