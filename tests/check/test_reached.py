"""What no step comes to has not been checked: a row of cases, or an array without elements."""

import pytest

NEVER = "this row of the cases never applied: "
CASES = r"\begin{cases} %s & x > %s \\ 2x & \text{otherwise} \end{cases}"
# The display, and what is said of it; nothing if it holds.
ROWS = [
    ("y = " + CASES % ("3x", "100"), f"{NEVER}3x & x > 100"),
    (r"y \gets 1 \cdot " + CASES % ("2x", "0"), rf"{NEVER}2x & \text{{otherwise}}"),
    ("y = " + CASES % ("x + x", "1"), ""),
    # What is equal holds as well, where two rows hold.
    (r"y = \begin{cases} 2x & x > 0 \\ x + x & x > 1 \end{cases}", ""),
    (
        r"y = \begin{cases} x + x & \texttt{fast} \\ 2x & \text{otherwise} \end{cases}",
        f"{NEVER}x +",
    ),
]


@pytest.mark.parametrize(("formula", "message"), ROWS)
def test_a_row_of_cases_that_no_step_takes_is_a_problem(formula, message, stranger):
    status, output = stranger.beside(f"$${formula}$$", flags={"fast": False})
    assert status == bool(message), output
    assert f"subject.py:2: {formula}\n    {message}" in output or not message, output


ALGORITHM = r'''r"""
$$
\begin{align*}
& y_0 \leftarrow 0 \\
& \text{for each } x_t\text{:} \\
& \quad y_t \leftarrow %s
\end{align*}
$$

$$%s$$
"""


def f(x):
    return 2 * x
'''


def test_so_is_one_in_an_algorithm_and_in_a_derivation(stranger):
    stranger.symbols.update({"y_t": ["y"], "x_t": ["x"]})
    known = {"out": 0.0, "values": '{"y_t": state["out"]}'}
    rows = CASES.replace("x ", "x_t ")
    held, missed = rows % ("x_t + x_t", "1"), rows % ("3", "100")
    derived = f"y_t = {held}"
    status, output = stranger.module(ALGORITHM % (held, derived), **known)
    assert status == 0, output
    status, output = stranger.module(ALGORITHM % (missed, derived), **known)
    assert status == 1 and output.count(NEVER) == 1, output
    assert "subject.py:6: " in output
    for relation in ("=", r"\ge"):
        derived = f"y_t {relation} {missed}"
        status, output = stranger.module(ALGORITHM % (held, derived), **known)
        assert status == 1 and output.count(NEVER) == 1, output
        assert "subject.py:10: " in output


def test_arrays_without_elements_are_never_compared(stranger):
    for formula in ("y = 2x", "y = 7", r"y = x \odot x"):
        status, output = stranger.beside(f"$${formula}$$", "y = [2 * v for v in x]", given="[[[]]]")
        assert status == 1, output
        assert "    never checked for f(): all arrays there are empty\n" in output
        status, output = stranger.beside(
            f"$${formula}$$", "y = [v * 2 for v in x]", given="[[[]], [[2.0]]]"
        )
        assert status == (formula == "y = 7"), output
    status, output = stranger.beside("$$y = 2x$$", "y = 1.0", given="[[[]]]")
    assert status == 1 and "y is a number, not of the shape (0,)" in output


def test_nor_are_they_by_an_algorithm(stranger):
    stranger.symbols.update({"y_t": ["y"], "x_t": ["x"]})
    text = ALGORITHM.replace("$$%s$$", "") % "2 x_t"
    text = text.replace("return 2 * x", "return [2 * v for v in x]")
    known = {"out": "[]", "values": '{"y_t": state["out"]}'}
    assert stranger.module(text, given="[[[2.0]]]", **known)[0] == 0
    status, output = stranger.module(text, given="[[[]]]", **known)
    assert status == 1 and "y_t was never compared: it had no elements" in output


# The formula, the line, and what is said at the formula.
WRONG_NUMBERS = [
    (r"y \gets 0 \cdot 10^{400}", "y = 0.0", "y is 0.0, not nan"),
    (r"y \gets 0", "y = float('nan')", "y is nan, not 0.0"),
    (r"y \gets 10^{400}", "y = 0.0", "y is 0.0, not inf"),
    (r"y \gets -10^{400}", "y = float('inf')", "y is inf, not -inf"),
]


@pytest.mark.parametrize(("formula", "line", "message"), WRONG_NUMBERS)
def test_what_is_not_a_number_is_a_problem_of_the_formula(formula, line, message, stranger):
    status, output = stranger.beside(f"$${formula}$$", line)
    assert status == 1 and f"subject.py:2: {formula}\n    {message}\n" in output, output
    assert "Traceback" not in output
