"""The formulas of labml_optim are what its code does, and a slip in one of them is found."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
import torch

from checks.catalog import CATALOG
from sidenotes.__main__ import main
from sidenotes.check import checker
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.claim import Claim
from sidenotes.check.claims.derivation import Derivation
from sidenotes.check.report import Report
from sidenotes.check.values.arrays import plain
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]
SYMBOLS = load(ROOT / "tools/checks/symbols.yml")
# The kernels have runs of their own: see `test_kernels.py`.
FOLDERS = ("labml_optim", "docs/notes")
PACKAGE = checker.sources(path for name in FOLDERS for path in sorted((ROOT / name).glob("*.py")))


@pytest.fixture(scope="module")
def module():
    spec = importlib.util.spec_from_file_location("equations", ROOT / "tools/checks/optimizers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def runs(module):
    return list(module.runs("cpu"))


@pytest.fixture(scope="module")
def draws(module):
    return list(module.draws())


@pytest.fixture(scope="module")
def result(runs, draws):
    return checker.check(PACKAGE, runs, SYMBOLS, draws=draws)


def test_all_formulas_of_the_package_hold(result):
    # Identities are proved, and nothing is here: the build of the site does that.
    found = [str(problem) for problem in result.problems]
    assert [text for text in found if "\n    never proved: no file with runs" not in text] == []
    assert len(found) == 5


def test_every_claim_is_compared_in_many_runs(result, runs):
    # Those that a page begins with have one item, and the others two.
    alone = {run.name for run in runs if run.panel}
    for claim in result.of(Claim):
        record = claim.watched
        items = sum(1 if name in alone else 2 for name in record.runs)
        assert len(record.runs) >= 8 and record.checks >= items, claim.place
        assert record.error < 1e-10, claim.place


def test_every_derivation_is_evaluated(result):
    found = result.of(Derivation)
    checks = {str(d.place): d.tally.checks for d in found}
    assert len(checks) >= 12 and min(checks.values()) >= 20, checks
    # Some along with the algorithm, some against a function.
    assert 0 < sum(d.function is None for d in found) < len(found)


def test_all_algorithms_are_replayed_and_their_states_compared(result):
    replays = {each.called: each.replay for each in result.of(Algorithm)}
    # That of a note has one flag, which no class has.
    expected = {"m_hat": {r"\theta_t", "m_t", "s_t"}}
    for row in CATALOG:
        expected[f"{row.name.lower()}.{row.name}"] = {r"\theta_t", *row.state}
        for page, flags in row.heads:
            maximum = flags.get("amsgrad")
            kept = {s for s, key in row.state.items() if maximum or not key.startswith("max")}
            expected[page] = {r"\theta_t", *kept}
    assert {name: set(replay.symbols) for name, replay in replays.items()} == expected
    assert len(expected) >= 10
    for replay in replays.values():
        assert replay.runs >= 10 and replay.steps >= 200


def test_the_runs_are_what_makes_a_slip_visible(runs):
    # A page begins with the defaults, in which not every slip shows.
    for run in (run for run in runs if not run.panel):
        first, second = (item.constants for item in run.start().items)
        assert len(run.given) >= 8
        for constants in (first, second):
            beta1, beta2 = constants[r"\beta_1"], constants[r"\beta_2"]
            assert 0.85 <= beta1 < beta2 <= 0.99 and constants[r"\alpha"] < 0.5
            # Each form of the update has its own, and AdaBelief one of them in either.
            either = {constants[e] for e in (r"\epsilon", r"\hat\epsilon") if e in constants}
            assert len(either) == 1 and 0.05 <= either.pop() <= 0.5
            # Step 5 has 4 <= rho < 5, and the last step is rectified.
            rho = [length(beta2, t) for t in range(1, len(run.given))]
            assert 4 < rho[4] < 5 < rho[-1]
        assert first[r"\alpha"] != second[r"\alpha"]


def length(beta2, t):
    return 2 / (1 - beta2) - 1 - 2 * t * beta2**t / (1 - beta2**t)


def test_all_flags_and_all_modes_of_decay_are_run(runs):
    own = [run for run in runs if run.algorithms != ["m_hat"]]
    kinds = {(run.subject, *sorted(run.flags.items())) for run in own}
    count = {subject: sum(kind[0] == subject for kind in kinds) for subject, *_ in kinds}
    # Two to the power of the number of flags, and three modes.
    assert count == {row.name: 2 ** len(row.flags) * 3 for row in CATALOG}


def test_two_lists_of_runs_are_the_same(module, runs):
    again = list(islice(module.runs("cpu"), 20))
    assert [(run.name, run.given) for run in again] == [(r.name, r.given) for r in runs[:20]]
    assert list(module.draws()) == list(module.draws())


# ## Slips
#
# Each is one that a well-known annotated page has, or had: what it is, the file, the formula as it
# stands, the slip, the class to run, and what the message says. Slips of theirs that are no formula
# here are tested elsewhere: how long typical steps are, in a doctest of `step_bound.py`; arguments
# handed on by position, below. Our pages have no bound on the regret, and so none that could start
# at 0.
BOUND = r"""\frac{1-\beta_1}{1-\beta_1^t}
\sqrt{\frac{1-\beta_2^t}{1-\beta_2}\sum_{k=0}^{t-1}\left(\frac{\beta_1^2}{\beta_2}\right)^k}
\;\alpha"""
SLIPS = [
    (
        "Adam: the step without the root",
        "adam",
        r"\frac{\hat m_t}{\sqrt{\hat v_t} + \textcolor{eps}{\epsilon}}",
        r"\frac{\hat m_t}{\hat v_t + \textcolor{eps}{\epsilon}}",
        "Adam",
        r"\theta_t is",
    ),
    (
        "Adam: the denominator without the root",
        "adam",
        r"# $$d_t \leftarrow \sqrt{v_t} + ",
        r"# $$d_t \leftarrow v_t + ",
        "Adam",
        "denominator is",
    ),
    (
        "Adam: a constant epsilon in the textbook form",
        "adam",
        r"\frac{\sqrt{v_t}}{c_t} + \textcolor{eps}{\epsilon}",
        r"\frac{\sqrt{v_t} + \textcolor{eps}{\epsilon}}{c_t}",
        "Adam",
        "denominator is",
    ),
    (
        "Adam: the folded epsilon without the root",
        "two_forms",
        r"\sqrt{1-\beta_2^t}\;\epsilon}",
        r"(1-\beta_2^t)\;\epsilon}",
        "Adam",
        "textbook() is",
    ),
    (
        "Adam: the folded epsilon without the root, by itself",
        "two_forms",
        r"$$\hat\epsilon = \sqrt{1-\beta_2^t}\,\epsilon$$",
        r"$$\hat\epsilon = (1-\beta_2^t)\,\epsilon$$",
        "Adam",
        "folded() is",
    ),
    (
        "Adam: the largest step is that of one gradient after a silence",
        "step_bound",
        BOUND,
        r"\frac{1-\beta_1}{\sqrt{1-\beta_2}}\;\alpha",
        "Adam",
        "bound() is",
    ),
    (
        "Adam: the largest step is the learning rate",
        "step_bound",
        BOUND,
        r"\alpha",
        "Adam",
        "bound() is",
    ),
    (
        "Adam: the weights of the mean",
        "adam",
        r"\sum_{i=1}^{t} \beta_1^{t-i} g_i$$",
        r"\sum_{i=1}^{t} \beta_1^{i} g_i$$",
        "Adam",
        "one side is",
    ),
    (
        "Adam: the step from the parameter before its decay",
        "adam",
        r"# $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t",
        r"# $$\theta_t \leftarrow \theta_{t-1} - \alpha_t",
        "Adam",
        "param is",
    ),
    (
        "Adam: the algorithm forgets its decay",
        "adam",
        "\\theta_t \\leftarrow \\tilde\\theta_{t-1}\n",
        "\\theta_t \\leftarrow \\theta_{t-1}\n",
        "Adam",
        r"\theta_t is",
    ),
    (
        "AMSGrad: the maximum of the corrected average, in the algorithm",
        "amsgrad",
        r"\textcolor{new}{\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)}",
        r"\textcolor{new}{\bar v_t \leftarrow \max(\bar v_{t-1}, v_t / (1 - \beta_2^t))}",
        "AMSGrad",
        r"\bar v_t is",
    ),
    (
        "AMSGrad: the maximum of the corrected average, beside the line",
        "amsgrad",
        r"# $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$",
        r"# $$\bar v_t \leftarrow \max(\bar v_{t-1}, \hat v_t)$$",
        "AMSGrad",
        r"\hat v_t has no value",
    ),
    (
        "RAdam: the root of the rectification, in the algorithm",
        "radam",
        r"\textcolor{new}{r_t}\,\alpha",
        r"\sqrt{r_t}\,\alpha",
        "RAdam",
        r"\theta_t is",
    ),
    (
        "RAdam: the root of the rectification, beside the line",
        "radam",
        r"# $$\alpha_t \leftarrow r_t\,\alpha_t",
        r"# $$\alpha_t \leftarrow \sqrt{r_t}\,\alpha_t",
        "RAdam",
        "step_size is",
    ),
    (
        "RAdam: tractable from 4 on",
        "radam",
        r"\textcolor{new}{\text{if } \rho_t \ge 5",
        r"\textcolor{new}{\text{if } \rho_t \ge 4",
        "RAdam",
        r"\theta_t is",
    ),
    (
        "RAdam: the variance of the reciprocal",
        "rectification",
        r"= \frac{2\rho^2}{(\rho-2)^2(\rho-4)\,\sigma^4}",
        r"= \frac{2\rho/\sigma^4}{(\rho-2)^2(\rho-2)}",
        "RAdam",
        "variance() is",
    ),
    (
        "RAdam: the distribution of the mean, not of its reciprocal",
        "rectification",
        r"\psi^2 &= \frac{1}{\hat v}",
        r"\psi^2 &= \hat v",
        "RAdam",
        "psi_squared() is",
    ),
    (
        "RAdam: v for psi, not for the reciprocal of its square",
        "rectification",
        r"\psi^2 &= \frac{1}{\hat v}",
        r"\psi^2 &= \frac{1}{\hat v^2}",
        "RAdam",
        "psi_squared() is",
    ),
    (
        "RAdam: the variance with a 2 in the place of a 4",
        "radam",
        r"# \sqrt{\frac{(\rho_t-4)(\rho_t-2)",
        r"# \sqrt{\frac{(\rho_t-2)(\rho_t-2)",
        "RAdam",
        "the value returned is",
    ),
    (
        "RAdam: the length of the average, in its derivation",
        "rectification",
        r"\rho_t = \frac{2}{1-\beta_2} - 1 - \frac{2t\beta_2^t}",
        r"\rho_t = \frac{2}{1-\beta_2} - 1 - \frac{t\beta_2^t}",
        "RAdam",
        "length() is",
    ),
    (
        "RAdam: the fallback from the parameter before its decay",
        "radam",
        r"# $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t",
        r"# $$\theta_t \leftarrow \theta_{t-1} - \alpha_t\,m_t",
        "RAdam",
        "param is",
    ),
    (
        "AdaBelief: divided by the variance, not by its root",
        "adabelief",
        r"\sqrt{\textcolor{new}{\hat s_t}}",
        r"\textcolor{new}{\hat s_t}",
        "AdaBelief",
        r"\theta_t is",
    ),
    (
        "AdaBelief: the error of the expectation before the gradient was seen",
        "adabelief",
        r"e_t \leftarrow g_t - m_t",
        r"e_t \leftarrow g_t - m_{t-1}",
        "AdaBelief",
        "error is",
    ),
    (
        "AdaBelief: the error around the corrected mean",
        "adabelief",
        r"(1 - \beta_2)\,(g_t - m_t)^2}",
        r"(1 - \beta_2)\,(g_t - \frac{m_t}{1 - \beta_1^t})^2}",
        "AdaBelief",
        "s_t is",
    ),
    (
        "AdaBelief: what it divides by, in the end, is the variance",
        "belief",
        "= \\frac{2\\beta_1^2}{1+\\beta_1}\\,\\sigma^2\n",
        "= \\sigma^2\n",
        "AdaBelief",
        "expected() is",
    ),
    (
        "AdaBelief: the error is that of the expectation one step before",
        "belief",
        r"= \beta_1\,(g_t - m_{t-1})$$",
        r"= g_t - m_{t-1}$$",
        "AdaBelief",
        "error() is",
    ),
    (
        "AdaBelief with amsgrad: epsilon on the average, not on its maximum",
        "adabelief",
        r"# $$u_t \leftarrow \bar s_t + ",
        r"# $$u_t \leftarrow s_t + ",
        "AdaBelief",
        "under_root is",
    ),
    (
        "AdaBelief: the constant epsilon of the folded form in the textbook's",
        "adabelief",
        r"d_t \leftarrow \sqrt{u_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\",
        r"d_t \leftarrow (\sqrt{u_t} + \textcolor{eps}{\epsilon}) / \sqrt{1 - \beta_2^t} \\",
        "AdaBelief",
        r"\theta_t is",
    ),
    (
        "decoupled decay that forgets the learning rate",
        "weight_decay",
        r"# $$\tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1}",
        r"# $$\tilde\theta_{t-1} \leftarrow (1 - \lambda)\,\theta_{t-1}",
        "Adam",
        "param is",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "subject", "message"),
    [row[1:] for row in SLIPS],
    ids=[row[0] for row in SLIPS],
)
def test_a_slip_is_found(name, old, new, subject, message, runs, draws):
    (path,) = [path for path in PACKAGE if path.stem == name]
    text = PACKAGE[path]
    assert text.count(old) == 1, "the slip has to be made in a formula that stands once on the page"
    line = text.count("\n", 0, text.index(old)) + 1
    chosen = [run for run in runs if run.subject == subject]
    if subject == "AdaBelief":
        # There are many. The algorithm at the head of the page speaks of ten.
        head = [run for run in chosen if len(run.algorithms) > 1]
        chosen = head + [run for run in chosen if run.flags["amsgrad"]][::5]
    sources = {**PACKAGE, path: text.replace(old, new)}
    found = checker.check(sources, chosen, SYMBOLS, draws=draws).problems
    near = [p for p in found if p.place.path == path and abs(p.place.line - line) < 6]
    assert any(message in problem.text for problem in near), "\n".join(map(str, found))


# ## The command


def command(folder, *more):
    """`sidenotes check` on the copy of the package in a folder."""
    words = ["check", "labml_optim", "--runs", "tools/checks/optimizers.py", "--symbols"]
    return subprocess.run(
        [sys.executable, "-m", "sidenotes", *words, "tools/checks/symbols.yml", *more],
        cwd=folder,
        # The checks of the copy, and the tool that is tested here.
        env={**os.environ, "PYTHONPATH": f"{folder}:{folder}/tools:{ROOT}/tools"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "labml_optim", tmp_path / "labml_optim")
    (tmp_path / "tools").mkdir()
    shutil.copytree(ROOT / "tools/checks", tmp_path / "tools/checks")
    return tmp_path


def only(folder, condition):
    """Leave out all other runs."""
    with (folder / "tools/checks/optimizers.py").open("a") as file:
        file.write("\n\nevery = runs\n\n\ndef runs(device):\n")
        file.write(f"    return [run for run in every(device) if {condition}]\n")


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_command_prints_a_table_and_the_failure_and_its_status_is_1(copy):
    slip = r"\frac{\sqrt{v_t}}{c_t^2} + \textcolor{eps}{\epsilon}"
    old = r"\frac{\sqrt{v_t}}{c_t} + \textcolor{eps}{\epsilon}"
    change(copy / "labml_optim/adam.py", old, slip)
    only(copy, "run.subject == 'Adam'")
    done = command(copy, "--json", "found.json")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    lines = done.stdout.split("\n")
    columns = (
        "file opinions identities claims rows definitions derivations remarks passed proved said"
        " unchecked failed"
    )
    assert lines[0].split() == columns.split()
    failed = next(i for i, line in enumerate(lines) if line.startswith("labml_optim/adam.py:"))
    line = PACKAGE[ROOT / "labml_optim/adam.py"].split(old)[0].count("\n") + 1
    assert lines[failed] == rf"labml_optim/adam.py:{line}: d_t \leftarrow {slip}"
    assert lines[failed + 1].startswith("    denominator is ") and ", not " in lines[failed + 1]
    assert lines[failed + 2].startswith("    in Adam(optimized_update=False, maximize=True, ")
    assert lines[failed + 2].endswith(", step 1, item 1")
    assert lines[failed + 3].startswith("    where \\epsilon = 0.")
    found = json.loads((copy / "found.json").read_text("utf-8"))
    (outcome,) = [
        formula
        for formula in found["files"]["labml_optim/adam.py"]["formulas"]
        if formula["state"] == "failed"
    ]
    assert (outcome["line"], outcome["kind"], outcome["remark"]) == (line, "claim", "denominator")


def test_arguments_handed_to_the_parent_by_position_are_found(copy):
    # The parent has one parameter less: the maximum is switched on, and the fallback off.
    old = """            optimized_update=optimized_update,
            amsgrad=amsgrad,
            degenerate_to_sgd=degenerate_to_sgd,
