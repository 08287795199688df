"""A formula that was there and is gone is noticed, and so is one that the list does not have."""

import sys

from sidenotes.__main__ import main

FORMULA = "# $$y = 2x$$"
LINES = "def f(x):\n    {}\n    y = 2 * x\n    return y\n"


def check(stranger, *words, formula=FORMULA):
    stranger.module(LINES.format(formula))
    sys.modules.pop("subject", None)
    told = ["--runs", "runs.py", "--symbols", "symbols.yml", "--stated", "stated.txt"]
    status = main(["check", "subject.py", *told, *words])
    return status, stranger.capsys.readouterr().out


def test_what_comes_or_goes_is_a_problem_until_the_list_is_renewed(stranger):
    status, output = check(stranger)
    assert status == 1 and "subject.py: claim: y = 2x\n    this formula is new" in output, output
    assert check(stranger, "--renew")[0] == 0
    assert (stranger.folder / "stated.txt").read_text("utf-8") == "subject.py: claim: y = 2x\n"
    assert check(stranger)[0] == 0
    status, output = check(stranger, formula="# It is doubled.")
    assert status == 1, output
    assert "subject.py: claim: y = 2x\n    this formula was there, and is gone" in output
    status, output = check(stranger, formula="# $$y = x + x$$")
    assert "y = 2x\n    this formula was there" in output and "y = x + x\n    this" in output


def test_a_formula_that_stands_twice_is_missed_when_one_of_the_two_goes(stranger):
    twice = f"{FORMULA}\n    y = 2 * x\n    {FORMULA}"
    check(stranger, "--renew", formula=twice)
    status, output = check(stranger)
    assert status == 1 and output.count("and is gone") == 1, output
