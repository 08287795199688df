"""A derivation is held to the algorithm of its page, or to the function that an example defines."""

import json

import pytest

from sidenotes.__main__ import main

MODULE = r'''r"""
# A mean

$$
\begin{align*}
& m_0 \leftarrow 0, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t
\end{align*}
$$

## Unrolled

$$m_t = (1 - \beta) \sum_{i=1}^{t} \beta^{t-i} g_i$$

$$g_t - m_t = \beta\,(g_t - m_{t-1})$$

## At the end

$$
\mathbb{E}[m_t^2] \to (1 - \beta)^2\frac{\sigma^2}{1 - \beta^2} = \frac{1-\beta}{1+\beta}\,\sigma^2
\qquad
n \approx 1 / (1 - \beta)
$$

>>> import math
>>> from fractions import Fraction
>>> 1 / 2
0.5
>>> def unrelated(text):
...     return text
>>> def square(beta, sigma=1.0):
...     return (1 - beta) / (1 + beta) * sigma**2
>>> def length(beta):
...     return 1 / (1 - beta)
>>> round(square(0.5), 2)
0.33
>>> length(0.5)
2.0

## By hand

$$\operatorname{E} = \beta\,\sigma^2$$

>>> def energy(beta, sigma):
...     return beta * sigma**2
>>> energy(0.5, 2.0)
2.0

> I like
> $$m_t = m_t$$
"""


def step(m, g, beta):
    # $$m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t$$
    m = beta * m + (1 - beta) * g
    return m
'''

SYMBOLS = r"""
- {symbol: 'm_t', meaning: mean, names: [m]}
- {symbol: 'g_t', meaning: given, names: [g]}
- {symbol: '\beta', meaning: memory, names: [beta]}
- {symbol: '\sigma', meaning: noise, names: [sigma]}
- {symbol: '\alpha', meaning: rate}
- {symbol: '\mathbb{E}', meaning: expected value, names: [square]}
- {symbol: '\operatorname{E}', meaning: energy, names: [energy]}
- {symbol: n, meaning: length, names: [length]}
"""

RUNS = r"""
import importlib.util
from sidenotes.equations.runs import Item, Run, Started

spec = importlib.util.spec_from_file_location("mean", "mean.py")
mean = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mean)


class State:
    m = 0.0


def runs(device):
    def start():
        state = State()

        def step(given):
            state.m = mean.step(state.m, given[0], 0.8)

        item = Item(state, {r"\beta": 0.8, r"\alpha": 0.1}, lambda: {"m_t": state.m})
        return Started([item], step)

    yield Run("mean", "mean", {}, start, [[1.0], [-3.0], [2.5]], ["mean"])


def draws():
    for i in range(1, 6):
        yield {r"\beta": i / 7, r"\sigma": 1.0 + i / 3}
"""


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """Checks the module, in which `old` is `new`: status, output, and what became of each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mean_runs.py").write_text(RUNS, encoding="utf-8")
    (tmp_path / "symbols.yml").write_text(SYMBOLS, encoding="utf-8")

    def checked(old="", new=""):
        assert not old or MODULE.count(old) == 1, MODULE.count(old)
        text = MODULE.replace(old, new) if old else MODULE
        (tmp_path / "mean.py").write_text(text, encoding="utf-8")
        words = ["--runs", "mean_runs.py", "--symbols", "symbols.yml", "--json", "found.json"]
        status = main(["check", "mean.py", *words])
        found = json.loads((tmp_path / "found.json").read_text("utf-8"))["files"]["mean.py"]
        kinds = {f["tex"]: f for f in found["formulas"] if f["kind"] in ("derivation", "opinion")}
        return status, capsys.readouterr().out, {**found["counts"], "formulas": kinds}

    return checked


UNTESTED = (
    "> I like",
    r"""$$a^2 + b^2 \to c^2$$

$$\operatorname{Var}[x] = x$$

