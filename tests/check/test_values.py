"""Functions, norms, sums and matrices have the one value that a reader gives them, or none."""

import doctest
import math

import numpy as np
import pytest

from sidenotes.check.formula import display, symbols, tokens, tree
from sidenotes.check.formula.functions import REFUSED
from sidenotes.check.formula.parser import parse
from sidenotes.check.formula.tokens import CannotParse, FormulaError
from sidenotes.check.values import arithmetic, arrays, evaluator, floats
from sidenotes.check.values.arrays import plain, shape
from sidenotes.check.values.evaluator import Unbound, evaluate

X, Y = np.array([1.0, -2.0, 2.0]), np.array([3.0, 4.0, 5.0])
W, S = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])
ARRAYS = {"x": X, "y": Y, "W": W, "S": S, "z_t": np.array([2.0, 8.0])}
NUMBERS = {"a": 2.0, "b": 3.0, "t": 3.0, "n": 3.0, r"\beta": 0.5, "T": 2.0, "x'_t": 7.0}
STEPS = {"g_t": 3.0, "g_1": 1.0, "g_2": 2.0, "g_3": 3.0}
ENV = {**{name: plain(value) for name, value in ARRAYS.items()}, **NUMBERS, **STEPS}
TABLE = set(ENV) - {"g_1", "g_2", "g_3"}


def value(tex, env=ENV, table=TABLE):
    return evaluate(parse(tex, table), env)


SOFT = np.exp(X) / np.exp(X).sum()
RIGHT = [
    # Functions.
    (r"\log a", math.log(2)),
    (r"\ln(a b)", math.log(6)),
    (r"2 \log(a) b", 6 * math.log(2)),
    (r"\log a^2 + 1", math.log(4) + 1),
    (r"\log\frac{a}{b}", math.log(2 / 3)),
    (r"\log|x|", np.log(abs(X))),
    (r"\log_2 8", 3),
    (r"\log_{10}(1000)", 3),
    (r"\exp(x) - e^x + 1", [1, 1, 1]),
    (r"\mathrm{e}^{a}", math.exp(2)),
    (r"\pi", math.pi),
    (r"\sin(\pi/6) + \cos 0 + \tan 0", 1.5),
    (r"\arcsin 1 + \arctan 1", math.pi * 3 / 4),
    (r"\tanh x", np.tanh(X)),
    (r"\operatorname{sign}(x)", np.sign(X)),
    (r"\operatorname{sgn} x", np.sign(X)),
    (r"\mathrm{sign}(x)", np.sign(X)),
    (r"\operatorname{clip}(x, -1, 1)", np.clip(X, -1, 1)),
    (r"\operatorname{ReLU}(x)", np.maximum(X, 0)),
    (r"\operatorname{sigmoid}(x)", 1 / (1 + np.exp(-X))),
    (r"\operatorname{softmax}(x)", SOFT),
    (r"\operatorname{mean}(W)", W.mean()),
    (r"\operatorname{tr}(S)", 6),
    (r"\operatorname*{max}(a, b)", 3),
    (r"\max\{a, b\} + \min\left\{a, b\right\}", 5),
    (r"\max(x)", 2),
    (r"\lfloor 2.5 \rfloor + \lceil 2.5 \rceil", 5),
    (r"\left\lfloor x / 2 \right\rfloor", np.floor(X / 2)),
    (r"\mid x \mid", abs(X)),
    (r"t \bmod 2", 1),
    (r"1 + ((-t) \bmod 2)", 2),
    (r"\infty", math.inf),
    (r"-\infty", -math.inf),
    # Norms.
    (r"\lVert x \rVert", 3),
    (r"\|x\|_2^2", 9),
    (r"\|x\|^2_2", 9),
    (r"\left\| x \right\|_1", 5),
    (r"\Vert x \Vert_\infty", 2),
    (r"\frac{x}{\|x\|}", X / 3),
    (r"\lVert W \rVert_F", np.linalg.norm(W)),
    # Products.
    (r"x \odot y", X * Y),
    (r"x \circ y", X * Y),
    ("x y", X * Y),
    ("W x", W @ X),
    (r"x^\top y", X @ Y),
    (r"x^{\top} x y", X @ X * Y),
    (r"x y^\top", np.outer(X, Y)),
    (r"W^\top W", W.T @ W),
    (r"W W^\top", W @ W.T),
    ("S @ S", S @ S),
    (r"S \odot S", S * S),
    (r"S @ z_t", S @ ENV["z_t"]),
    (r"z_t^\top S z_t", ENV["z_t"] @ S @ ENV["z_t"]),
    ("2 S", 2 * S),
    (r"a \cdot S", 2 * S),
    ("S^2", S * S),
    (r"\frac{S}{S}", S / S),
    (r"\sqrt{W}", np.sqrt(W)),
    ("x^T", X**2),
    # Sums.
    (r"\sum_i x_i", 1),
    (r"\sum_i x_i y_i + 1", X @ Y + 1),
    (r"\sum_{i=1}^{n} x_i^2", 9),
    (r"\sum_{i=2}^{n} x_{i-1}", -1),
    (r"\sum_{i,j} W_{ij}", W.sum()),
    (r"\sum_i \sum_j W_{i,j} x_j", (W @ X).sum()),
    (r"\sum_i z_{t,i}", 10),
    (r"\sum_j W_{1,j} - \sum_{i} W_{i2}", -1),
    (r"\prod_i x_i", -4),
    (r"\prod_{i=1}^{n} i", 6),
    (r"\max_i x_i - \min_{i} x_i", 4),
    (r"\sum_{k \in x} k^2", 9),
    (r"\sum_{i=0}^{t-1} \beta^i g_{t-i}", 3 + 1 + 0.25),
    (r"\sum_{i=1}^{t} \beta^{t-i} g_i", 3 + 1 + 0.25),
    (r"\sum_{t=1}^{n} g_t", 6),
    (r"\frac{1}{n} \sum\limits_{i=1}^n x_i", 1 / 3),
    # Cases.
    (r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}", np.maximum(X, 0)),
    (r"\begin{cases} a & \text{if } 0 < a \le 2, \\ b & \text{else.} \end{cases}", 2),
    (r"\begin{cases} 1 & a > 5 \text{ or not } b < 1 \\ 2 & \text{otherwise} \end{cases}", 1),
    (r"2 \begin{cases} -x, & x < 0 \\ x & x \ge 0 \end{cases} + 1", 2 * abs(X) + 1),
    # Looks.
    (r"x_t'", 7),
    (r"x'_{t}", 7),
    (r"x^{\prime}_t", 7),
    (r"\underbrace{a}_{\text{why}} b", 6),
    (r"\boxed{a}", 2),
    (r"a.", 2),
]


