"""What finds slips around the formulas works: a slip is found, no slip is not, a loop ends."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
import surroundings
from around import Map, passes, sample
from surroundings import PACKAGE, every
from surviving import KNOWN
from trial import Copy

CODE = """
def last(numbers):
    while len(numbers) > 1:
        numbers = numbers[1:]
    return numbers[0]
"""
TEST = """
from labml_optim import last

def test_last():
    assert last([1, 2, 3]) == 3
"""


@pytest.fixture
def copy(tmp_path):
    texts = {"labml_optim/__init__.py": CODE, "tests/test_last.py": TEST}
    for name, text in texts.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(text)
    return Copy(tmp_path / "root", texts, tmp_path / "copy")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("> 1", ">= 2", ""),
        ("> 1", "> 2", "tests/test_last.py::test_last"),
        ("numbers[0]", "[0", "tests/test_last.py cannot be imported"),
        ("numbers[1:]", "numbers[0:]", "not done after 1 s"),
        ("return numbers[0]", "import os; os._exit(1)", "the process has died"),
    ],
)
def test_a_slip_is_found_and_no_slip_is_not(old, new, found, copy):
    tests = ["tests/test_last.py::test_last"]
    with copy.with_files({"__init__.py": CODE.replace(old, new)}):
        assert copy.test(tests, 1 if "after" in found else 30).found == found
    # It is as it was.
    assert copy.test(tests, 30).found == ""


BOTH = """
from labml_optim import last

def test_last():
    assert last([1, 2, 3]) == 3

def test_what_fails_anyway():
    assert last([1]) == 2
"""


def test_what_fails_without_a_slip_has_found_none(copy, monkeypatch, capsys):
    monkeypatch.setattr("around.PASSED", {})
    (copy.folder / "tests/test_last.py").write_text(BOTH)
    both = [f"tests/test_last.py::test_{name}" for name in ("last", "what_fails_anyway")]
    assert [passes(copy, both, each) for each in both] == [True, False]
    # None of them is to blame if the process has died: all of them pass without a slip, or not.
    assert passes(copy, both[:1], "the process has died")
    assert not passes(copy, both, "the process has died")
    assert capsys.readouterr().err.count("fails without a slip") == 2


def test_tests_that_are_not_there_are_an_error(copy):
    assert "none of these tests" in copy.test(["tests/test_last.py::test_first"], 30).found


def test_all_files_but_those_that_are_named_are_mutated():
    found = Counter(mutant.file for mutant in every(0))
    paths = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py")}
    left_out = {path for path in paths if path.startswith(surroundings.LEFT_OUT)}
    # These have nothing in them but a text.
    left_out |= {"fused/cpu/__init__.py", "fused/cuda/__init__.py"}
    assert found.keys() == paths - left_out | {"fused/cpu/kernel.c"}
    assert found.total() > 4000


def test_no_operator_is_idle():
    found = {mutant.operator.replace(" ", "_") for mutant in every(0)}
    assert found - {name.replace(" ", "_") for name in surroundings.IN_C} <= set(
        surroundings.OPERATORS
    )
    assert set(surroundings.OPERATORS) <= found


def test_a_sample_has_some_of_each_file_and_no_text_that_means_the_same():
    mutants = every(0)
    chosen = sample(mutants, 100, Random(1))
    assert len(chosen) == 100 and all(mutant.alters() for mutant in chosen)
    assert {mutant.file for mutant in chosen} == {mutant.file for mutant in mutants}


def test_the_tests_that_run_a_line_come_first():
    lines = {"a": {"plan.py": [3, 4]}, "b": {"plan.py": [4, 5]}, "c": {"plan.py": [9]}}
    seconds = {"a": 2.0, "b": 1.0, "c": 0.5}
    known = Map(
        {name: {"seconds": seconds[name], "lines": lines[name], "failed": False} for name in lines}
    )
    mutant = surroundings.Mutant("plan.py", "none", surroundings.Edit(0, 0, ""), 4, 4, (1, 10))
    assert known.running(mutant) == ["b", "a"]
    # A line that no test runs: those of the function.
    assert known.running(replace(mutant, first=7, last=8)) == ["c", "b", "a"]
    assert known.few(["b", "a"], 1.5) == ["b"]


def test_what_is_said_of_survivors_has_a_reason():
    assert all(entry.reason and (entry.old or entry.new) for entry in KNOWN)
