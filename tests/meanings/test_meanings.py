"""
What the table of symbols says in words is what the symbols are.

Each meaning stands here once more, beside what can be computed from these words, and not as the
optimizers do it. That is compared with what the algorithms of the docstrings make under the symbol,
or what the code has under its name.
"""

from math import isclose

import pytest
from by_code import BY_CODE
from by_notes import BY_NOTES
from by_runs import BY_RUNS, DIFFERENCES, TABLE, runs

from sidenotes.check.formula.symbols import spelled
from sidenotes.math.symbols import load


def test_each_symbol_has_the_meaning_that_is_tested():
    every = BY_RUNS | BY_CODE | BY_NOTES
    assert {spelled(s.tex): s.meaning for s in load(TABLE)} == {s: w for s, (w, _) in every.items()}


@pytest.mark.parametrize("symbol", BY_RUNS)
def test_it_is_what_the_words_say(symbol):
    _, computed = BY_RUNS[symbol]
    tolerance, compared = 1e-5 if symbol in DIFFERENCES else 1e-9, 0
    for run in runs():
        if symbol in run.now and (value := computed(run)) is not None:
            close = isclose(run[symbol], value, rel_tol=tolerance, abs_tol=1e-15)
            assert close, (run.setting, run.t, run[symbol], value)
            compared += 1
    assert compared > 5


@pytest.mark.parametrize("symbol", [*BY_CODE, *BY_NOTES])
def test_it_has_the_value_that_the_words_say(symbol):
    _, pairs = (BY_CODE | BY_NOTES)[symbol]
    for found, value in pairs():
        assert found == pytest.approx(value, rel=1e-6, abs=1e-12)