> I like""",
)


def test_each_derivation_is_counted_as_what_it_is(project):
    status, output, found = project(*UNTESTED)
    assert status == 1, output
    assert {tex: f["state"] for tex, f in found.pop("formulas").items()} == {
        r"m_t = (1 - \beta) \sum_{i=1}^{t} \beta^{t-i} g_i": "passed",
        r"g_t - m_t = \beta\,(g_t - m_{t-1})": "passed",
        "\\mathbb{E}[m_t^2] \\to (1 - \\beta)^2\\frac{\\sigma^2}{1 - \\beta^2}"
        " = \\frac{1-\\beta}{1+\\beta}\\,\\sigma^2": "passed",
        r"n \approx 1 / (1 - \beta)": "passed",
        r"\operatorname{E} = \beta\,\sigma^2": "passed",
        r"a^2 + b^2 \to c^2": "unchecked",
        r"\operatorname{Var}[x] = x": "unchecked",
        "m_t = m_t": "opinion",
    }
    assert found == {
        **{"opinions": 1, "identities": 0, "claims": 1, "rows": 4},
        **{"definitions": 0, "derivations": 7, "remarks": 0},
        **{"passed": 10, "proved": 0, "said": 0, "unchecked": 2, "failed": 0},
    }
    heads, _, row, *_ = output.split("\n")
    assert dict(zip(heads.split()[1:], map(int, row.split()[1:]), strict=True)) == found


def test_what_nothing_tests_is_a_problem(project):
    status, output, _ = project(*UNTESTED)
    problems = output.split("\n\n")[2:]
    assert status == 1 and len(problems) == 2, output
    for problem in problems:
        assert "nothing tests this: no algorithm evaluates it, no claim says the same" in problem
    assert project()[0] == 0


def test_a_doctest_in_a_comment_backs_nothing(project):
    # Python runs the doctests of docstrings alone.
    status, output, _ = project("def step(", "# $$a = b^2$$\n#\n# >>> 1\n# 1\ndef step(")
    assert status == 1 and "mean.py:56: a = b^2\n    never evaluated" in output, output
    status, output, _ = project("def step(", "# $$a \\to b^2$$\n#\n# >>> 1\n# 1\ndef step(")
    assert status == 1 and "nothing tests this" in output, output


def test_what_a_derivation_was_compared_with_is_told(project):
    *_, found = project()
    told = [(f["remark"], f["checks"]) for f in found["formulas"].values()]
    # Three steps; two sides and then one, five times.
    assert told[:4] == [("", 3), ("", 3), ("square()", 10), ("length()", 5)]


# The formula as it stands, the slip, and the message.
SLIPS = [
    (r"\sum_{i=1}^{t} \beta^{t-i} g_i", r"\sum_{i=1}^{t} \beta^{t-i} g_t", "one side is"),
    (r"\sum_{i=1}^{t} \beta^{t-i}", r"\sum_{i=1}^{t} \beta^{i-1}", "one side is"),
    (r"\sum_{i=1}^{t}", r"\sum_{i=1}^{t/2}", "from one whole number to another, not 0.5"),
    (r"\sum_{i=1}^{t}", r"\sum_{i=0}^{t}", "there is no g_0"),
    (r"\sum_{i=1}^{t}", r"\sum_{i=1}^{t^2}", "there is no g_3"),
    (r"= \beta\,(g_t - m_{t-1})", r"= \beta\,(g_t - m_t)", "one side is"),
    (r"= \beta\,(g_t - m_{t-1})", r"= \gamma\,(g_t - m_{t-1})", r"here gives \gamma a value"),
    (r"1 - \beta^2} =", r"1 - \beta} =", "square() is"),
    (r"{1+\beta}\,\sigma^2", r"{1+\beta}\,\sigma", "square() is"),
    (r"{1+\beta}\,\sigma^2", r"{1+\beta}\,\alpha", r"\alpha has no value: it is no argument of"),
    (r"{1+\beta}\,\sigma^2", r"{1+\beta}\,\Sigma^2", r"\Sigma has no value: it is no argument of"),
    (r"{1+\beta}\,\sigma^2", r"{1+\beta}\,\dots", "a side of the formula cannot be read"),
    (r"\approx 1 / (1 - \beta)", r"\approx 1 / \beta", "length() is"),
    (r"return 1 / (1 - beta)", "return undefined", "length(): NameError: name 'undefined'"),
    (r"return 1 / (1 - beta)", "raise SystemExit(0)", "length(): SystemExit: 0"),
    ("def length(beta)", "def length(beta, alpha)", r"no symbol is drawn for alpha"),
]


@pytest.mark.parametrize(("old", "new", "message"), SLIPS)
def test_a_slip_in_a_derivation_is_found_at_its_line(old, new, message, project):
    if "alpha)" in new:
        # So that it is a name that the table knows.
        text = SYMBOLS.replace("meaning: rate}", "meaning: rate, names: [alpha]}")
        with open("symbols.yml", "w", encoding="utf-8") as file:
            file.write(text)
    status, output, found = project(old, new)
    assert status == 1
    failed = [f for f in found["formulas"].values() if f["state"] == "failed"]
    assert len(failed) == 1 and message in failed[0]["problem"], output
    assert f"mean.py:{failed[0]['line']}: " in output and output.count("\nmean.py:") == 1


def test_a_draw_that_differs_is_named_with_its_values(project):
    _, output, _ = project(r"\approx 1 / (1 - \beta)", r"\approx 1 + \beta")
    assert "    length() is 1.1666666666666665, not 1.1428571428571428\n" in output
    assert "    in draw 1, where \\beta = 0.14285714285714285\n" in output


def test_without_draws_nothing_is_compared_with_a_function(project):
    with open("mean_runs.py", encoding="utf-8") as file:
        text = file.read()
    with open("mean_runs.py", "w", encoding="utf-8") as file:
        file.write(text.replace("def draws", "def unused"))
    status, output, found = project()
    assert status == 1 and "no numbers are drawn that square(), below, could be called" in output
    derivations = [f["state"] for f in found["formulas"].values() if f["kind"] == "derivation"]
    assert derivations == ["passed", "passed", "failed", "failed", "failed"]


USED = ">>> energy(0.5, 2.0)\n2.0\n"
SILENT = "nothing tests energy(): no example below uses it and expects something"
# What stands in the place of the example below the formula, and what is said of it.
EXAMPLES = [
    (">>> 1\n1\n", SILENT),
    (">>> step(0.0, 1.0, 0.0)\n1.0\n", SILENT),
    (">>> energy(0.5, 2.0)  # doctest: +SKIP\n2.0\n", SILENT),
    (">>> one = energy(0.5, 2.0)\n", SILENT),
    (">>> energy(0.5, 2.0)\n7\n", "the example on line 48 fails: 2.0, not 7"),
    (">>> energy()\n7\n", "the example on line 48 fails: TypeError: energy() missing 2 required"),
    (">>> assert energy(0.5, 2.0) == 1\n", "the example on line 48 fails: AssertionError"),
    (">>> assert energy(0.5, 2.0) == 2\n", ""),
    (">>> one = energy(0.5, 2.0)\n>>> one\n2.0\n", ""),
    (">>> one = []\n>>> one.append(energy(0.5, 2.0))\n>>> one\n[2.0]\n", SILENT),
    (">>> one = []\n>>> one.append(2.0)\n>>> energy(0.5, 2.0) == one[0]\nTrue\n", ""),
    (">>> energy()\nTraceback (most recent call last):\n    ...\nTypeError: energy() missing 2 "
     "required positional arguments: 'beta' and 'sigma'\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("example", "message"), EXAMPLES)
def test_a_function_is_called_by_an_example_that_holds(example, message, project):
    assert MODULE.count(USED) == 1
    status, output, found = project(MODULE, MODULE.replace(USED, example))
    states = [f["state"] for tex, f in found["formulas"].items() if tex.startswith(r"\operator")]
    assert (status, message in output) == (int(bool(message)), True), output
    assert states == ["failed" if message else "passed"]


def test_examples_under_the_next_heading_are_not_run(project):
    text = MODULE.replace(USED, USED + "\n# Next\n\n>>> 1\n2\n")
    assert project(MODULE, text)[0] == 0


NAMES = [
    (r"$$\operatorname{E} = \beta", r"$$\operatorname{F} = \beta", "gives it no function"),
    (r"$$\operatorname{E} = \beta", r"$$\mathbb{E}[m] = \beta", "gives it square"),
    (r"$$\operatorname{E} = \beta", r"$$\alpha = \beta", "gives it no function"),
]


@pytest.mark.parametrize(("old", "new", "message"), NAMES)
def test_what_stands_left_is_the_name_of_the_function(old, new, message, project):
    status, output, _ = project(old, new)
    assert status == 1, output
    expected = f"the table of symbols {message}, and the function below is energy()"
    assert f"what stands left is a name: {expected}" in output, output


def test_the_sides_of_an_approximation_are_a_tenth_apart_at_most(project):
    old = r"$$g_t - m_t = \beta\,(g_t - m_{t-1})$$"
    assert project(old, r"$$g_t - m_t \approx 1.09\,\beta\,(g_t - m_{t-1})$$")[0] == 0
    status, output, _ = project(old, r"$$g_t - m_t \approx 1.2\,\beta\,(g_t - m_{t-1})$$")
    assert status == 1 and "more than a tenth apart" in output, output
    status, output, _ = project(old, r"$$g_t \to m_t$$")
    assert status == 1 and "nothing tests this" in output, output
