"""What a file of runs may do wrong is told with its place, and never with a traceback of ours."""

import os
import subprocess
import sys

import pytest

SUBJECT = "def f(x):\n    # $$y = 2x$$\n    y = 2 * x\n    return y\n"
HELPER = "def fail():\n    return {}['key']\n"
START = """
from sidenotes.equations.runs import Item, Run, Started
import subject


def start():
    def step(given):
        {step}

    return Started([Item(None, {{}}, {values})], step)


def runs(device):
    yield Run("the run", "f", {{}}, {start}, {given})
"""


@pytest.fixture
def checked(stranger):
    """The check with this file of runs, which has a helper in its folder."""
    (stranger.folder / "runs").mkdir()
    stranger.write("subject.py", SUBJECT)
    stranger.write("runs/helper.py", HELPER)

    def check(text):
        sys.modules.pop("helper", None)
        stranger.write("runs/mine.py", text)
        return stranger.check(runs="runs/mine.py")

    return check


RUNS = "def runs(device):\n    {}\n"
RAISES = [
    (RUNS.format("raise KeyError('x')"), "runs/mine.py:2: runs() raises: KeyError: 'x'"),
    (RUNS.format("yield 1 / 0"), "runs/mine.py:2: runs() raises: ZeroDivisionError: division by"),
    (
        RUNS.format("import helper; helper.fail()"),
        "runs/helper.py:2: runs() raises: KeyError: 'key'",
    ),
    (RUNS.format("raise GeneratorExit('x')"), "runs/mine.py:2: runs() raises: GeneratorExit: x"),
    (RUNS.format("exit(3)"), "runs/mine.py:2: runs() raises: SystemExit: 3"),
    (RUNS.format("import json; json.loads('{')"), "runs/mine.py:2: runs() raises: JSONDecodeError"),
    (RUNS.format("return [5]"), "runs/mine.py: runs() gives 5, which is no Run"),
    (RUNS.format("return 5"), "runs/mine.py: runs() gives 5, which is no list"),
    (RUNS.format("return []"), "runs/mine.py: runs() gives no run, so nothing is checked"),
    (
        RUNS.format("import os; os._exit(0)"),
        "runs/mine.py:2: runs() raises: SystemExit: os._exit(0)",
    ),
    ("import os; os._exit(0)", "runs/mine.py:1: it cannot be imported: SystemExit: os._exit(0)"),
    ("import nowhere\n", "runs/mine.py:1: it cannot be imported: ModuleNotFoundError: No module"),
    ("import helper\nhelper.fail()\n", "runs/helper.py:2: it cannot be imported: KeyError"),
    ("def runs(device) return []\n", "runs/mine.py:1: it cannot be imported: SyntaxError"),
    ("x = 1\n", "runs/mine.py: has no function runs(device)"),
    *(
        (
            f"def {name}({device}):\n    raise ValueError('no')\n\n\n{RUNS.format('return []')}",
            message,
        )
        for name, device in (("about", "device"), ("draws", ""), ("absent", "device"))
        for message in [f"runs/mine.py:2: {name}() raises: ValueError: no"]
    ),
    (
        "def about(device): return [1]\n" + RUNS.format("return []"),
        "runs/mine.py: about() gives [1], which is no dictionary",
    ),
]


@pytest.mark.parametrize(("text", "message"), RAISES, ids=[message for _, message in RAISES])
def test_a_file_of_runs_that_raises_is_one_line_and_status_2(text, message, checked):
    status, output = checked(text)
    assert status == 2 and output.startswith(f"sidenotes: {message}"), output
    assert output.count("\n") == 1


def text(step="pass", values="dict", start="start", given="[[1.0]]"):
    return START.format(step=step, values=values, start=start, given=given)


# What a run does wrong, and the end of what is said of it.
RUNS_THAT_RAISE = [
    (text("import helper; helper.fail()"), "KeyError: 'key'"),
    (text("raise SystemExit(0)"), "SystemExit: 0"),
    (text("raise type('Stop', (BaseException,), {})"), "Stop"),
    (text("import os; os._exit(0)"), "SystemExit: os._exit(0)"),
    (text(start="lambda: 1 / 0"), "ZeroDivisionError: division by zero"),
    (text(start="lambda: None"), "the start of the run gives None, which is no Started"),
    (text(values="lambda: {'y': 'text'}"), "the run gives y: 'text' is not a number, nor made of"),
    (text(given="[[1.0, 2.0]]"), "step 1 gives 2 values to 1 items"),
]


