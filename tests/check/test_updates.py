"""What no single value tells: x_t is not x_{t-1}, nor x_0, and what is returned has a name."""

import importlib.util

import pytest

from sidenotes.check.checker import check
from sidenotes.check.runs import Item, Run, Started
from sidenotes.math.symbols import Symbol

SYMBOLS = [
    Symbol("x_t", "position", ("x",)),
    Symbol("m_t", "momentum", ("m",)),
    Symbol("g_t", "gradient", ("g",)),
    Symbol("y_t", "what is told", ("told",)),
    Symbol("r_t", "rate", ("rate",)),
    Symbol(r"\beta", "memory", ("beta",)),
    Symbol(r"\alpha", "rate"),
    Symbol(r"\epsilon", "a small number", ("eps",)),
]

MODULE = r"""
class Momentum:
    def __init__(self, x, alpha):
        self.x, self.alpha, self.state = x, alpha, {}

    def begin(self, state):
        # $$m_0 \leftarrow 0$$
        state["m"] = 0.0

    def step(self, g):
        if not self.state:
            self.begin(self.state)
        g = self.prepare(g)
        self.state["m"] = self.average(self.state["m"], g)
        self.move(self.state["m"])

    def average(self, m, g, beta=0.8, eps=0.01):
        # $$m_t \leftarrow \beta m_{t-1} + g_t$$
        m = beta * m + g
        # $$m_t \leftarrow m_t + \epsilon$$
        m = m + eps
        return m

    def prepare(self, g):
        return self.flipped(g)

    def flipped(self, g):
        # $$g_t \leftarrow -g_t + 0.1\,x_{t-1}$$
        return -g + 0.1 * self.x

    def rate(self):
        # $$r_t \leftarrow \alpha$$
        return self.alpha

    def move(self, m):
        rate = self.rate()
        # $$x_t \leftarrow x_{t-1} - r_t\,m_t$$
        self.x = self.x - rate * m
        # $$y_t \leftarrow 2 x_t$$
        told = 2 * self.x
        return str(told)
"""


@pytest.fixture
def problems(tmp_path):
    """What is wrong with a version of the module, in which `old` is `new`."""

    def found(old="", new="", alphas=(0.3, 0.0)):
        assert MODULE.count(old) == 1 or not old
        path = tmp_path / "momentum.py"
        path.write_text(MODULE.replace(old, new) if old else MODULE, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("momentum", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)

        def start(alpha):
            made = module.Momentum(1.5, alpha)
            values = lambda: {"x_t": made.x, "m_t": made.state.get("m", 0.0)}  # noqa: E731
            constants = {r"\alpha": alpha, r"\beta": 0.8, r"\epsilon": 0.01}
            return Started([Item(made, constants, values)], lambda given: made.step(given[0]))

        runs = [
            Run(f"alpha = {a}", "Momentum", {}, lambda a=a: start(a), [[1.0], [2.0], [-3.0]])
            for a in alphas
        ]
        result = check({path: path.read_text("utf-8")}, runs, SYMBOLS)
        lines = path.read_text("utf-8").split("\n")
        return [(lines[p.place.line - 1].strip(), p.text) for p in result.problems]

    return found


def test_formulas_that_are_right_stand(problems):
    assert problems() == []


def test_a_value_that_nothing_changes_says_nothing(problems):
    # With a rate of 0, $x_t$ is $x_{t-1}$ in every step.
    assert problems(alphas=(0.0,)) == []


# The formula as it stands, the slip, and what is said of it.
SLIPS = [
    (r"\beta m_{t-1} + g_t$$", r"\beta m_t + g_t$$", "the right side says m_t, and reads m_{t-1}"),
    (r"x_{t-1} - r_t", r"x_t - r_t", "the right side says x_t, and reads x_{t-1}"),
    (r"+ 0.1\,x_{t-1}", r"+ 0.1\,x_t", "the right side says x_t, and reads x_{t-1}"),
    (r"m_0 \leftarrow", r"m_t \leftarrow", "the left side says m_t, and m_{t-1} is made"),
    (r"m_0 \leftarrow", r"m_{t-1} \leftarrow", "the table of symbols gives no name"),
    (r"m_t \leftarrow \beta", r"m_0 \leftarrow \beta", "made in step 2, but m_0 is what the first"),
    (r"r_t \leftarrow \alpha", r"\epsilon \leftarrow \alpha", "makes rate, but the table of"),
    (r"r_t \leftarrow \alpha", r"r_{t-1} \leftarrow \alpha", "gives no name in the code"),
    # By way of a second function that returns it.
    (r"g_t \leftarrow -g_t", r"m_t \leftarrow -g_t", "makes g, but the table of symbols gives m"),
]


@pytest.mark.parametrize(("old", "new", "message"), SLIPS)
def test_a_wrong_index_is_found(old, new, message, problems):
    found = problems(old, new)
    assert [new in line and message in text for line, text in found] == [True], found


def test_the_line_of_the_caller_is_named(problems):
    ((_, text),) = problems(r"r_t \leftarrow \alpha", r"m_t \leftarrow \alpha")
    line = MODULE[: MODULE.index("rate = self.rate()")].count("\n") + 1
    assert text == (
        f"the value returned: the caller's line {line} makes rate, but the table of symbols gives m"
    )


def test_a_call_within_something_larger_says_nothing(problems):
    assert problems("rate = self.rate()", "rate = float(self.rate())") == []
