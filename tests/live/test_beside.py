"""Beside an algorithm: the lines that the real class runs, and what it makes there."""

import json
from functools import cache

import pytest
import quickjs
from evaluating import ROOT, SOURCE, Engine, error, file_of, programs, settings

from checks.catalog import CATALOG
from checks.optimizers import first_shown
from sidenotes.check.beside import beside
from sidenotes.check.beside.lines import groups
from sidenotes.check.claims.claim import Claim
from sidenotes.check.claims.registry import stated
from sidenotes.check.symbol_table import SymbolTable
from sidenotes.check.values.arrays import plain
from sidenotes.math.symbols import load

COUNT = 45


@cache
def claims(name):
    path, table = file_of(name), SymbolTable(load(ROOT / "tools/checks/symbols.yml"))
    found = stated(path, path.read_text("utf-8"), table)
    own = [each for each in found if isinstance(each, Claim) and each.formula.display]
    return [(each.formula.place.line, each.watched) for each in own], table


@cache
def code(name):
    """What the page of a class shows beside its algorithm."""
    found, table = claims(name)
    row = next(row for row in CATALOG if row.name == name)
    path = file_of(name)
    run = first_shown(row, "cpu")
    return beside(path, path.read_text("utf-8"), programs()[name], found, run, table)


@cache
def holds():
    code = "function ask(text) { const [c, env] = JSON.parse(text);"
    code += " return c === !!c ? c : sidenotesEvaluator.value(c, new Map(Object.entries(env))); }"
    return quickjs.Function("ask", f"{SOURCE}\n{code}")


def value(node, env):
    return holds()(json.dumps([node, env]), run_gc=False)


@pytest.mark.parametrize("name", [row.name for row in CATALOG])
def test_a_line_is_dimmed_where_the_real_class_does_not_run_it(name):
    shown, text = code(name), file_of(name).read_text("utf-8")
    seen = {line: group.seen for group in groups(text) for line in group.lines}
    always = set(shown["ran"]) - {line for _, lines in shown["lines"] for line in lines}
    engine, dimmed = Engine(), set()
    assert always and shown["lines"]
    for setting in [each for each in settings(COUNT) if each.row.name == name]:
        for answer, lines in zip(engine.answer(setting), setting.lines(), strict=True):
            for condition, numbers in shown["lines"]:
                expected = value(condition, answer["state"])
                assert {not lines.isdisjoint(seen[n]) for n in numbers} == {expected}, condition
                dimmed |= set() if expected else {*numbers}
            assert all(not lines.isdisjoint(seen[n]) for n in always)
    assert dimmed == {line for _, lines in shown["lines"] for line in lines}


@pytest.mark.parametrize("name", [row.name for row in CATALOG])
def test_each_formula_beside_the_code_has_a_value_that_the_code_made(name):
    found, _ = claims(name)
    shown = code(name)["formulas"]
    assert [each["line"] for each in shown] == [line for line, _ in found]
    # In the step that is shown at first, it is what the row of the algorithm made.
    made = {each["target"]: each["made"] for each in shown if each["made"] is not None}
    setting = first_shown(next(row for row in CATALOG if row.name == name), "cpu")
    started = setting.start()
    for gradient in setting.given[: setting.panel.step]:
        started.step(gradient)
    real = started.items[0].values()
    kept = {symbol: plain(real[symbol]) for symbol in made if symbol in real}
    assert all(error(made[symbol], kept[symbol]) < 1e-12 for symbol in kept)
    assert made and (kept or name in ("NAdam", "RAdam"))