@pytest.mark.parametrize(("tex", "expected"), RIGHT, ids=[tex for tex, _ in RIGHT])
def test_a_formula_has_the_value_that_a_reader_gives_it(tex, expected):
    found = value(tex)
    assert shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["exp", "sinh", "cosh", "sin", "log", "floor", "arcsin"])
@pytest.mark.parametrize("x", [-math.inf, -1e300, -2.0, 0.0, 1e300, math.inf, math.nan])
def test_a_function_never_raises_and_is_what_numpy_says(name, x):
    command = rf"\{name}" if name != "floor" else r"\operatorname{floor}"
    with np.errstate(all="ignore"):
        expected = float(getattr(np, name)(x))
    # Far from 0, the last bits of a sine are the library's own.
    assert value(rf"{command}(x)", {"x": x}) == pytest.approx(expected, rel=1e-12, nan_ok=True)


# What has two readings, or no value, by name, with its place and a hint.
REFUSALS = [
    (r"\log a b", 7, "how much of it is in log? Use brackets"),
    (r"\log a / b", 7, "how much of it is in log?"),
    (r"\log^2 a", 4, r"log^2 has two readings, write (log x)^2"),
    (r"\exp -a", 5, "( expected"),
    (r"x^T", 2, r"a power, or a transpose? Write x^\top"),
    (r"x^{\mathsf T}", 2, r"a power, or a transpose? Write x^\top"),
    (r"x^{(k)}", 2, "a power, or an index?"),
    (r"x^*", 2, "not a power"),
    (r"x^\circ", 2, "not a power"),
    (r"||x||", 1, r"two bars in a row, write \lVert for a norm or \left| for a value"),
    (r"a \mid b", 2, "a bar between two values means 'divides', or 'given'"),
    (r"a \pm b", 2, "stands for two values"),
    (r"-a \bmod b", 9, r"\bmod beside another sign has two readings"),
    (r"2 a \bmod b", 10, r"\bmod beside another sign has two readings, use brackets"),
    (r"a \bmod b + 1", 12, r"\bmod beside another sign has two readings"),
    (r"a \bmod b \bmod 2", 16, r"\bmod beside another sign has two readings"),
    (r"1.0000000000000001", 0, "1.0000000000000001 has more digits than a number of 64 bits"),
    (r"1e-8", 0, r"a number in the notation of programs, write 2 \cdot 10^{-3}"),
    (r"\operatorname{var}(x)", 0, "var divides by n or by n - 1: write the sum"),
    (r"\operatorname{E}[x]", 0, "E has no value that could be computed"),
    (r"\operatorname{foo}(x)", 0, "foo is none of the functions that are known"),
    (r"\operatorname{clip}(x, 1)", 0, "clip has 3 arguments, not 2"),
    (r"\max x", 5, "( expected"),
    (r"\operatorname*", 14, "an argument is missing"),
    (r"\sum x_i", 5, r"an index expected, \sum_i or \sum_{i=1}^{n}"),
    (r"\sum_{i<n} x_i", 7, "= expected"),
    (r"\sum_{i}^{n} x_i", 8, r"the first value of the index expected, \sum_{i=1}^{n}"),
    (r"\sum_{i \in x} y_i", 15, "an index out of a set: does it count from 0, or from 1?"),
    (r"\begin{matrix} 1 \end{matrix}", 0, "this environment has no value"),
    (r"\begin{cases} a & \text{if } b \end{cases}", 31, "a comparison expected"),
    (r"\begin{cases} a \end{cases}", 16, "& expected"),
    (r"\lg a", 0, r"a logarithm to the base of 2 or of 10? Write \log_2 or \log_{10}"),
    *((rf"{token} a", 0, REFUSED[token]) for token in (r"\nabla", r"\dots", r"\mathbb", r"\lim")),
    *((f"a {token} b", 2, REFUSED[token]) for token in (r"\approx", r"\to", r"\in", r"\otimes")),
]


