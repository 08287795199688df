"""`python -m labml_optim` finds what is wrong, and says what is not available here.

Each fault is put into a copy of the package, and of the checks only those that are about it are
run: all of them take some twenty seconds. `tests/packaging` runs them all.
"""

import importlib.util
import io
import json
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from cases import CATALOG, COMPUTED, MODES

sys.path.insert(0, str(Path(__file__).parents[1] / "fused"))
from copies import copy, imported

import labml_optim
from labml_optim import __main__ as program
from labml_optim.verify import engines, optimizers, siblings
from labml_optim.verify.check import Check, Failed, Measured

FUSED, TORCH = "fused against annotated", "against torch.optim"


def of(*words):
    """A filter for checks: those that have one of these words in their name."""
    return lambda check: any(word in f"{check.check} {check.subject}" for word in words)


def only(monkeypatch, module, chosen):
    """Let the program run these checks only."""
    everything = module.checks

    def some(devices):
        missing, found = everything(devices)
        return missing, [check for check in found if chosen(check)]

    monkeypatch.setattr(module, "checks", some)


@contextmanager
def edited(folder, edits=(), leave_out=(), name="labml_edited"):
    """The program of a copy of the package with these edits."""
    copy(folder, name, edits, leave_out)
    with imported(folder, name):
        yield importlib.import_module(f"{name}.__main__")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """No kernel was compiled before."""
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", str(tmp_path / "cache"))


def line(printed, check, subject):
    """The line of the table for a check."""
    (found,) = [
        each
        for each in printed.splitlines()
        if each.startswith(check) and f"  {subject}  " in each.replace(check, f"{check} ", 1)
    ]
    return found


# ## What is run


def test_the_optimizers_and_flags_are_those_of_the_table():
    assert {k: optimizers.flags(k) for k in optimizers.optimizers()} == {
        row.kind: dict(row.flags) for row in CATALOG
    }
    assert optimizers.DECAYS == MODES


@pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
def test_the_class_of_torch_is_that_of_the_table(row):
    if row.torch is None:
        assert row.kind.sibling is None
        return
    assert row.torch.kind is row.kind.sibling.kind
    flags = optimizers.flags(row.kind) | row.kind.sibling.flags
    assert {k: v for k, v in row.torch.ours.items() if k in flags}.items() <= flags.items()
    for _, theirs in siblings.pairs(row.kind):
        given = {k: v for k, v in row.torch.theirs.items() if k in flags}
        assert given.items() <= theirs.keywords.items()


def test_every_optimizer_has_its_rows_and_every_module_its_examples():
    _, found = program.checks(["cpu"])
    subjects = {(check.check, check.subject) for check in found}
    for row in CATALOG:
        assert (TORCH, row.name) in subjects
        types = [f", {t}" for t in ("float64", "float32", "bfloat16")]
        for each in types if row.kind in COMPUTED else [""]:
            assert (FUSED, row.name + each) in subjects
    annotated = {"doctests", *(s for c, s in subjects if c == "doctests")}
    assert {f"labml_optim.{row.name.lower()}" for row in CATALOG} <= annotated


def test_an_optimizer_that_is_added_is_checked_without_another_line(monkeypatch):
    class Added(labml_optim.NAdam):
        sibling = None

        def __init__(self, params, *, own=True, **given):
            super().__init__(params, **given)

    monkeypatch.setattr(labml_optim, "Added", Added, raising=False)
    monkeypatch.setattr(labml_optim, "__all__", [*labml_optim.__all__, "Added"])
    _, found = program.checks(["cpu"])
    rows = [check.run() for check in found if check.subject == "Added"]
    assert [row.check for row in rows] == [FUSED, TORCH]
    assert {row.state for row in rows} == {"not available"}
    assert optimizers.flags(Added) == {"own": True}


# ## What is right passes


@pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
def test_the_engines_agree(kind):
    found = engines.measure(kind, torch.float32, "cpu")
    assert 0 < found.error <= found.allowed


def test_the_siblings_agree_and_the_default_type_stays():
    before = torch.get_default_dtype()
    for kind in optimizers.optimizers():
        if kind.sibling:
            found = siblings.measure(kind, "cpu")
            assert found.error <= found.allowed
    assert torch.get_default_dtype() is before


@pytest.mark.gpu
def test_the_checks_pass_on_the_gpu(monkeypatch, capsys):
    # The examples have a test of their own, and all combinations, too.
    only(monkeypatch, program, of("Adam, float32", TORCH))
    status = program.main(["--device", "cuda"])
    assert status == 0, capsys.readouterr().out


# ## What is wrong is found

