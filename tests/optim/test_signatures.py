"""What people type: names, order and defaults of every constructor."""

import inspect

import pytest
import torch
from cases import CATALOG, OPTIMIZERS, parameters

import labml_optim
from labml_optim import AdaBelief, Adam, AMSGrad, GenericAdaptiveOptimizer, RAdam, WeightDecay

EACH = pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
POSITIONAL = ["params", "lr", "betas", "eps", "weight_decay"]


@EACH
def test_constructor_takes_these_arguments_in_this_order(row):
    found = inspect.signature(row.kind).parameters.values()
    positional = [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name: p.default for p in found if p.kind is p.KEYWORD_ONLY}
    assert positional == [*POSITIONAL, *row.numbers.values()]
    assert keywords == {**row.flags, "defaults": None, "fused": None}


@EACH
def test_default_arguments_are_the_papers(row):
    (group,) = row.kind(parameters()).param_groups
    numbers = {"lr": row.lr, "betas": (0.9, 0.999), "eps": row.eps, "weight_decay": 0.0}
    mode = {"weight_decouple": True, "absolute": False}
    expected = {**numbers, **mode, **row.flags}
    assert {key: group[key] for key in expected} == expected


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_flag_by_position_is_an_error(optimizer):
    with pytest.raises(TypeError):
        optimizer(parameters(), 1e-3, (0.9, 0.999), 1e-8, WeightDecay(), True)


def test_each_class_extends_the_one_before():
    chain = [AdaBelief, RAdam, AMSGrad, Adam, GenericAdaptiveOptimizer, torch.optim.Optimizer]
    for child, parent in zip(chain, chain[1:], strict=False):
        assert child.__bases__ == (parent,)


def test_the_package_exports_these_names():
    names = {"WeightDecay", "GenericAdaptiveOptimizer", *(o.__name__ for o in OPTIMIZERS)}
    assert set(labml_optim.__all__) == names


def test_weight_decay_signature():
    found = inspect.signature(WeightDecay).parameters.values()
    expected = [("weight_decay", 0.0), ("weight_decouple", True), ("absolute", False)]
    assert [(p.name, p.default) for p in found] == expected