"""
    new = """            optimized_update=optimized_update,
            amsgrad=degenerate_to_sgd,
            degenerate_to_sgd=amsgrad,
"""
    change(copy / "labml_optim/adabelief.py", old, new)
    fallback = (
        "run.flags['rectify'] and run.flags['degenerate_to_sgd'] and not run.flags['amsgrad']"
    )
    only(copy, f"run.subject == 'AdaBelief' and {fallback}")
    done = command(copy)
    assert done.returncode == 1
    assert r"\theta_t is" in done.stdout and "step 1, item 1" in done.stdout


@pytest.mark.parametrize(
    ("paths", "runs", "message"),
    [
        ("nowhere.py", "tools/checks/optimizers.py", "nowhere.py"),
        ("labml_optim", "tools/checks/symbols.yml", "tools/checks/symbols.yml: not a Python file"),
        ("labml_optim", "empty.py", "empty.py: has no function runs(device)"),
        ("empty", "tools/checks/optimizers.py", "empty: no Python files here, nor C"),
    ],
)
def test_a_wrong_argument_is_one_line(paths, runs, message, copy, monkeypatch, capsys):
    monkeypatch.chdir(copy)
    Path("empty.py").touch()
    Path("empty").mkdir()
    assert main(["check", paths, "--runs", runs, "--symbols", "tools/checks/symbols.yml"]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_the_table_adds_up(result):
    lines = Report(result, {}).table().split("\n")
    body = [line for line in lines if ".py  " in line]
    rows = [list(map(int, line.split()[1:])) for line in body]
    (total,) = [list(map(int, line.split()[1:])) for line in lines if line.startswith("total")]
    assert [sum(column) for column in zip(*rows, strict=True)] == total
    _, identities, claims, algorithm, definitions, derivations, remarks, *states = total
    passed, proved, said, *others = states
    assert passed + said == claims + algorithm + definitions + derivations + remarks
    assert said < remarks and proved == 0 and others == [0, identities]
    assert claims > 30 and algorithm > 40


def test_an_algorithm_that_cannot_be_read_or_that_nothing_replays_has_not_passed():
    path = ROOT / "labml_optim/adam.py"
    text = PACKAGE[path].replace(r"\hat v_t \leftarrow \frac", r"\hat v_t \leftarrow \fraction", 1)
    result = checker.check({path: text}, [], SYMBOLS)
    messages = [str(problem) for problem in result.problems]
    line = text.count("\n", 0, text.index(r"\fraction")) + 1
    (unread,) = [message for message in messages if "cannot be read" in message]
    assert unread.startswith(f"{path}:{line}: ") and r"\fraction{v_t}" in unread
    assert any("no run names the algorithm adam.Adam" in message for message in messages)
    report = Report(result, {})
    passed = [one for one in report.every if one.state == "passed" and one.kind == "row"]
    assert passed == [] and any(one.kind == "row" for one in report.every)


# ## The device


def test_the_device_is_that_of_the_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("runs.py").write_text(
        "def about(device): return {'counted on': device}\n"
        "def runs(device): raise ValueError(f'nobody runs on {device}')\n"
    )
    Path("symbols.yml").write_text("- {symbol: x, meaning: nothing}\n")
    Path("empty.py").touch()
    words = ["check", "empty.py", "--runs", "runs.py", "--symbols", "symbols.yml"]
    assert main([*words, "--device", "abacus:1"]) == 2
    where = "runs.py:2: runs() raises: ValueError"
    assert capsys.readouterr().err == f"sidenotes: {where}: nobody runs on abacus:1\n"
    nothing = "return [Run('none', 'nothing', {}, lambda: Started([], print), [])] #"
    text = Path("runs.py").read_text().replace("raise", nothing)
    Path("runs.py").write_text(f"from sidenotes.check.runs import Run, Started\n{text}")
    assert main([*words, "--device", "abacus:1"]) == 0
    assert "counted on abacus:1" in capsys.readouterr().out


def test_a_device_that_is_not_there_is_one_line_and_status_2(copy):
    missing = "nonsense" if torch.cuda.is_available() else "cuda"
    done = command(copy, "--device", missing)
    assert done.returncode == 2 and done.stdout == "", done.stdout
    where, _, text = done.stderr.removeprefix("sidenotes: ").partition(": about() raises: ")
    assert where.startswith("tools/checks/optimizers.py:")
    assert text.startswith(f"ValueError: device '{missing}': ")
    assert done.stderr.count("\n") == 1


def test_all_numbers_of_a_run_are_on_its_device(module, monkeypatch):
    make, seen = torch.tensor, []

    def tensor(values, device, **options):
        # There is no such device here. The numbers stay, and where they were to go is noted.
        seen.append(device)
        return make(values, **options)

    monkeypatch.setattr(torch, "tensor", tensor)
    for run in islice(module.runs("abacus:1"), 0, None, 40):
        started = run.start()
        started.step(run.given[0])
        params = [param for item in started.items for param in item.thing["params"]]
        assert len(params) == 2 and all(param.dtype == torch.float64 for param in params)
    assert len(seen) > 20 and set(seen) == {"abacus:1"}


class Elsewhere:
    """Like a tensor that is not in the memory of this machine: it can be asked for a list."""

    def tolist(self):
        return [[1.0, 2.0], [3.0, 4.0]]

    def __getattr__(self, name):
        raise RuntimeError(f"{name} needs the numbers here")

    __float__ = __iter__ = __len__ = __array__ = lambda self: self.numpy


def test_numbers_are_fetched_as_a_list():
    assert plain(Elsewhere()) == ((1.0, 2.0), (3.0, 4.0))