@pytest.mark.parametrize(("text", "message"), RUNS_THAT_RAISE, ids=[m for _, m in RUNS_THAT_RAISE])
def test_a_run_that_raises_is_a_problem_of_this_run(text, message, checked):
    status, output = checked(text)
    assert status == 2 and message in output, output
    assert output.endswith("\nThe check could not be made: 1 run raised.\n")
    assert "sidenotes/check" not in output and "importlib" not in output
    assert "\n\nthe run\n    " in output


def test_what_is_no_number_is_a_problem_of_the_formula(checked):
    status, output = checked(text("subject.f('text')"))
    assert status == 1 and "subject.py:2: y = 2x\n    x has no value" in output, output
    assert "sidenotes/check" not in output and "Traceback" not in output


def test_a_formula_that_fails_is_told_where_a_run_raises_and_the_status_is_still_2(stranger):
    raises = "[[2.0], [{}]]"
    status, output = stranger.beside("$$y = 3x$$", given=raises)
    assert status == 2 and "subject.py:2: y = 3x\n    y is 4.0, not 6.0\n" in output, output
    assert "\n\nrun\n    Traceback" in output and "TypeError: unsupported operand" in output


def test_the_processes_that_a_run_forks_end_as_ever(checked):
    forks = "import os; pid = os.fork() or os._exit(7); status = os.waitpid(pid, 0)[1]"
    ends = f"{forks}; assert os.waitstatus_to_exitcode(status) == 7; subject.f(2.0)"
    leave = os._exit
    status, output = checked(text(ends))
    assert status == 0, output
    assert os._exit is leave


@pytest.mark.parametrize(
    "code", [RUNS.format("raise KeyboardInterrupt"), text("exec('raise KeyboardInterrupt')")]
)
def test_an_interrupt_ends_the_check_with_one_line(code, checked):
    status, output = checked(code)
    assert (status, output) == (130, "sidenotes: interrupted\n")


