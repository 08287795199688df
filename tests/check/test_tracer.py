"""A small module that has nothing to do with torch, watched while it runs."""

import importlib.util
import math
import sys

import pytest

from sidenotes.check.checker import check
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.claim import Claim
from sidenotes.check.runs import Item, Run, Started
from sidenotes.math.symbols import Symbol

SYMBOLS = [
    Symbol("x_t", "position", ("x",)),
    Symbol("m_t", "momentum", ("m", "momentum")),
    Symbol("g_t", "gradient", ("g",)),
    Symbol(r"\beta", "memory", ("beta",)),
    Symbol(r"\alpha", "rate"),
    Symbol("u_t", "update", ("update",)),
]

MODULE = r'''r"""
$$
\begin{align*}
& m_0 \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
& \quad m_t \leftarrow \beta m_{t-1} + g_t \\
& \quad x_t \leftarrow x_{t-1} - \alpha m_t
\end{align*}
$$
"""


class Momentum:
    def __init__(self, x, alpha, beta, maximize):
        self.x, self.alpha, self.beta, self.maximize = x, alpha, beta, maximize
        self.momentum = 0.0

    def step(self, g):
        if self.maximize:
            # $g_t \leftarrow -g_t$
            g = -g
        # $$m_t \leftarrow \beta m_{t-1} + g_t$$
        self.momentum = self.beta * self.momentum + g
        # $$u_t \leftarrow \alpha m_t$$
        self.move(
            self.alpha * self.momentum,
        )

    def move(self, update):
        # $$x_t \leftarrow x_{t-1} - u_t$$
        self.x = self.x - update
        return self.x
'''