@pytest.mark.parametrize(("tex", "at", "message"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_what_has_two_readings_is_refused_by_name_with_its_place(tex, at, message):
    with pytest.raises(CannotParse) as caught:
        parse(tex, {"x", "y", "a", "b"})
    assert str(caught.value).startswith(f"offset {at}: {message}"), caught.value


# What only the values can tell.
NO_VALUES = [
    (
        "1 + W W",
        4,
        r"a capital letter is a matrix, and no product of matrices fits: write x \odot y",
    ),
    (r"1 + S S", 4, "the product of two matrices of the shape (2, 2) has two meanings"),
    (r"x \cdot y", 0, r"\cdot between arrays has several meanings: write \odot, or x^\top y"),
    (r"x \times y", 0, r"\times between arrays has several meanings"),
    ("x + z_t", 0, "the shapes (2,) and (3,) do not match"),
    ("x W", 0, "the shapes (2, 3) and (3,) do not match"),
    ("S @ x", 0, "there is no product of matrices of the shapes (2, 2) and (3,)"),
    (r"\lVert W \rVert", 0, r"the norm of a matrix has several meanings: write \lVert A \rVert_F"),
    (r"\lVert W \rVert_2", 0, "the norm of a matrix has several meanings"),
    (r"\lVert x \rVert_3", 0, "known are the norms"),
    (r"\operatorname{tr}(W)", 0, "a trace is that of a square matrix, not of the shape (2, 3)"),
    (r"\operatorname{softmax}(W)", 0, "softmax is that of a vector"),
    (r"\sum_i 2", 0, "the index i has no bounds, and goes over no array"),
    (r"\sum_i x_i z_{t,i}", 0, "the index i has no bounds, and goes over several lengths, [2, 3]"),
    (r"\sum_{i=0}^{n} x_i", 15, "there is no element 0 of 3"),
    (r"\sum_{i=1}^{n+1} x_i", 17, "there is no element 4 of 3"),
    (r"\sum_i W_i", 7, "1 indices for an array of the shape (2, 3)"),
    (r"\max_{i \in x} i + \max_{i=2}^{1} i", 19, "there is no max of nothing"),
    (r"\begin{cases} 1 & x > 0 \\ 2 & x > 1 \end{cases}", 0, "none of the cases holds"),
    (r"\begin{cases} 1 & a > 0 \\ 2 & a > 1 \end{cases}", 0, "two cases hold, and have different"),
    (r"\sum_{i=1}^{10^9} i", 0, "1,000,000,000 terms are too many to compute"),
    (r"a_{b}", 0, "nothing gives a_b a value"),
    (
        r"\begin{cases} a & \texttt{fast} \\ b & \text{else} \end{cases}",
        18,
        r"nothing gives \texttt",
    ),
]


@pytest.mark.parametrize(("tex", "at", "message"), NO_VALUES, ids=[row[0] for row in NO_VALUES])
def test_what_has_no_value_is_told_with_its_place(tex, at, message):
    with pytest.raises(FormulaError) as caught:
        value(tex)
    assert str(caught.value).startswith(f"offset {at}: {message}"), caught.value


def test_what_an_index_means_is_for_the_table_to_say():
    step, element = {"g_1": 1.0, "g_2": 2.0, "g_t": 9.0}, {"g": (3.0, 4.0)}
    tex = r"\sum_{i=1}^{2} g_i"
    assert value(tex, step, {"g_t"}) == 3
    assert value(tex, element, {"g"}) == 7
    # Symbols outside the table are a family.
    assert value(tex, step, set()) == 3
    with pytest.raises(
        CannotParse, match="an element of g, or g_t at that step. The table has both"
    ):
        parse(tex, {"g", "g_t"})
    # A symbol of its own, which the code has as an array.
    assert value(tex, {"g_i": (3.0, 4.0)}, {"g_i"}) == 7


def test_a_constant_that_the_table_has_is_a_symbol():
    assert value(r"\pi e^2", {r"\pi": 2.0, "e": 3.0}, {r"\pi", "e"}) == 18
    # Without a power, `e` is a symbol in any case.
    with pytest.raises(Unbound):
        value("e", {}, set())


def test_an_inner_index_hides_an_outer_one_and_a_symbol():
    assert value(r"\sum_{i=1}^{2} \left( \sum_{i=1}^{3} i + i \right)", {"i": 100.0}) == 15
    assert tree.names(parse(r"i + \sum_{i=1}^{n} i x_i", {"x"})) == {"i", "n", "x"}


def test_products_of_numbers_are_the_same_however_they_are_written():
    trees = {parse(tex, ()) for tex in ("a b", r"a \cdot b", r"a \times b", "a * b", "(a)(b)")}
    assert len(trees) == 1
    assert parse(r"a \odot b", ()) not in trees


def test_values_keep_their_shape():
    assert plain(W) == ((1.0, 2.0, 3.0), (4.0, 5.0, 7.0))
    assert plain([[True], [2]]) == ((1.0,), (2.0,)) and plain(np.float32(2)) == 2.0
    assert plain(10**400) == math.inf and plain(-(10**400)) == -math.inf
    for wrong in ("text", None, [[1], [2, 3]], [[1], 2], {"a": 1}, 1j, [object()]):
        with pytest.raises(TypeError):
            plain(wrong)


def test_numbers_of_another_kind_bring_an_arithmetic_of_their_own():
    # Whole numbers modulo a prime: a formula has a value in any field.
    prime = 10007
    field = arithmetic.Arithmetic(
        number=lambda x: int(x) % prime,
        as_float=float,
        negative=lambda a: -a % prime,
        binary={
            "+": lambda a, b: (a + b) % prime,
            "-": lambda a, b: (a - b) % prime,
            "*": lambda a, b: a * b % prime,
            "/": lambda a, b: a * pow(b, -1, prime) % prime,
            "^": lambda a, b: pow(a, b, prime),
        },
        root=lambda x, degree: NotImplemented,
        functions={},
        compare={"=": int.__eq__},
    )
    env = {"a": 1234, "b": 77, "x": (3, 5), "W": ((1, 2), (3, 4), (5, 6))}
    same = [(r"\frac{a}{b} b", "a"), ("(a - b)(a + b)", "a^2 - b^2"), (r"\sum_j W_{1,j} x_j", "13")]
    for left, right in same:
        one, other = (evaluate(parse(tex, set(env)), env, field) for tex in (left, right))
        assert one == other and isinstance(one, int)
    assert evaluate(parse("W x", set(env)), env, field) == (13, 29, 45)
    assert evaluator.truth(parse("a = a", ()), env, field)


@pytest.mark.parametrize(
    "module", [arithmetic, arrays, display, evaluator, floats, symbols, tokens, tree]
)
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
