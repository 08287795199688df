"""A kind of false statement that once passed: each fails now, with its file, its line and why."""

import pytest
import stranger as project

ALGORITHM = r"""
$$
\begin{align*}
& y_0 \gets 0 \\
& \text{for each } x_t\text{:} \\
& \quad y_t \gets 2 x_t
\end{align*}
$$
"""
TWICE = "\n\ndef f(x):\n    # $$y \\gets 2 x$$\n    y = 2 * x\n    return y\n"
VARIANCE = r"$$\operatorname{Var}[x] = 3 a^2$$"
VECTORS = {"given": [[[0.3, 0.3]], [[1.7, 1.7]]]}
NESTED = {"given": [[[[0.3, 0.4]]], [[[1.7, 2.0]]]]}


def doc(note):
    return f'r"""\n{note}\n"""\n{TWICE}'


def beside(formula, *lines):
    body = "".join(f"    {line}\n" for line in (formula, *lines, "return y"))
    return f"def f(x):\n{body}"


UNTESTED = "nothing tests this"
UNSAID = "nothing tests this definition: no claim that holds says the same"
CALLED = "no example below uses it and expects something"
TWO = """
def g(y):
    pass


def h(y):
    pass


def both(a, b):
    pass


def f(x):
    # $$y \\gets 2 x$$
    both(g(2 * x), h(3 * x))
    return 2 * x
"""
ROWS = "# $$y \\gets x$$"
# What is false, the text of the module, the line and the reason.
KINDS = {
    "a function that nobody calls": (
        doc(f"{VARIANCE}\n\n>>> def variance(a):\n...     return 3 * a**2"), 2, CALLED,
    ),
    "any example at all": (doc(f"{VARIANCE}\n\n>>> a = 1\n>>> a\n1"), 2, UNTESTED),
    "an example of something else": (doc(f"{VARIANCE}\n\n>>> f(1)\n2"), 2, UNTESTED),
    "nothing": (doc(VARIANCE), 2, UNTESTED),
    "an approximation": (
        doc(ALGORITHM + "\n$$y_t \\approx 3 x_t$$"), 11, "more than a tenth apart",
    ),
    "an operator that the function does not compute": (
        doc(f"{VARIANCE}\n\n>>> def mean(a):\n...     return 3 * a**2\n>>> mean(1)\n3"), 2,
        "the table of symbols gives it variance, and the function below is mean()",
    ),
    "an algorithm in other words": (
        doc("For $t = 1, 2, \\dots$:\n\n$$y_t = 3 x_t$$\n\n>>> f(1)\n2"), 4, UNTESTED,
    ),
    "an algorithm in words within": (
        doc("$$\\text{At every step: } y = 3 x$$\n\n>>> f(1)\n2"), 2, UNTESTED,
    ),
    "a definition that nothing tests": (doc("$$z := 3 x$$"), 2, UNSAID),
    "an arrow in a line that cannot be read": (
        doc("Now $y \\gets 3 x + \\dots$ it is."), 2, "dots leave out what is meant",
    ),
    "an arrow in a line beside code": (
        beside("# Now $y \\gets 3 x$ it is.", "y = 2 * x"), 2, "y is 0.6, not 0.8",
    ),
    "an arrow in a list": (doc("* first\n* $y \\gets 3 x$ for all"), 3, UNSAID),
    "an arrow in a quotation": (doc("> $$y \\gets 3 x$$"), 2, UNSAID),
    "an arrow in a quotation beside code": (
        beside("# > $$y \\gets 3 x$$", "y = 2 * x"), 2, "y is 0.6, not 0.8",
    ),
    "an equals sign": (beside("# $$y = 3 x$$", "y = 2 * x"), 2, "y is 0.6, not 0.8"),
    "an equals sign in a line beside code": (
        beside("# It is $y = 3 x$.", "y = 2 * x"), 2, "y is 0.6, not 0.8",
    ),
    "an equals sign in a line": (
        doc(ALGORITHM + "\n* where $y_t = 3 x_t$ holds"), 11, "one side is 0.6, not 0.8",
    ),
    "numbers that are not equal": (doc("And $1010 - 1000 = 11$."), 2, "one side is 10.0, not 11.0"),
    "a value handed on to two functions": (
        TWO, 15, "the argument handed on is 0.8999999999999999, not 0.6",
    ),
    "an error below a tolerance": (
        beside("# $$y \\gets 2 x$$", "y = 2 * x * (1 + 9e-10)"), 2, "y is 0.60000000054, not 0.6",
    ),
    "a number that stands for a tensor": (
        beside("# $$y \\gets 2 x$$", "y = 2 * x[0]"), 2, "y is a number, not of the shape (2,)",
    ),
    "a tensor that stands for a number": (
        beside("# $$y \\gets 2 x$$", "y = [2 * x] * 2"), 2, "y is of the shape (2,), not a number",
    ),
    "another shape": (
        beside(ROWS, "y = x[0]"), 2, "y is of the shape (2,), not of the shape (1, 2)",
    ),
    "a matrix product read element by element": (
        beside("W = x\n    # $$y \\gets W x$$", "y = [a * b for a, b in zip(W, x)]"), 3,
        "a capital letter is a matrix, and no product of matrices fits",
    ),
    "two symbols with one name": (
        beside("# $$u \\gets 2 x$$", "y = 2 * x"), 2, "the table of symbols gives y to u and y",
    ),
    "a symbol that is made anew before it is read": (
        beside("# $$y_t \\gets 2 x$$", "y = 2 * x", "# $$y_t \\gets 3 x$$", "y = 3 * x"), 2,
        "line 4 makes y_t anew, and no formula has read it before: this is not yet y_t",
    ),
}  # fmt: skip
GIVEN = {
    "a number that stands for a tensor": VECTORS,
    "another shape": NESTED,
    "a matrix product read element by element": VECTORS,
}
DRAWS = "\n\ndef draws():\n    yield {{'a': 2.0}}\n"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_false_fails_with_its_line_and_the_reason(kind, stranger, monkeypatch):
    monkeypatch.setattr("stranger.RUNS", project.RUNS + DRAWS)
    stranger.symbols.update({"y_t": ["y"], "x_t": ["x"], r"\operatorname{Var}": ["variance"]})
    if kind == "two symbols with one name":
        stranger.symbols["u"] = ["y"]
    text, line, reason = KINDS[kind]
    status, output = stranger.module(text, **GIVEN.get(kind, {}))
    assert status == 1, output
    problem = output.partition(f"\nsubject.py:{line}: ")[2].partition("\n\n")[0]
    assert reason in problem, output