@pytest.fixture
def world(tmp_path):
    """Checks a version of the module, in which `old` is `new`."""

    def run(old="", new="", steps=((1.0,), (2.0,), (-3.0,)), x=1.5):
        assert old in MODULE
        path = tmp_path / "momentum.py"
        path.write_text(MODULE.replace(old, new) if old else MODULE, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("momentum", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)

        def start(maximize):
            made = module.Momentum(x, 0.3, 0.8, maximize)
            constants = {r"\alpha": 0.3, r"\beta": 0.8}
            values = lambda: {"x_t": made.x, "m_t": made.momentum}  # noqa: E731
            item = Item(made, constants, values, start=["x_t"])
            return Started([item], lambda given: made.step(given[0]))

        todo = [
            Run(
                f"Momentum(maximize={flag})",
                "Momentum",
                {"maximize": flag},
                lambda flag=flag: start(flag),
                steps,
                ["momentum"],
            )
            for flag in (False, True)
        ]
        return check({path: path.read_text("utf-8")}, todo, SYMBOLS)

    return run


def texts(result):
    return [f"{problem}" for problem in result.problems]


def test_a_module_without_tensors_is_checked(world):
    result = world()
    assert texts(result) == []
    assert [claim.watched.checks for claim in result.of(Claim)] == [3, 6, 6, 6]
    (algorithm,) = result.of(Algorithm)
    replay = algorithm.replay
    assert (replay.steps, set(replay.symbols)) == (6, {"x_t", "m_t"})


WRONG = {
    "a formula": (r"# $$m_t \leftarrow \beta m_{t-1} + g_t", r"# $$m_t \leftarrow m_{t-1} + g_t"),
    "a line": ("self.beta * self.momentum + g", "self.momentum + g"),
    "an argument handed on": ("self.alpha * self.momentum,", "self.alpha * g,"),
    "an attribute": ("self.x - update", "self.x + update"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found_at_its_line(what, world):
    old, new = WRONG[what]
    found = texts(world(old, new))
    assert any("momentum.py:" in text and ", not " in text for text in found), found


def test_the_message_names_file_line_formula_values_run_and_step(world, tmp_path):
    old, new = WRONG["a formula"]
    first = texts(world(old, new))[0]
    assert first == (
        f"{tmp_path}/momentum.py:23: m_t \\leftarrow m_{{t-1}} + g_t\n"
        "    self.momentum is 2.8, not 3.0\n"
        "    in Momentum(maximize=False), step 2, item 1\n"
        "    where g_t = 2.0, m_{t-1} = 1.0"
    )


ONLY_REPLAY = {
    "a start": ("self.momentum = 0.0", "self.momentum = 0.1"),
    "a step made twice": ("        return self.x\n", "        self.x *= 1.01\n"),
    "a row": (r"\quad x_t \leftarrow x_{t-1} - \alpha m_t", r"\quad x_t \leftarrow x_{t-1} - m_t"),
    "a start that is not said": (r"m_0 \leftarrow 0", r"x_0 \leftarrow x_{t-1}"),
    "a symbol that is not said": (r"\quad x_t \leftarrow x_{t-1} - \alpha m_t", ""),
}


@pytest.mark.parametrize("what", ONLY_REPLAY)
def test_the_replay_finds(what, world):
    result = world(*ONLY_REPLAY[what])
    (path,) = result.files
    lines = [problem.place.line for problem in result.problems if problem.place.path == path]
    assert lines and min(lines) < 10, texts(result)


@pytest.mark.parametrize(
    ("taken", "message"),
    [
        (False, "never checked for Momentum(maximize=True)"),
        (True, "checked, although its condition does not hold, for Momentum(maximize=False)"),
    ],
)
def test_which_branch_to_take_is_what_the_caller_asked_for(taken, message, world, tmp_path):
    branch = f"maximize = {taken}\n        if maximize:"
    found = texts(world("if self.maximize:", branch))
    assert any(text.startswith(str(tmp_path)) and message in text for text in found), found


def test_the_replay_tells_the_first_step_that_is_wrong_first(world):
    rows = r"m_{t-1} + g_t \\" + "\n" + r"& \quad x_t \leftarrow x_{t-1} - \alpha m_t"
    wrong = rows.replace(r"m_{t-1} +", r"m_{t-1}^2 +").replace(r"- \alpha", r"- 2\alpha")
    # The momentum before the first step is 0, and so is its square.
    found = [problem.text for problem in world(rows, wrong).problems]
    assert [text.split(" is ")[0] for text in found] == ["x_t", "m_t"]
    assert "step 1, item 1" in found[0] and "step 2, item 1" in found[1]


def test_a_flag_that_is_negated_is_found_by_the_replay(world):
    found = texts(world("if self.maximize:", "if not self.maximize:"))
    assert "momentum.py:7:" in found[0] and "Momentum(maximize=False), step 1" in found[0]


def test_a_symbol_without_a_value_is_a_problem(world):
    (found,) = texts(world(r"$$u_t \leftarrow \alpha m_t$$", r"$$u_t \leftarrow \gamma m_t$$"))
    assert r"\gamma has no value: no name is given, and the run does not give it" in found


def test_a_variable_that_is_not_there_is_a_problem(world):
    found = texts(world(r"x_{t-1} - u_t$$", r"x_{t-1} - g_t$$"))
    assert "g_t has no value: nothing here is called g, and the run does not give it" in found[0]


def test_a_claim_that_no_run_comes_to_is_a_problem(world):
    text = "    def unused(self, g):\n        # $$m_t \\leftarrow g_t$$\n        m = g\n\n"
    (found,) = texts(world("    def move(", text + "    def move("))
    assert "never checked: no run calls unused" in found


def test_not_a_number_is_equal_to_nothing(world):
    found = texts(world(steps=((math.nan,),)))
    assert "self.momentum is nan, not nan" in " ".join(found)


def test_infinity_is_equal_to_itself(world):
    assert texts(world(steps=((math.inf,),))) == []


def test_a_run_that_raises_shows_its_traceback_under_its_name(world):
    first, second = texts(world("        return self.x\n", "        return 1 / 0\n"))[:2]
    for text, flag in ((first, False), (second, True)):
        assert text.startswith(f"Momentum(maximize={flag})\n    Traceback (most recent call last):")
        assert "return 1 / 0" in text and text.endswith("ZeroDivisionError: division by zero")


def test_a_tracer_that_is_active_is_put_back(world):
    seen = []

    def tracer(frame, event, arg):
        seen.append(event)
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        result = world()
        assert sys.gettrace() is tracer
        world("        return self.x\n", "        return 1 / 0\n")
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
    assert texts(result) == [] and seen
