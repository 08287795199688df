"""The runs in the corners draw what the other runs leave out."""

import importlib.util
from pathlib import Path

import pytest

from checks.catalog import CATALOG
from sidenotes.check.values.arrays import elements, shape
from sidenotes.check.watch.tracer import SymbolTable, Tracer

FILE = Path(__file__).parents[2] / "tools/checks/corners.py"


@pytest.fixture(scope="module")
def runs():
    spec = importlib.util.spec_from_file_location("corners", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.runs("cpu"))


@pytest.fixture(scope="module")
def constants(runs):
    """What the first parameter of each run has."""
    return [run.start().items[0].constants for run in runs]


def test_numbers_are_drawn_on_both_sides_of_what_is_usual(constants):
    for symbol, low, high in (
        (r"\alpha", 0.5, 1.0),
        (r"\lambda", 0.5, 1.0),
        (r"\beta_2", 0.7, 0.9),
    ):
        drawn = [each[symbol] for each in constants]
        assert min(drawn) < low < high < max(drawn), symbol
    betas = [(each[r"\beta_1"], each[r"\beta_2"]) for each in constants]
    assert any(one > two for one, two in betas) and any(two < 2 / 3 for _, two in betas)
    epsilons = {each.get(r"\epsilon", each.get(r"\hat\epsilon")) for each in constants}
    assert min(epsilons) == 1e-16 and max(epsilons) >= 0.1


def test_gradients_are_zero_and_large_and_some_are_missing(runs):
    given = [value for run in runs for step in run.given for value in step]
    numbers = [number for value in given if value is not None for number in elements(value)]
    assert 0.0 in numbers and max(map(abs, numbers)) > 100 and None in given
    assert {len(shape(value)) for value in given if value is not None} >= {0, 1, 2}


@pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
def test_each_optimizer_has_a_long_run_with_a_schedule(row, runs):
    (run,) = [each for each in runs if each.subject == row.name and len(each.given) >= 60]
    items = Tracer(SymbolTable([])).execute(run)
    assert len(items) == 3 and len({id(item.item.thing) for item in items}) == 3
    rates = [given[r"\alpha"] for given in items[0].given]
    assert len(set(rates)) == 60 and items[1].step == 59


def test_parameters_are_in_16_bits_complex_and_under_flags_that_change(runs):
    names = " ".join(run.name for run in runs)
    assert all(
        word in names for word in ("bfloat16", "torch.float16", "complex", "flags that change")
    )
    assert all((run.unit > 1e-8) == ("float16" in run.name) for run in runs)
