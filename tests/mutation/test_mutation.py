"""The check of the formulas finds slips: in formulas, and in the lines beside them."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from random import Random

import formulas
import identities
import lines
import pytest
from judge import Verdict, judge, within
from mutants import NOTES, PACKAGE, ROOT, SYMBOLS, Mutant, assigned, differs, every
from run import main, report, sample
from survivors import EQUIVALENT, SURVIVORS

from sidenotes.check import checker, runs
from sidenotes.check.claims.definition import Definition

OF_IDENTITIES = identities.OPERATORS
RUN = Path(__file__).with_name("run.py")


def test_there_are_twenty_operators_on_formulas_and_twenty_on_lines():
    found = every(0)
    on_lines = {mutant.operator for mutant in found if mutant.kind == "line"}
    on_formulas = {mutant.operator for mutant in found if mutant.kind != "line"}
    assert len(on_lines) >= 20 and len(on_formulas) >= 20
    # None of them is idle.
    assert len(on_lines) == len(lines.OPERATORS)
    assert len(on_formulas) == len(formulas.OPERATORS) + len(formulas.ROWS) + len(OF_IDENTITIES)


def test_every_file_with_formulas_is_mutated():
    files = {mutant.file for mutant in every(0)}
    modules = {path: text for path, text in PACKAGE.items() if path.parent != NOTES}
    formulas = {path.name for path, text in modules.items() if r"\leftarrow" in text}
    notes = {p.name for p, text in PACKAGE.items() if p.parent == NOTES and "$$" in text}
    assert len(formulas) > 4 and len(notes) > 4
    # `optimizer.py` has no formula, and the loop that makes a step.
    assert files == formulas | notes | {"optimizer.py"}


def test_operators_make_what_can_be_read():
    # All of them are asked in a run of all mutants, and that takes long.
    assert sum(mutant.alters() for mutant in every(1)[::20]) > 250


def test_what_cannot_be_read_is_an_error(monkeypatch, capsys):
    edit = formulas.Edit(0, 0, "")
    path = next(path for path, text in PACKAGE.items() if r"\leftarrow" in text)
    unmade = Mutant(
        path.name, "claim", "none", edit, partial(differs, assigned, r"x \leftarrow {", 0)
    )
    monkeypatch.setattr("run.every", lambda seed: [unmade])
    monkeypatch.setattr("sys.argv", ["run.py", "--all"])
    assert main() == 1
    assert "CANNOT BE READ: " in capsys.readouterr().out


EPSILON = r"\textcolor{eps}{"


def test_claims_that_end_in_a_colour_are_mutated():
    found = [m for m in every(2) if m.kind == "claim" and EPSILON in m.change()[0]]
    ends = {mutant.line for mutant in found if mutant.change()[0].endswith("}$$")}
    assert len(ends) >= 4 and len(found) > 60
    whole = [mutant.change()[1] for mutant in found if mutant.operator == "negated"]
    assert all(text.count("{") == text.count("}") for text in whole) and len(whole) >= 4


def test_an_epsilon_that_a_run_does_not_give_is_not_taken_from_the_code():
    path = ROOT / "labml_optim/adam.py"
    old = r"\sqrt{v_t} + \textcolor{eps}{\hat\epsilon}$$"
    assert PACKAGE[path].count(old) == 1
    at = PACKAGE[path].index(old)
    edit = formulas.Edit(at, at + len(old), old.replace(r"\hat", ""))
    verdict = judge(Mutant(path.name, "claim", "none", edit, lambda: True))
    assert r"\epsilon has no value in Adam(optimized_update=True" in verdict.found


def test_a_sample_of_all_operators_is_found():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", RUN, "--each", "1", "--seed", "3"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(lines.OPERATORS) + len(formulas.OPERATORS) + len(formulas.ROWS)
    count += len(OF_IDENTITIES)
    assert f"{count} of {count} found, 100.00 %" in done.stdout


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("line", "rho_inf = 2 / (1 - beta2) - 1", "rho_inf = (1 + beta2) / (1 - beta2)"),
        ("claim", r"b_{1,t} \leftarrow 1 - \beta_1^t", r"b_{1,t} \leftarrow -(\beta_1^t - 1)"),
    ],
)
def test_what_is_no_slip_is_not_found(kind, old, new):
    # Else the test above would say nothing: a check that always fails finds all.
    ((path, text),) = [(path, text) for path, text in PACKAGE.items() if old in text]
    edit = formulas.Edit(text.index(old), text.index(old) + len(old), new)
    assert judge(Mutant(path.name, kind, "none", edit, lambda: True), thorough=False).found == ""


def test_a_mutant_that_survives_is_an_error(monkeypatch, capsys):
    mutant = next(m for m in every(0) if any(entry.speaks_of(m) for entry in SURVIVORS))
    survived = [(mutant, Verdict("", 4, 0.0))]
    found = [(mutant, Verdict("something", 1, 0.0))]
    # It is listed, with a reason. That excuses one in a hundred, not one in ten.
    assert report(99 * found + survived, stale=False) == 0
    assert report(9 * found + survived, stale=False) == 1
    assert "no reason is known" not in capsys.readouterr().out
    monkeypatch.setattr("run.SURVIVORS", [])
    assert report(99 * found + survived, stale=False) == 1
    assert f"no reason is known:\n{mutant}" in capsys.readouterr().out


def test_a_sample_leaves_out_what_is_known_to_survive():
    chosen = sample(every(5), 1, Random(5))
    entries = [*EQUIVALENT, *SURVIVORS]
    assert not any(entry.speaks_of(mutant) for entry in entries for mutant in chosen)


@pytest.fixture(scope="module")
def some():
    module = runs.load(ROOT / "tools/checks/optimizers.py")
    return [run for run in module.runs("cpu") if run.subject == "Adam"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            r"(1 - \alpha\lambda)\,\theta_{t-1} && \text{dec",
            r"(1 + \alpha\lambda)\,\theta_{t-1} && \text{dec",
        ),
        (
            r"\leftarrow g_t + \lambda\,\theta_{t-1} && ",
            r"\leftarrow g_t - \lambda\,\theta_{t-1} && ",
        ),
    ],
)
def test_a_slip_in_a_definition_is_a_problem_since_nothing_says_the_same(old, new, some):
    path = ROOT / "labml_optim/weight_decay.py"
    assert PACKAGE[path].count(old) == 1
    for text, untested in ((PACKAGE[path], 0), (PACKAGE[path].replace(old, new), 1)):
        result = checker.check({**PACKAGE, path: text}, some, SYMBOLS)
        assert sum(not found.tested for found in result.of(Definition)) == untested
        problems = [p.text for p in result.problems if p.text.startswith("nothing tests this def")]
        assert len(problems) == untested


def test_an_edit_of_a_formula_in_a_comment_keeps_the_comment():
    (mutant,) = [
        mutant
        for mutant in every(0)
        if (mutant.file, mutant.kind, mutant.operator) == ("radam.py", "claim", "root dropped")
    ]
    assert isinstance(mutant, Mutant) and mutant.alters()
    old, new = (text.split("\n") for text in (PACKAGE[mutant.path], mutant.text()))
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(changed) == 1 and changed[0][1].strip().startswith(r"# {\left((")


def test_a_slip_that_makes_a_loop_without_end_is_stopped():
    with pytest.raises(TimeoutError, match="not done after 1 s of the processor"), within(1):
        while True:
            pass
