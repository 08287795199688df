"""The formulas of the fused kernels are what the compiled and the interpreted code computes."""

import re
from pathlib import Path

import pytest

from sidenotes.check import checker
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.claim import Claim
from sidenotes.check.report import Report
from sidenotes.check.runs import gather, load
from sidenotes.math.symbols import load as load_symbols

ROOT = Path(__file__).parents[2]
SYMBOLS = load_symbols(ROOT / "tools/checks/symbols.yml")
FOLDER = ROOT / "labml_optim/fused"
IN_C, IN_TRITON = FOLDER / "cpu/kernel.c", FOLDER / "cuda/kernel.py"
SOURCES = checker.sources([ROOT / "labml_optim"])


@pytest.fixture(scope="module")
def module():
    return load(ROOT / "tools/checks/kernels.py")


@pytest.fixture(scope="module")
def complete(module):
    missing = module.absent("cpu")
    if missing:
        pytest.skip("; ".join(missing.values()))


@pytest.fixture(scope="module")
def result(module, complete):
    return checker.check(SOURCES, list(module.runs("cpu")), SYMBOLS)


def of(result, path):
    """The claims of a file, with what became of them."""
    return {c: c.watched for c in result.of(Claim) if c.place.path == path}


@pytest.mark.parametrize("path", [IN_C, IN_TRITON], ids=lambda path: path.name)
def test_every_formula_of_a_kernel_is_compared_and_holds(path, result):
    wrong = [p for p in result.problems if getattr(p.place, "path", "") == path]
    assert [str(problem) for problem in wrong] == []
    found = of(result, path)
    assert len(found) >= 13
    for claim, record in found.items():
        assert len(record.runs) >= 2 and record.checks >= 15, claim.place
        assert record.error < 1e-12, claim.place


def test_every_assignment_of_the_step_has_a_formula(result):
    first = SOURCES[IN_C].split("#pragma omp simd")[1].split("    params[i] = ")[0]
    made = re.findall(r"^ +(?:real )?(\w+) = (?!load)", first, re.M)
    assert len(made) == len(of(result, IN_C))
    last = SOURCES[IN_TRITON].split("!= 0\n", 1)[1].split("    return param, m, v, top")[0]
    assert len(re.findall(r"^ +\w+ = ", last, re.M)) == len(of(result, IN_TRITON))


def test_both_kernels_say_the_same(result):
    # But for the two forms of the first moment, which are two statements in Triton.
    said = [{c.place.tex for c in of(result, path)} for path in (IN_C, IN_TRITON)]
    assert all(tex.startswith(r"m_t \leftarrow") for tex in said[0] ^ said[1])
    assert len(said[0] & said[1]) >= 12


def test_the_algorithm_of_each_class_is_replayed_beside_the_kernels(result):
    replays = {each.called: each.replay for each in result.of(Algorithm)}
    for name in ("adam.Adam", "amsgrad.AMSGrad", "radam.RAdam", "adabelief.AdaBelief"):
        assert replays[name].runs >= 6
        assert [tally.problem for tally in replays[name].symbols.values() if tally.problem] == []


def test_the_runs_go_to_both_sides_of_each_choice(module, complete):
    every = list(module.runs("cpu"))
    assert max(high for _, high in module.FIRSTS) > 0.5 > min(high for _, high in module.FIRSTS)
    for own in ([r for r in every if r.source], [r for r in every if not r.source]):
        for flag in ("centred", "maximum", "CENTRED", "MAXIMUM"):
            assert {run.flags[flag] for run in own} == {True, False}
        assert {run.flags.get("adaptive") for run in own} == {True, None}
        assert {run.name.split("decay=")[1].split(")")[0] for run in own} == {"True", "False"}


def test_what_lies_behind_the_end_of_a_tensor_is_left_out(module, complete):
    import numpy
    from triton.language import block_type, float64, tensor
    from triton.runtime.interpreter import TensorHandle

    block = TensorHandle(numpy.array([1.0, 2.0, 3.0, 4.0]), float64)
    assert module.lanes(tensor(block, block_type(float64, [4])), size=3) == [1.0, 2.0, 3.0]
    number = TensorHandle(numpy.array([5.0]), float64)
    assert module.lanes(tensor(number, float64), size=3) == 5.0
    # What is no tensor of the interpreter's is as it was.
    assert module.lanes("text", size=3) == "text"


# ## Where a kernel cannot run


@pytest.mark.parametrize(
    ("path", "function", "reason"),
    [(IN_C, "no_compiler", "there is no compiler"), (IN_TRITON, "no_triton", "no Triton")],
)
def test_where_a_kernel_cannot_run_its_claims_are_told_apart(path, function, reason, monkeypatch):
    module = load(ROOT / "tools/checks/kernels.py")
    for name in ("no_compiler", "no_triton"):
        monkeypatch.setattr(module, name, lambda name=name: reason if name == function else "")
    # None of its runs is made.
    made = {run.name.split()[0] for run in module.runs("cpu")}
    assert made == {"traced", "compiled" if path == IN_TRITON else "interpreted"}
    absent = module.absent("cpu")
    assert absent == {path: reason}
    result = checker.check({path: SOURCES[path]}, [], SYMBOLS, absent=absent)
    assert result.problems == []
    report = Report(result, {})
    (told,) = report.files.values()
    assert len(told) >= 13
    told = [outcome for outcome in told if outcome.kind == "claim"]
    assert {(outcome.state, outcome.remark) for outcome in told} == {("unchecked", reason)}
    lines = report.table().split("\n")
    first = told[0]
    assert f"unchecked: {path}:{first.line}: {first.tex}" in lines and f"    {reason}" in lines


def test_without_a_reason_it_is_an_error():
    result = checker.check({IN_C: SOURCES[IN_C]}, [], SYMBOLS)
    assert len(result.problems) >= 13
    assert {problem.text for problem in result.problems} == {"never checked: no run calls stretch"}


def test_the_reasons_are_true(monkeypatch):
    module = load(ROOT / "tools/checks/kernels.py")
    monkeypatch.setenv("CC", "no-such-compiler")
    assert "no-such-compiler" in module.no_compiler()
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    assert "triton is not installed" in module.no_triton()


def test_several_files_with_runs_are_taken_together(tmp_path):
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    run = "from sidenotes.check.runs import Run\n"
    run += "def runs(device): yield Run(device, {!r}, {{}}, 0, [])\n"
    first.write_text(run.format("a") + "def about(device): return {'a': '1'}\n")
    second.write_text(run.format("b") + "def absent(device): return {'f': 'why'}\n")
    inputs = gather([first, second], "cpu")
    assert [(each.name, each.subject) for each in inputs.runs] == [("cpu", "a"), ("cpu", "b")]
    assert (inputs.about, inputs.absent) == ({"a": "1"}, {"f": "why"})
