"""The check of the formulas finds slips: in formulas, and in the lines beside them."""

import subprocess
import sys
from pathlib import Path
from random import Random

import formulas
import lines
import pytest
from judge import Verdict, judge
from mutants import PACKAGE, ROOT, SYMBOLS, Mutant, every
from run import report, sample
from survivors import EQUIVALENT, SURVIVORS

from sidenotes.check import run as check
from sidenotes.check import runs

RUN = Path(__file__).with_name("run.py")


def test_there_are_twenty_operators_on_formulas_and_twenty_on_lines():
    found = every(0)
    on_lines = {mutant.operator for mutant in found if mutant.kind == "line"}
    on_formulas = {mutant.operator for mutant in found if mutant.kind != "line"}
    assert len(on_lines) >= 20 and len(on_formulas) >= 20
    # None of them is idle.
    assert len(on_lines) == len(lines.OPERATORS)
    assert len(on_formulas) == len(formulas.OPERATORS) + len(formulas.ROWS)


def test_every_file_with_formulas_is_mutated():
    files = {mutant.file for mutant in every(0)}
    formulas = {path.name for path, text in PACKAGE.items() if r"\leftarrow" in text}
    # `optimizer.py` has no formula, and the loop that makes a step.
    assert files == formulas | {"optimizer.py"}


def test_a_sample_of_all_operators_is_found():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", RUN, "--each", "1", "--seed", "3"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(lines.OPERATORS) + len(formulas.OPERATORS) + len(formulas.ROWS)
    assert f"{count} of {count} found, 100.00 %" in done.stdout


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("line", "= 2 / (1 - beta2) - 1", "= (1 + beta2) / (1 - beta2)"),
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
def test_a_slip_in_a_definition_leaves_it_without_a_test(old, new, some):
    path = ROOT / "labml_optim/weight_decay.py"
    assert PACKAGE[path].count(old) == 1
    for text, untested in ((PACKAGE[path], 0), (PACKAGE[path].replace(old, new), 1)):
        result = check.check({**PACKAGE, path: text}, some, SYMBOLS)
        definitions = [found for module in result.modules for found in module.definitions]
        assert sum(not result.tested(found) for found in definitions) == untested


def test_an_edit_of_a_formula_in_a_comment_keeps_the_comment():
    (mutant,) = [
        mutant
        for mutant in every(0)
        if (mutant.file, mutant.kind, mutant.operator) == ("radam.py", "claim", "root dropped")
    ]
    assert isinstance(mutant, Mutant) and mutant.alters()
    old, new = (text.split("\n") for text in (PACKAGE[mutant.path], mutant.text()))
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(changed) == 1 and changed[0][1].strip().startswith("# {(")
