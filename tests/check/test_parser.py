"""Formulas are read as a reader reads them, or refused with the place that was not understood."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidenotes.check.formula.functions import REFUSED
from sidenotes.check.formula.parser import parse
from sidenotes.check.formula.tokens import CannotParse, FormulaError
from sidenotes.check.formula.tree import (
    Assign,
    Binary,
    Call,
    Compare,
    Minus,
    Name,
    Number,
    Root,
    names,
)
from sidenotes.check.values.evaluator import Unbound, evaluate, truth
from sidenotes.languages.python.notes import parse as sections
from sidenotes.math.formulas import replace
from sidenotes.math.symbols import key, load

ROOT = Path(__file__).parents[2]
TABLE = {symbol.tex for symbol in load(ROOT / "tools/checks/symbols.yml")}
ENV = {
    "t": 3,
    "x": 2.0,
    "y": 5.0,
    "m_t": 0.5,
    "m_{t-1}": 7.0,
    r"\hat m_t": 11.0,
    "g_t": (1.0, -2.0),
    r"\beta_1": 0.9,
    r"\beta_2": 0.5,
    r"\alpha": 4.0,
    r"\rho_\infty": 19.0,
    r"\Delta\theta": 13.0,
    "m'": 17.0,
    "a_1": 3.0,
    "a_2": 50.0,
}


# ## Values


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        ("2", 2),
        ("0.25", 0.25),
        ("10", 10),
        # Products without a sign.
        (r"2t\beta_2^t", 2 * 3 * 0.5**3),
        (r"\beta_1 m_{t-1}", 0.9 * 7),
        (r"(1-\beta_1)\,m_t", 0.1 * 0.5),
        (r"(x)(y)", 10),
        (r"x(y+1)", 12),
        (r"x\sqrt{4}y", 20),
        (r"2\frac12x", 2),
        (r"x \max(1, y) |-3|", 30),
        ("x|t|y", 30),
        ("|x||t|", 6),
        # Strength of the signs.
        ("1 + 2 * t", 7),
        ("1 - 2 - 3", -4),
        ("1 + x y", 11),
        ("12/3/2", 2),
        (r"12/3 \cdot 2", 8),
        (r"x \cdot 12/3", 8),
        ("x y/5", 2),
        ("x^2 y", 20),
        ("2 x^2", 8),
        ("-x^2", -4),
        ("(-x)^2", 4),
        ("-x y + 1", -9),
        ("-x - -y", 3),
        (r"x \cdot -y", -10),
        ("x^{2+1}", 8),
        ("x^{-t}", 0.125),
        ("x^{y^2}", 2**25),
        (r"x \times y", 10),
        # Commands.
        (r"\frac{x}{y}", 0.4),
        (r"\dfrac xy", 0.4),
        (r"\tfrac{x+1}{y-1}^2", 0.5625),
        (r"\sqrt{x^2+5}", 3),
        (r"\sqrt 4", 2),
        (r"\sqrt[3]{-8}", -2),
        (r"\sqrt[10]{1024}", 2),
        (r"\max(x, y, 3)", 5),
        (r"\min(x, y)^2", 4),
        (r"\max\left(x, y\right)", 5),
        ("|x - y|", 3),
        (r"\left|x - |y|\right|", 3),
        (r"\lvert x - y \rvert x", 6),
        (r"\big|-x\big| \bigl|-t\bigr|", 6),
        ("|(x|t|)|", 6),
        # Sums.
        (r"\sum_{i=1}^{t} i", 6),
        (r"\sum_{i=1}^t i^2 x + 1", 29),
        (r"2 \sum_{i=1}^{t} i \cdot \frac{x}{2} - 1", 11),
        (r"\sum_{i=t}^{2} x", 0),
        (r"\sum_{i=0}^{t-1} \sum_{j=0}^{i} j", 4),
        (r"\sum_{i=1}^{2} \sum_{i=i}^{i+1} i", 8),
        (r"\sum_{i=1}^{2} i a_i", 103),
        (r"\sum_{i=1}^{t-1} \beta_2^{t-i} g_{t}", (0.75, -1.5)),
        # Looks.
        (r"\left(x + y\right)^2", 49),
        (r"\bigl[x + y\bigr]", 7),
        (r"\Bigg(x\Bigg)", 2),
        (r"\textcolor{eps}{x} + \textcolor{eps}{{y}}", 7),
        (r"\textcolor{new}{x\,+} y", 7),
        (r"{x}\,y\;\cdot 2^{{3}}", 80),
        (r"{}x{} + {}y", 7),
        (r"x~\! y \quad - \quad 1", 9),
        (r"\displaystyle x \nonumber", 2),
        # Symbols.
        ("m_t", 0.5),
        ("m_{t}", 0.5),
        ("{m}_t", 0.5),
        ("m _ t", 0.5),
        ("m_t^2", 0.25),
        ("m_t x", 1),
        (r"\hat{m}_{t}", 11),
        (r"\hat m_t m_t", 5.5),
        (r"\beta_1^t", 0.9**3),
        (r"\beta_{1}^{t}", 0.9**3),
        (r"{\beta_1}^t", 0.9**3),
        (r"\rho_\infty-4", 15),
        (r"x\Delta\theta^2", 338),
        (r"\Delta{\theta}", 13),
        ("m'", 17),
        ("m'm_t", 8.5),
        # Element by element.
        ("g_t^2", (1, 4)),
        ("x g_t - 1", (1, -5)),
        (r"\max(g_t, 0)", (1, 0)),
        ("|g_t|", (1, 2)),
        (r"\frac{g_t}{-g_t}", (-1, -1)),
    ],
)
def test_a_formula_has_the_value_that_a_reader_gives_it(tex, value):
    assert evaluate(parse(tex, set(ENV)), ENV) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("1/z", -math.inf),
        ("0/0", math.nan),
        (r"\sqrt{-1}", math.nan),
        (r"\sqrt[4]{-1}", math.nan),
        (r"(-8)^{1/3}", math.nan),
        ("0^{-1}", math.inf),
        ("z^{-3}", -math.inf),
        ("10^{400}", math.inf),
        ("(-10)^{401}", -math.inf),
        ("10^{200} a", math.inf),
        (r"\max(n, 1)", math.nan),
        (r"\max(1, n)", math.nan),
        (r"\min(1, n)", math.nan),
        ("n^0", 1.0),
    ],
)
def test_arithmetic_is_that_of_tensors_and_never_raises(tex, value):
    env = {"z": -0.0, "n": math.nan, "a": 1e200}
    assert evaluate(parse(tex, env), env) == pytest.approx(value, nan_ok=True)


def test_a_symbol_without_a_value_is_named_with_its_place():
    with pytest.raises(Unbound, match=r"^offset 4: nothing gives q_t a value$") as caught:
        evaluate(parse("x + q_{t}", ENV), ENV)
    assert caught.value.key == "q_t"


@pytest.mark.parametrize("bound", ["x/4", "1/0", "0/0", "g_t"])
def test_a_sum_goes_from_one_whole_number_to_another(bound):
    with pytest.raises(FormulaError, match="a sum goes from one whole number to another, not "):
        evaluate(parse(rf"\sum_{{i=0}}^{{{bound}}} i", ENV), ENV)


def test_the_index_of_a_sum_is_no_symbol_of_the_formula():
    assert names(parse(r"\sum_{i=1}^{t} i x", ENV)) == {"t", "x"}
    with pytest.raises(Unbound, match=r"nothing gives g_3 a value"):
        evaluate(parse(r"\sum_{i=3}^{t} g_i", ENV), ENV)


def test_tuples_of_two_lengths_have_no_sum():
    with pytest.raises(ValueError, match=r"^offset 0: the shapes \(1,\) and \(2,\) do not match$"):
        evaluate(parse("a + b", ()), {"a": (1.0,), "b": (1.0, 2.0)})


# ## Assignments and comparisons


@pytest.mark.parametrize("arrow", [r"\leftarrow", r"{}\leftarrow", r"\gets", r"\quad\leftarrow"])
def test_an_assignment_has_a_target_and_a_value(arrow):
    value = Binary("+", Name("m_t"), Number(1))
    assert parse(rf"\hat{{m}}_t {arrow} m_t + 1", ()) == Assign(Name(r"\hat m_t"), value)
    assert parse(rf"\textcolor{{new}}{{\hat m_t {arrow} m_t + 1}}", ()) == Assign(
        Name(r"\hat m_t"), value
    )


@pytest.mark.parametrize(
    ("sign", "op", "answers"),
    [
        ("<", "<", (True, False, False)),
        (r"\lt", "<", (True, False, False)),
        (r"\le", "<=", (True, True, False)),
        (r"\leq", "<=", (True, True, False)),
        (">", ">", (False, False, True)),
        (r"\gt", ">", (False, False, True)),
        (r"\ge", ">=", (False, True, True)),
        (r"\geq", ">=", (False, True, True)),
        ("=", "=", (False, True, False)),
    ],
)
def test_a_comparison_holds_or_not(sign, op, answers):
    node = parse(rf"x {sign} 4 + 1", ())
    assert node == Compare(op, Name("x"), Binary("+", Number(4), Number(1)))
    assert tuple(truth(node, {"x": x}) for x in (4.0, 5, 6.0)) == answers
    assert not truth(node, {"x": math.nan})
    assert truth(node, {"x": (5.0, 5.0)}) == answers[1]


def test_a_comparison_of_elements_that_do_not_agree_has_no_answer():
    with pytest.raises(ValueError, match="^offset 1: holds for some elements and not for others$"):
        truth(parse(r" x < 5", ()), {"x": (4.0, 6.0)})


# ## Symbols


@pytest.mark.parametrize(
    ("tex", "known", "found"),
    [
        ("m_t v_{t - 1}", (), {"m_t", "v_{t-1}"}),
        (r"\alpha\lambda", (), {r"\alpha", r"\lambda"}),
        # The longest one in the table.
        (r"\Delta\theta", (), {r"\Delta", r"\theta"}),
        (r"\Delta\theta", {r"\Delta\theta"}, {r"\Delta\theta"}),
        (r"\Delta\theta_t", {r"\Delta\theta"}, {r"\Delta", r"\theta_t"}),
        ("xyz", {"xy", "xyz", "yz"}, {"xyz"}),
        ("x^*", {"x^*"}, {"x^*"}),
        (r"\nabla_t + 1", {r"\nabla_t"}, {r"\nabla_t"}),
        # A subscript belongs to its letter, whatever the table has.
        ("m_t", {"m"}, {"m_t"}),
        ("m' m", {"m"}, {"m'", "m"}),
        ("m_t^2", {"m_t"}, {"m_t"}),
        (r"\hat{m_t}", {r"\hat m_t"}, {r"\hat{m_t}"}),
        (r"\mathbf x_{i,t}", (), {r"\mathbf x_{i,t}"}),
        (r"y_1 \leftarrow \max(y_0, |z|) + \sqrt{-w}", (), {"y_1", "y_0", "z", "w"}),
    ],
)
def test_symbols_are_spelt_and_cut_as_in_the_table(tex, known, found):
    assert names(parse(tex, known)) == found


def test_every_node_knows_its_place():
    tex = r"x \leftarrow \textcolor{new}{(a + \frac{b}{c_{t}})^{2}}\,|d| - \max(e, \sqrt{f})"
    node = parse(tex, ())
    assert tex[node.start : node.end] == tex
    product, maximum = node.value.left, node.value.right
    power = product.left
    places = [node.target, power, power.left, power.left.right.right, power.right, product.right]
    assert [tex[part.start : part.end] for part in [*places, maximum, *maximum.args]] == [
        "x",
        r"(a + \frac{b}{c_{t}})^{2}",
        r"(a + \frac{b}{c_{t}})",
        "c_{t}",
        "2",
        "|d|",
        r"\max(e, \sqrt{f})",
        "e",
        r"\sqrt{f}",
    ]


# ## What is refused

DOTS = REFUSED[r"\dots"]
WORDS = "words have no value: write them before the formula"


@pytest.mark.parametrize(
    ("tex", "position", "problem"),
    [
        ("", 0, "a symbol or number expected at the end"),
        ("x +", 3, "a symbol or number expected at the end"),
        ("x + * y", 4, "not understood: * y"),
        ("+ x", 0, "not understood: + x"),
        (r"\frac{x}{y + }", 13, "a symbol or number expected: }"),
        (r"\frac{x}", 8, "an argument is missing at the end"),
        (r"\sqrt", 5, "an argument is missing at the end"),
        (r"\sqrt[x]{y}", 6, "not understood: x]{y}"),
        (r"\sqrt[1.5]{y}", 6, "a whole number expected: 1.5]{y}"),
        (r"\sqrt[0]{y}", 6, "a whole number expected: 0]{y}"),
        (r"\sqrt\frac12", 10, "an argument is missing: 12"),
        (r"\textcolor{new}", 0, r"an argument is missing: \textcolor{new}"),
        (r"x \left", 2, r"an argument is missing: \left"),
        ("x^", 2, "an argument is missing at the end"),
        ("x^{}", 3, "a symbol or number expected: }"),
        ("x^2^3", 3, "a second power: ^3"),
        ("{x^2}^3", 5, "a second power: ^3"),
        ("x^2_t", 3, "not understood: _t"),
        ("(x", 2, ") expected at the end"),
        (r"\left(x + y", 11, ") expected at the end"),
        ("[x)", 2, "] expected: )"),
        ("x)", 1, "not understood: )"),
        ("|x", 2, "| expected at the end"),
        ("{x", 0, "this brace is never closed: {x"),
        ("x}", 1, "this brace closes nothing: }"),
        (r"\max x", 5, "( expected: x"),
        (r"\max(x, \dots, y)", 8, rf"{DOTS}: \dots, y)"),
        (r"\max(x", 6, ") expected at the end"),
        ("x, y", 1, "not understood: , y"),
        (r"2 \leftarrow x", 0, r"only a symbol can be assigned to: 2 \leftarrow x"),
        (r"x_t^2 \leftarrow x", 0, r"only a symbol can be assigned to: x_t^2 \leftarrow x"),
        (r"x \leftarrow", 12, "a symbol or number expected at the end"),
        (r"x \leftarrow y \leftarrow z", 15, r"not understood: \leftarrow z"),
        ("a = b = c", 6, "not understood: = c"),
        (r"x \quad y", 8, "not understood: y"),
        (r"(1 - x) \oint g_i", 8, r"not understood: \oint g_i"),
        (r"\sum g_i", 5, r"an index expected, \sum_i or \sum_{i=1}^{n}: g_i"),
        (r"\sum_{i<n} g_i", 7, r"= expected: <n} g_i"),
        (r"\sum_i^n g_i", 6, r"the first value of the index expected, \sum_{i=1}^{n}: ^n g_i"),
        (r"\sum_{i=1} g_i", 11, r"^ expected: g_i"),
        (r"\sum_{i=1}^t", 12, "a symbol or number expected at the end"),
        (r"x & y", 2, "not understood: & y"),
        (r"x \text{ if } y", 2, rf"{WORDS}: \text{{ if }} y"),
        (r"\theta_{t-1} - \dots", 15, rf"{DOTS}: \dots"),
        (".5", 0, "not understood: .5"),
        # What has two readings.
        ("a/b c", 4, r"a/bc has two readings, use brackets or \frac: c"),
        ("1/2(x)", 3, r"a/bc has two readings, use brackets or \frac: (x)"),
        ("x 2", 2, r"a number after a factor, use \cdot: 2"),
        (r"10\,000", 4, r"a number after a factor, use \cdot: 000"),
        ("1 000", 2, r"a number after a factor, use \cdot: 000"),
        ("x^12", 3, r"a number after a factor, use \cdot: 2"),
        (r"\frac123", 7, r"a number after a factor, use \cdot: 3"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(tex, position, problem):
    with pytest.raises(CannotParse) as caught:
        parse(tex, ())
    assert str(caught.value) == f"offset {position}: {problem}"
    assert (caught.value.position, caught.value.rest) == (position, tex[position:])


def test_a_long_rest_is_cut_in_the_message_only():
    tex = r"\dots" + " + x" * 20
    with pytest.raises(CannotParse, match=r"\}: \\dots( \+ x){8} \+…$") as caught:
        parse(tex, ())
    assert caught.value.rest == tex


# ## The formulas of the package


def formulas():
    for path in sorted((ROOT / "labml_optim").glob("*.py")):
        found = []
        for section in sections(path.read_text(encoding="utf-8"), "name"):
            replace(section.note, lambda tex, *_, found=found: found.append(tex) or "")
        yield from (pytest.param(tex, id=f"{path.stem}: {tex[:50]}") for tex in found)


CLAIMS = [
    claim
    for claim in formulas()
    if r"\leftarrow" in claim.values[0]
    and r"\begin" not in claim.values[0]
    and r"\dots" not in claim.values[0]
]


@pytest.mark.parametrize("tex", CLAIMS)
def test_every_claim_of_the_package_is_read_with_symbols_of_its_table(tex):
    node = parse(tex, TABLE)
    assert isinstance(node, Assign)
    assert re.sub(r"\s", "", tex[node.start : node.end]) in re.sub(r"\s", "", tex)


def test_the_package_makes_claims():
    assert len(CLAIMS) >= 30


# ## Any tree, written in any way, is read back


SPELLINGS = {
    "t": ["t", "{t}"],
    "m_t": ["m_t", "m_{t}", "{m}_t", "m _ t"],
    r"\hat m_{t-1}": [r"\hat m_{t-1}", r"\hat{m}_{t - 1}", r"{\hat m}_{t-1}"],
    r"\beta_1": [r"\beta_1", r"\beta_{1}", r"\textcolor{new}{\beta_1}"],
    r"\epsilon": [r"\epsilon", r"\textcolor{eps}{\epsilon}"],
}
KNOWN = {key(spelling) for spelling in SPELLINGS}

LEAVES = st.one_of(
    st.sampled_from([Name(spelling) for spelling in SPELLINGS]),
    st.integers(0, 12).map(lambda n: Number(float(n))),
    st.sampled_from([Number(0.5), Number(0.125), Number(10.25)]),
)


def above(trees):
    return st.one_of(
        st.builds(Minus, trees),
        st.builds(Binary, st.sampled_from("+-*/^"), trees, trees),
        st.builds(Root, trees, st.integers(2, 4)),
        st.builds(Call, st.just("abs"), st.tuples(trees)),
        st.builds(
            Call,
            st.sampled_from(["max", "min"]),
            # Of one array, it is the largest element.
            st.lists(trees, min_size=2, max_size=3).map(tuple),
        ),
    )


TREES = st.recursive(LEAVES, above, max_leaves=12)
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


class Writer:
    """Writes a tree as TeX, and chooses by chance wherever there is a choice."""

    def __init__(self, random):
        self.choose = random.choice

    def join(self, *parts):
        text = ""
        for part in parts:
            spaces = [" ", r"\,", r"\;", "\n ", ""]
            # `\cdot` and `x` must not make `\cdotx`.
            if re.search(r"\\[a-zA-Z]+$", text) and part[:1].isalpha():
                spaces.pop()
            text += self.choose(spaces) + part if text else part
        return text

    def atom(self, tree):
        tex, strength = self.write(tree)
        return tex if strength == ATOM else self.brackets(tex)

    def at_least(self, least, tree):
        tex, strength = self.write(tree)
        return tex if strength >= least and self.choose("yyn") == "y" else self.brackets(tex)

    def brackets(self, tex):
        opening, closing = self.choose(
            ["()", "[]", (r"\left(", r"\right)"), (r"\bigl[", r"\bigr]"), (r"\big(", r"\big)")]
        )
        return self.join(opening, tex, closing)

    def write(self, tree):
        tex, strength = getattr(self, type(tree).__name__.lower())(tree)
        if strength >= POWER and self.choose("nnnny") == "y":
            tex = self.choose(["{%s}", r"\textcolor{new}{%s}"]) % tex
        return tex, strength

    def number(self, tree):
        return f"{tree.value:g}", ATOM

    def name(self, tree):
        return self.choose(SPELLINGS[tree.key]), ATOM

    def minus(self, tree):
        # As the left factor of a product it would take the whole product along.
        return self.join("-", self.at_least(PRODUCT, tree.operand)), SUM

    def root(self, tree):
        degree = "" if tree.degree == 2 else f"[{tree.degree}]"
        return rf"\sqrt{degree}{{{self.write(tree.operand)[0]}}}", ATOM

    def call(self, tree):
        args = [self.write(arg)[0] for arg in tree.args]
        if tree.name != "abs":
            opening, closing = self.choose(["()", (r"\left(", r"\right)")])
            return self.join(rf"\{tree.name}{opening}", ", ".join(args), closing), ATOM
        opening, closing = self.choose(["||", (r"\left|", r"\right|"), (r"\lvert", r"\rvert")])
        if opening == "|" and "|" in args[0]:
            opening, closing = r"\lvert", r"\rvert"
        return self.join(opening, *args, closing), ATOM

    def binary(self, tree):
        if tree.op == "^":
            exponent = self.write(tree.right)[0]
            alone = re.fullmatch(r"[0-9a-z]", exponent) and self.choose("yn") == "y"
            return self.atom(tree.left) + "^" + (exponent if alone else f"{{{exponent}}}"), POWER
        if tree.op == "/" and self.choose("yn") == "y":
            above, below = self.write(tree.left)[0], self.write(tree.right)[0]
            return (
                rf"{self.choose([chr(92) + 'frac', chr(92) + 'dfrac'])}{{{above}}}{{{below}}}",
                ATOM,
            )
        if tree.op in "+-":
            left, right = self.at_least(SUM, tree.left), self.at_least(PRODUCT, tree.right)
            return self.join(left, tree.op, right), SUM
        left, right = self.at_least(PRODUCT, tree.left), self.at_least(POWER, tree.right)
        if tree.op == "/":
            return self.join(left, "/", right), PRODUCT
        signs = [r"\cdot", r"\times", "*"]
        # No sign: not before a number or a bar, nor after a quotient with a slash.
        first = re.sub(r"\\textcolor\{new\}|\{", "", right)[0]
        slash = re.search(r"/", left)
        if not (first.isdigit() or first == "|" or slash):
            signs.append("")
        return self.join(*filter(None, (left, self.choose(signs), right))), PRODUCT


def meaning(tree, env):
    """The same with numpy's numbers, which keep to IEEE 754."""
    match tree:
        case Number(value):
            return np.float64(value)
        case Name(spelling):
            return np.float64(env[spelling])
        case Minus(operand):
            return -meaning(operand, env)
        case Root(operand, degree):
            x = meaning(operand, env)
            if degree == 3:
                return np.copysign(abs(x) ** (1 / 3), x)
            if degree == 4:
                return np.float64(math.nan) if x < 0 else x ** (1 / 4)
            return np.sqrt(x)
        case Call("abs", (arg,)):
            return abs(meaning(arg, env))
        case Call(name, args):
            values = [meaning(arg, env) for arg in args]
            # Of 0.0 and -0.0 numpy takes either.
            pick = {"max": max, "min": min}[name]
            return np.float64(math.nan) if np.isnan(values).any() else pick(values)
        case Binary(op, left, right):
            a, b = meaning(left, env), meaning(right, env)
            return {
                "+": lambda: a + b,
                "-": lambda: a - b,
                "*": lambda: a * b,
                "/": lambda: a / b,
                "^": lambda: a**b,
            }[op]()


@given(TREES, st.randoms(use_true_random=False))
@settings(max_examples=500, deadline=None)
def test_what_is_written_is_read_back(tree, random):
    tex = Writer(random).write(tree)[0]
    assert parse(tex, KNOWN) == tree, tex


@given(TREES, st.lists(st.floats(-3, 3), min_size=len(SPELLINGS), max_size=len(SPELLINGS)))
@settings(max_examples=500, deadline=None)
def test_values_are_those_of_ieee_754(tree, numbers):
    env = dict(zip(SPELLINGS, numbers, strict=True))
    with np.errstate(all="ignore"):
        expected = float(meaning(tree, env))
    found = evaluate(tree, env)
    assert found == expected or math.isnan(found) and math.isnan(expected)
    pairs = evaluate(tree, {name: (x, x) for name, x in env.items()})
    assert repr(pairs) == repr((found, found) if names(tree) else found)