OFF = ("adam.py", "value=-step_size)", "value=-step_size * (1 + 1e-6))")
FAULTS = {
    "an update, beside torch": (OFF, TORCH, "Adam"),
    "an update, beside the kernel": (OFF, FUSED, "Adam, float64"),
    "an inherited update": (OFF, TORCH, "AMSGrad"),
    "the other form": (("nadam.py", "step_size = lr * root", "step_size = -lr * root"),
                       TORCH, "NAdam"),
    "a moment": (("nadam.py", "add_(grad, alpha=weight)", "add_(grad, alpha=weight * 1.000001)"),
                 TORCH, "NAdam"),
    "the belief": (("adabelief.py", "\n        error = grad - m\n", "\n        error = grad\n"),
                   FUSED, "AdaBelief, float32"),
    "the decay": (("weight_decay.py", "1 - group", "1 - 2 * group"), TORCH, "RAdam"),
    "an example": (("nadam.py", "\n(1.0, 0.78)\n", "\n(1.0, 0.79)\n"),
                   "doctests", "labml_edited.nadam"),
    "a name": (("radam.py", "if rho < 5:", "if rho < five:"), TORCH, "RAdam"),
    "no number": (("nadam.py", "weight = (1 - mu)", "weight = math.nan * (1 - mu)"),
                  TORCH, "NAdam"),
    "an engine's module": (("fused/table.py", "import sys", "import sys\nimport labml_edited.no"),
                           FUSED, "Adam, float64"),
    "an import of the engines": (("fused/table.py", "import sys", "import sys, labml_edited.no"),
                                 "doctests", "labml_edited.fused"),
    "a sign in C": (("fused/cpu/kernel.c", "param - step_size * m / denominator",
                     "param + step_size * m / denominator"), FUSED, "AMSGrad, float32"),
    "a slip in C": (("fused/cpu/kernel.c", "param - step_size * m / denominator",
                     "param - step_size * m / (denominator + 1e-5)"), FUSED, "RAdam, float64"),
    "C that is none": (("fused/cpu/kernel.c", "param - step_size * m / denominator",
                        "param - / denominator"), FUSED, "Adam, bfloat16"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(fault, tmp_path, monkeypatch, capsys, cache):
    edit, check, subject = FAULTS[fault]
    with edited(tmp_path, [edit]) as module:
        only(monkeypatch, module, lambda each: (each.check, each.subject) == (check, subject))
        status = module.main(["--device", "cpu"])
    printed = capsys.readouterr().out
    assert status == 1, printed
    assert "  failed  " in line(printed, check, subject)
    assert f"FAILED: {check} of {subject} on cpu: " in printed and "0 passed, 1 failed" in printed


def test_a_missing_file_of_the_engines_is_no_copy_without_engines(tmp_path, monkeypatch, capsys):
    with edited(tmp_path, leave_out=["partition.py"]) as module:
        only(monkeypatch, module, of("labml_edited.fused"))
        assert module.main(["--device", "cpu"]) == 1
    assert "FAILED: doctests of labml_edited.fused on cpu: it cannot" in capsys.readouterr().out


@pytest.mark.parametrize("right", [True, False])
def test_a_kernel_for_cuda_with_a_wrong_sign_is_found(right, tmp_path, monkeypatch):
    pytest.importorskip("triton", reason="there is no Triton here")
    from labml_optim.fused import cuda as folder
    from labml_optim.fused import partition
    from labml_optim.fused.cuda import launch

    # Triton reads the file of a kernel, so the slip is in a file.
    text = (Path(folder.__file__).parent / "kernel.py").read_text("utf-8")
    old = "param - quotient(step_size * m, denominator)"
    assert text.count(old) == 1
    path = tmp_path / "kernel.py"
    path.write_text(text if right else text.replace(old, old.replace("-", "+")), "utf-8")
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    spec = importlib.util.spec_from_file_location("kernel_for_tests", path)
    kernel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kernel)
    monkeypatch.setattr(folder, "kernel", kernel, raising=False)
    monkeypatch.setattr(launch, "missing", lambda: None)
    monkeypatch.setitem(partition.ENGINES, "cpu", launch)
    # The interpreter takes a thousandth of a second for a tensor.
    monkeypatch.setattr(engines, "STEPS", 6)
    monkeypatch.setattr(engines, "COMPARED", (6,))
    found = engines.measure(labml_optim.Adam, torch.float64, "cpu")
    assert (found.error <= found.allowed) is right


def test_a_method_that_was_replaced_is_found(monkeypatch, capsys):
    before = labml_optim.Adam.update

    def update(self, group, param, m, v, step):
        before(self, group, param, m * (1 + 1e-6), v, step)

    monkeypatch.setattr(labml_optim.Adam, "update", update)
    only(monkeypatch, program, of("Adam, float32", f"{TORCH} AMSGrad"))
    assert program.main(["--device", "cpu"]) == 1
    printed = capsys.readouterr().out
    assert "Adam overrides update" in printed or "is not the function" in printed
    assert f"FAILED: {TORCH} of AMSGrad on cpu" in printed


# ## What is not available is no failure, and says why


def test_without_a_compiler_the_rows_say_so(tmp_path, monkeypatch, capsys, cache):
    monkeypatch.setenv("CC", "no-such-compiler")
    with edited(tmp_path) as module:
        only(monkeypatch, module, of("Adam, float64", "labml_edited.fused", f"{TORCH} Adam"))
        assert module.main(["--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    for check, subject in ((FUSED, "Adam, float64"), ("doctests", "labml_edited.fused")):
        found = line(printed, check, subject)
        assert "not available" in found and "no-such-compiler" in found and "gcc" in found
    assert "C compiler    none" in printed


def test_without_the_engines_the_rows_say_so(tmp_path, monkeypatch, capsys):
    with edited(tmp_path, leave_out=["fused"]) as module:
        only(monkeypatch, module, of("Adam, float64", f"{TORCH} Adam"))
        assert module.main(["--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "no folder `fused`" in line(printed, FUSED, "Adam, float64")
    assert "passed" in line(printed, TORCH, "Adam")


def test_without_triton_the_rows_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "triton", None)
    with edited(tmp_path) as module:
        only(monkeypatch, module, of("cuda.kernel", f"{TORCH} Adam"))
        assert module.main(["--device", "cpu"]) == 0
    assert "not available" in line(
        capsys.readouterr().out, "doctests", "labml_edited.fused.cuda.kernel"
    )


def test_without_a_gpu_a_row_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    only(monkeypatch, program, of(f"{TORCH} Adam"))
    assert program.main([]) == 0
    assert "cuda  not available" in capsys.readouterr().out


def test_nothing_checked_has_not_passed(monkeypatch, capsys):
    only(monkeypatch, program, of(f"{TORCH} AdaBelief"))
    assert program.main(["--device", "cpu"]) == 1


# ## The program


def stub(monkeypatch, *checks):
    monkeypatch.setattr(program, "checks", lambda devices: ([], list(checks)))


def passes():
    return Measured("did it", 0.5, 1.0)


def unlike():
    return Measured("did it", float("nan"), 1.0)


def fails():
    raise Failed("wrong\nfrom end to end")


def test_what_is_written_is_what_was_found(monkeypatch, tmp_path, capsys):
    stub(
        monkeypatch,
        Check("numbers", "A", "cpu", passes),
        Check("numbers", "B", "cpu", unlike),
        Check("words", "C", "cpu", fails),
    )
    path = tmp_path / "results.json"
    assert program.main(["--device", "cpu", "--json", str(path)]) == 1
    printed, written = capsys.readouterr().out, json.loads(path.read_text("utf-8"))
    assert [row["state"] for row in written["rows"]] == ["passed", "failed", "failed"]
    first, second, third = written["rows"]
    assert (first["error"], first["allowed"], second["error"]) == (0.5, 1.0, "nan")
    assert third["detail"] == "wrong\nfrom end to end" and third["detail"] in printed
    assert written["passed"] is False and written["machine"]["torch"] == torch.__version__
    for name in ("labml_optim", "torch", "Triton", "Python", "C compiler", "kernel cache", "GPU"):
        assert f"\n{name} " in f"\n{printed}" and written["machine"][name] in printed
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "given", [["--device", "cuda"], ["--device", "tpu"], ["--json", "no/such/folder/file"],
              ["--json", "."], ["more"]],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_before_anything_is_run(given, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    stub(monkeypatch, Check("numbers", "A", "cpu", lambda: pytest.fail("it was run")))
    with pytest.raises(SystemExit) as ended:
        program.main(given)
    assert ended.value.code == 2
    assert given[-1] in capsys.readouterr().err


def test_results_that_cannot_be_written_are_shown_all_the_same(monkeypatch, tmp_path, capsys):
    from labml_optim.verify import results

    def full(*_, **__):
        raise OSError("no space left")

    stub(monkeypatch, Check("numbers", "A", "cpu", passes))
    path = tmp_path / "results.json"
    path.write_text("before", "utf-8")
    monkeypatch.setattr(results.os, "replace", full)
    assert program.main(["--device", "cpu", "--json", str(path)]) == 2
    told = capsys.readouterr()
    assert "1 passed" in told.out and "no space left" in told.err and str(path) in told.err
    assert path.read_text("utf-8") == "before" and list(tmp_path.iterdir()) == [path]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_on_one_line_how_far_it_is(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    program.run([Check("numbers", name * 200, "cpu", passes) for name in "AB"])
    shown = terminal.getvalue()
    assert "1 of 2  numbers: AAA" in shown and "2 of 2  numbers: BBB" in shown
    assert "\n" not in shown and shown.endswith("\r\033[K")
    assert all(len(part) < 200 for part in shown.split("\r\033[K"))


def test_a_pipe_shows_no_progress(capsys):
    program.run([Check("numbers", "A", "cpu", passes)])
    assert capsys.readouterr() == ("", "")


def test_a_difference_without_end_or_number_is_no_small_one():
    nan, one = torch.tensor([1.0, float("nan")]), torch.ones(2)
    assert engines.units(nan, one, 1e-7) == engines.units(one, nan, 1e-7) == float("inf")
    assert engines.units(one, one + 1, 0.0) == float("inf")
    assert engines.units(one, one, 0.0) == 0.0
    assert Check("numbers", "A", "cpu", unlike).run().state == "failed"
