"""The command draws what has changed, the same in each run, and names what is wrong."""

import pytest
from figuring import ONE, drawn, fill, forget, run
from rendering import Project

from sidenotes.__main__ import main
from sidenotes.figures.inputs import digests


@pytest.fixture
def project(tmp_path, monkeypatch):
    project = Project(tmp_path)
    fill(project)
    monkeypatch.chdir(tmp_path)
    yield project
    forget()


def test_two_runs_write_the_same_bytes(project):
    assert run() == 0
    before = drawn(project)
    assert run("--force") == 0 and drawn(project) == before


def test_what_has_not_changed_is_not_drawn_again(project, capsys):
    run()
    project.write("pkg/numbers.py", '"""A note."""\n\nVALUES = [1.0, 2.0, 4.0, 3.0]  # more\n')
    capsys.readouterr()
    assert run() == 0 and "1 figures, 0 drawn, 0 removed" in capsys.readouterr().out
    project.write("pkg/numbers.py", "VALUES = [1.0, 2.0, 4.0, 5.0]\n")
    before = drawn(project)
    assert run() == 0 and "1 figures, 1 drawn" in capsys.readouterr().out
    assert drawn(project) != before


def test_the_drawing_of_a_figure_that_is_no_more_is_removed(project):
    project.write("pkg/figures/two.py", ONE)
    run()
    (project.root / "pkg/figures/two.py").unlink()
    assert (project.root / ".cache/figures/pkg.figures.two.json").is_file()
    run()
    assert not (project.root / ".cache/figures/pkg.figures.two.json").is_file()


def test_imports_of_imports_count_and_those_in_functions_of_others_do_not(project):
    project.write("pkg/numbers.py", "from .deep import VALUES\n\ndef f():\n    import pkg.lazy\n")
    project.write("pkg/deep.py", "VALUES = []\n")
    project.write("pkg/lazy.py", "")
    found = digests(project.root, "pkg/figures/one.py")
    assert set(found) == {"pkg/figures/one.py", "pkg/numbers.py", "pkg/deep.py"}


def test_data_that_a_file_names_count(project):
    project.write("pkg/numbers.py", 'READS = ["pkg/numbers.json"]\nVALUES = [1.0, 2.0, 4.0, 3.0]\n')
    project.write("pkg/numbers.json", "[1]")
    run()
    before = digests(project.root, "pkg/figures/one.py")
    project.write("pkg/numbers.json", "[2]")
    after = digests(project.root, "pkg/figures/one.py")
    assert {name for name in after if after[name] != before[name]} == {"pkg/numbers.json"}


RETURNS = (
    "from sidenotes.figures.data import *\n\n\ndef figure():\n    t = [1, 2, 3]\n    return {}\n"
)
GOOD = 'Figure("T", Axis("$t$"), Axis("y"), [{}])'
WRONG = {
    "no function": ("x = 1\n", "it has no function figure()"),
    "not a figure": (RETURNS.format("[1, 2]"), "figure() returns list, which is no Figure"),
    "raises": (RETURNS.format("t[7]"), "one.py:6: IndexError: list index out of range"),
    "does not parse": ("def figure(:\n", "one.py:1: SyntaxError"),
    "lengths": (
        RETURNS.format(GOOD.format('Line("a", t, [1, 2])')),
        "the line 'a': y has 2 values, and x has 3",
    ),
    "NaN": (
        RETURNS.format(GOOD.format('Line("a", t, [1, float("nan"), 2])')),
        "the line 'a': y[1] is nan",
    ),
    "infinite": (
        RETURNS.format(GOOD.format('Line("a", t, [1, 2, float("inf")], gaps=True)')),
        "the line 'a': y[2] is inf",
    ),
    "no values": (
        RETURNS.format(GOOD.format('Line("a", [], [])')),
        "the line 'a': it has no values",
    ),
    "nothing but gaps": (
        RETURNS.format(GOOD.format('Line("a", t, 3 * [float("nan")], gaps=True)')),
        "the line 'a': all of y is NaN",
    ),
    "backwards": (
        RETURNS.format(GOOD.format('Line("a", [1, 3, 2], t)')),
        "the line 'a': x does not grow",
    ),
    "words": (
        RETURNS.format(GOOD.format('Line("a", t, ["1", "2", "3"])')),
        "the line 'a': y[0] is '1', which is no int or float",
    ),
    "no lines": (RETURNS.format(GOOD.format("")), "a figure has either lines or panels"),
    "too many": (
        RETURNS.format(GOOD.format('*(Line(str(n), t, t) for n in range(6))')),
        "6 lines: more than 5 look alike",
    ),
    "below zero on a logarithmic axis": (
        RETURNS.format('Figure("T", Axis("$t$"), Axis("y", log=True), [Line("a", t, [1, 0, 1])])'),
        "the line 'a': y[1] is 0, on a logarithmic axis",
    ),
    "marks without a name": (
        RETURNS.format(GOOD.format('Line("a", t, t, marks=[(1, 1)])')),
        "'marks' does not say what they are",
    ),
}  # fmt: skip


@pytest.mark.parametrize("source, message", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_file_and_the_others_are_drawn(
    project, capsys, source, message
):
    project.write("pkg/figures/one.py", source)
    project.write("pkg/figures/two.py", ONE)
    assert run() == 1
    error = capsys.readouterr().err
    assert "sidenotes: pkg/figures/one.py: " in error and message in error
    assert (project.root / ".cache/figures/pkg.figures.two.json").is_file()


def test_a_folder_without_figures_is_named(project, capsys):
    assert main(["figures", "pkg/none", "--output", ".cache"]) == 2
    assert "pkg/none: no folder of the project" in capsys.readouterr().err
