"""What the table of optimizers says of each is so."""

import inspect
from pathlib import Path

import pytest
import torch
from cases import VISIBLE, parameters, train

import labml_optim
from checks.catalog import CATALOG, entry
from checks.optimizers import pages, runs
from labml_optim import GenericAdaptiveOptimizer, fused

EACH = pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
MODULES = Path(labml_optim.__file__).parent


def test_every_optimizer_that_is_exported_has_one_row():
    public = [getattr(labml_optim, name) for name in labml_optim.__all__]
    kinds = [k for k in public if issubclass(k, GenericAdaptiveOptimizer)]
    kinds.remove(GenericAdaptiveOptimizer)
    assert sorted(row.name for row in CATALOG) == sorted(kind.__name__ for kind in kinds)
    assert all(entry(kind).kind is kind for kind in kinds)


@pytest.mark.parametrize("package", [labml_optim, fused], ids=lambda package: package.__name__)
def test_what_a_package_imports_by_name_is_exported(package):
    names = [name for name, value in vars(package).items() if callable(value)]
    assert sorted(package.__all__) == sorted(names)


@EACH
def test_the_flags_and_their_defaults_are_those_of_the_constructor(row):
    found = inspect.signature(row.kind).parameters
    flags = {name: p.default for name, p in found.items() if isinstance(p.default, bool)}
    assert dict(row.flags) == flags


@EACH
def test_the_state_has_these_keys(row):
    given = {name: True for name in row.flags if name == "amsgrad"}
    optimizer = train(row.kind(parameters((2,)), **given), 1)
    (state,) = optimizer.state.values()
    assert sorted(row.state.values()) == sorted(state.keys() - {"step"})


@EACH
def test_the_sibling_in_torch_makes_the_same_steps(row, double):
    if row.torch is None:
        assert not hasattr(torch.optim, row.name)
        return
    ours = train(row.kind(parameters(), **VISIBLE, **row.torch.ours), 12)
    theirs = train(row.torch.kind(parameters(), **VISIBLE, **row.torch.theirs), 12)
    for mine, other in zip(*(o.param_groups[0]["params"] for o in (ours, theirs)), strict=True):
        # Twelve steps that do the same sums in another order.
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)


@EACH
def test_the_algorithm_at_the_head_of_its_page_has_runs(row):
    assert row.heads
    for page, flags in row.heads:
        assert r"\text{for each" in (MODULES / f"{page}.py").read_text("utf-8")
        found = [run for run in runs("cpu") if run.subject == row.name and page in run.algorithms]
        assert len(found) >= 10 and all(flags.items() <= run.flags.items() for run in found)
        assert page in pages(row, {**dict.fromkeys(row.flags, False), **flags})