def test_what_changes_within_a_second_and_keeps_its_size_is_checked_anew(stranger, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert stranger.beside("$$y = 2x$$", "y = 2 * x")[0] == 0
    assert stranger.beside("$$y = 2x$$", "y = 3 * x")[0] == 1
    assert not sys.dont_write_bytecode


def test_the_traceback_of_a_run_has_the_users_frames_alone(checked):
    _, output = checked(text("import helper; helper.fail()"))
    lines = output.split("\n\nthe run\n")[1].split("\n\n")[0].split("\n")
    frames = [line.split('"')[1].split("/")[-1] for line in lines if line.startswith('  File "')]
    assert lines[0] == "    Traceback (most recent call last):"
    assert frames == ["mine.py", "helper.py"]
    _, output = checked(text("raise RuntimeError('b') from KeyError('a')"))
    assert "KeyError: 'a'\n\nThe above exception was the direct cause" in output
    assert output.count("mine.py") == 1


def test_the_folder_of_the_file_is_on_the_path_while_the_check_lasts(checked, stranger):
    before = list(sys.path)
    # Also where it is imported late, in a step.
    status, output = checked(text("import helper; subject.f(2.0); assert helper.__file__"))
    assert status == 0, output
    assert sys.path == before


def test_the_file_can_be_that_of_another_folder(stranger):
    folder = stranger.folder / "elsewhere"
    folder.mkdir()
    stranger.module(SUBJECT)
    for name in ("subject.py", "runs.py", "symbols.yml"):
        (stranger.folder / name).rename(folder / name)
    words = ["--runs", "elsewhere/runs.py", "--symbols", "elsewhere/symbols.yml"]
    done = subprocess.run(
        [sys.executable, "-m", "sidenotes", "check", "elsewhere/subject.py", *words],
        cwd=stranger.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.py", "def f(:\n", "bad.py:1: cannot be read: invalid syntax"),
        ("bad.py", "def f():\n\tx\n        y\n", "bad.py:3: cannot be read: "),
        ("bad.py", '"""\n$$x\n\n$$"""\n', "bad.py:2: $$: not closed before the next blank line"),
        ("bad.c", "int x;\n/* $$x$$", "bad.c:2: cannot be read: this comment is never closed"),
    ],
)
def test_a_source_that_cannot_be_read_is_named(name, content, message, stranger):
    stranger.module(SUBJECT)
    stranger.write(name, content)
    status, output = stranger.check(name)
    assert status == 2 and output.startswith(f"sidenotes: {message}"), output


# ## Items


def test_an_item_that_sits_a_step_out_and_meets_a_claim_is_told_so(checked):
    status, output = checked(text("subject.f(2.0)", given="[[1.0], [None]]"))
    assert (
        status == 1
        and (
            "this line is reached for an item that sits the step out: the run gives item 1 `None`"
            " in step 2"
        )
        in output
    ), output


def test_an_item_that_sits_a_step_out_in_peace_is_no_problem(checked):
    step = "given[0] is None or subject.f(2.0)"
    assert checked(text(step, given="[[1.0], [None], [2.0]]"))[0] == 0


def test_constants_may_be_whatever_makes_numbers(stranger):
    given = {"constants": "{'a': np.float32(2)}", "given": "[[np.array([[1.0, 2.0]])]]"}
    function = (
        "import numpy as np\n\n\ndef f(x):\n    # $$y = %s x$$\n    y = 2 * x\n    return y\n"
    )
    for factor, expected in (("a", 0), ("3", 1)):
        stranger.write("subject.py", function % factor)
        stranger.module(function % factor, **given)
        runs = stranger.folder / "runs.py"
        runs.write_text("import numpy as np\n" + runs.read_text("utf-8"), encoding="utf-8")
        status, output = stranger.check()
        assert status == expected, output


# ## Hyper-parameters

TWO_FORMS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def started(fast):
    constants = {%s} if fast else {"a": 0.5}
    item = Item(None, constants, dict)
    return Started([item], lambda given: subject.f(given[0], 0.5, fast))


def runs(device):
    for fast in (True, False):
        yield Run(f"fast={fast}", "f", {"fast": fast}, lambda fast=fast: started(fast), [[2.0]])
"""
FORMS = """
def f(x, a, fast):
    if fast:
        # $$y = %s x$$
        y = a * x
    else:
        # $$y = a x^2$$
        y = a * x * x
    return y
"""


def test_a_hyper_parameter_that_a_run_withholds_is_not_taken_from_the_code(stranger):
    stranger.symbols[r"\hat a"] = []
    stranger.write("runs.py", TWO_FORMS % r'r"\hat a": 0.5')
    stranger.write("subject.py", FORMS % r"\hat a")
    assert stranger.check()[0] == 0
    # The variable `a` holds the same number, and yet the run has no $a$.
    stranger.write("subject.py", FORMS % "a")
    status, output = stranger.check()
    assert status == 1
    assert "a has no value in fast=True: that run does not give it, and fast=False does" in output
    # If no run gives it, it is a variable like any other.
    stranger.write("runs.py", (TWO_FORMS % "").replace('{"a": 0.5}', "{}"))
    assert stranger.check()[0] == 0


def test_pi_is_a_number_unless_the_table_has_it(stranger):
    status, output = stranger.beside(r"$$y = \pi x$$", constants=r"{r'\pi': 2.0}")
    assert status == 2 and r"\pi is 3.14…, unless the table of symbols has it" in output
    assert stranger.beside(r"$$y = \pi x$$", "y = 3.141592653589793 * x")[0] == 0
    stranger.symbols[r"\pi"] = ["pi"]
    assert stranger.beside(r"$$y = \pi x$$", constants=r"{r'\pi': 2.0}")[0] == 0


def test_two_files_of_runs_may_have_one_name(stranger):
    from sidenotes.check.runs import load

    for name in ("one", "two"):
        (stranger.folder / name).mkdir()
        stranger.write(
            f"{name}/runs.py", f"from dataclasses import dataclass\n{RUNS.format('yield')}"
        )
    one, two = (load(stranger.folder / name / "runs.py") for name in ("one", "two"))
    assert sys.modules[one.__name__] is one and sys.modules[two.__name__] is two


def test_a_language_without_a_checker_has_pages_and_is_refused_by_name(tmp_path, monkeypatch):
    from dataclasses import replace

    from sidenotes.check import checker
    from sidenotes.languages import registry

    other = replace(registry.C, highlighters={".lang": registry.C.highlighters[".c"]})
    monkeypatch.setitem(registry.SUFFIXES, ".lang", other)
    (tmp_path / "a.lang").write_text("/* $$x = 1$$ */\nint x = 1;\n")
    (tmp_path / "b.py").write_text("x = 1\n")
    assert [path.name for path in checker.sources([tmp_path])] == ["b.py"]
    with pytest.raises(ValueError, match=r"a\.lang: formulas in \.lang files are not checked"):
        checker.sources([tmp_path / "a.lang"])
