"""The equations of an algorithm run as what they say, row by row, or say which row cannot."""

import ast
import math
import re
from itertools import product
from pathlib import Path

import pytest

from checks.catalog import CATALOG
from sidenotes.check.algorithm.program import NeverAssigned, program
from sidenotes.check.formula.symbols import shifted
from sidenotes.check.formula.tokens import CannotParse, FormulaError
from sidenotes.check.values.evaluator import Unbound
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]


def block(*rows):
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


LOOP = r"& \text{for each gradient } g_t\text{:}"


def run(tex, gradients, flags=None, **env):
    """The values after each pass."""
    made, flags = program(tex, ()), flags or {}
    made.start(env, flags)
    for gradient in gradients:
        made.run(gradient, env, flags)
        yield dict(env)


# ## Adam

ADAM = block(
    r"& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0",
    LOOP,
    r"& \quad t \leftarrow t + 1",
    r"& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1}",
    r"& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t",
    r"& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2",
    r"& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]",
    r"& \quad \hat v_t \leftarrow \frac{v_t}{1 - \beta_2^t} \\[1em]",
    r"& \quad \theta_t \leftarrow \tilde\theta_{t-1}"
    "\n"
    r"- \alpha\,\frac{\hat m_t}{\sqrt{\hat v_t} + \textcolor{eps}{\epsilon}}",
).replace("\\\\[1em] \\\\", "\\\\[1em]")


def adam(theta, gradients, lr, beta1, beta2, eps, decay):
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        theta *= 1 - lr * decay
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        theta -= lr * m / (1 - beta1**t) / (math.sqrt(v / (1 - beta2**t)) + eps)
        yield theta, m, v


def test_the_block_of_adam_makes_the_steps_of_adam():
    numbers = {r"\alpha": 0.3, r"\beta_1": 0.87, r"\beta_2": 0.94, r"\epsilon": 0.1}
    first = [math.sin(5 * i) * 10**i for i in range(-4, 4)]
    second = [math.cos(3 * i) for i in range(8)]
    env = {r"\theta_{t-1}": (1.5, -0.5), **numbers, r"\lambda": 0.2}
    found = list(run(ADAM, zip(first, second, strict=True), **env))
    for index, gradients, theta in ((0, first, 1.5), (1, second, -0.5)):
        steps = adam(theta, gradients, *numbers.values(), 0.2)
        for env, expected in zip(found, steps, strict=True):
            here = tuple(env[name][index] for name in (r"\theta_t", "m_t", "v_t"))
            assert here == pytest.approx(expected, rel=1e-14)
    assert [env["t"] for env in found] == [1, 2, 3, 4, 5, 6, 7, 8]


def package_blocks():
    for path in sorted((ROOT / "labml_optim").glob("*.py")):
        note = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for tex in re.findall(r"\$\$(.*?)\$\$", note, re.DOTALL):
            if r"\text{for each" in tex:
                yield pytest.param(tex, id=path.stem)


@pytest.mark.parametrize("tex", list(package_blocks()))
def test_every_algorithm_of_the_package_is_a_program(tex):
    symbols = {symbol.tex for symbol in load(ROOT / "tools/checks/symbols.yml")}
    made = program(tex, symbols)
    numbers = {r"\alpha": 0.3, r"\beta_1": 0.87, r"\beta_2": 0.94, r"\lambda": 0.2}
    numbers |= {r"\epsilon": 0.1, r"\hat\epsilon": 0.1}
    numbers |= {symbol: 0.1 for row in CATALOG for symbol in row.numbers}
    for chosen in product((False, True), repeat=len(made.flags)):
        flags = dict(zip(sorted(made.flags), chosen, strict=True))
        env = {r"\theta_{t-1}": (1.0, 2.0), **numbers}
        made.start(env, flags)
        for t in range(1, 12):
            made.run((math.sin(t), 3.0 * math.cos(t)), env, flags)
            assert env["t"] == t and all(map(math.isfinite, env[r"\theta_t"]))


def test_the_package_has_algorithms():
    assert len(list(package_blocks())) >= 4


# ## Time


def test_what_a_pass_assigns_is_the_past_of_the_next():
    tex = block(r"& m_0 \leftarrow 8", LOOP, r"& \quad m_t \leftarrow m_{t-1} / 2 + g_t")
    assert [env["m_t"] for env in run(tex, [1, 0, 0])] == [5, 2.5, 1.25]
    assert [env["m_{t-1}"] for env in run(tex, [1, 0, 0])] == [5, 2.5, 1.25]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("m_t", "t", "t-1", "m_{t-1}"),
        (r"\hat m_t", "t", "t-1", r"\hat m_{t-1}"),
        (r"\hat{m_t}", "t", "t-1", r"\hat{m_{t-1}}"),
        ("x_{i,t}", "t", "t-1", "x_{i,t-1}"),
        ("m_{t-1}", "t-1", "t", "m_t"),
        (r"\bar v_0", "0", "t-1", r"\bar v_{t-1}"),
        ("m_{t-1}", "t", "t-1", "m_{t-1}"),
        ("t", "t", "t-1", "t"),
        (r"\beta_1", "t", "t-1", r"\beta_1"),
        (r"\rho_{10}", "0", "t-1", r"\rho_{10}"),
        (r"v_{\text{max}}", "t", "t-1", r"v_{\text{max}}"),
    ],
)
def test_an_index_is_moved_and_nothing_else(name, old, new, expected):
    assert shifted(name, old, new) == expected


def test_a_symbol_can_be_assigned_twice_in_a_pass():
    tex = block(
        r"& s_0 \leftarrow 0",
        LOOP,
        r"& \quad g_t \leftarrow -g_t",
        r"& \quad s_t \leftarrow s_{t-1} + g_t",
        r"& \quad s_t \leftarrow s_t + 10",
    )
    assert [env["s_t"] for env in run(tex, [1, 2])] == [9, 17]


def test_the_past_itself_can_be_changed_in_a_pass():
    tex = block(
        LOOP, r"& \quad x_{t-1} \leftarrow x_{t-1}/2", r"& \quad x_t \leftarrow x_{t-1} + g_t"
    )
    assert [env["x_t"] for env in run(tex, [1, 1], **{"x_{t-1}": 8.0})] == [5, 3.5]


def test_nothing_of_the_present_is_left_from_the_pass_before():
    tex = block(
        LOOP,
        r"& \quad \tilde x_{t-1} \leftarrow g_t && \text{if } g_t > 1",
        r"& \quad r_t \leftarrow 7 && \text{if } g_t > 1",
        r"& \quad y \leftarrow r_t && \text{if } g_t = 1",
        r"& \quad y \leftarrow \tilde x_{t-1}",
    )
    assert [env["y"] for env in run(tex, [3])] == [3]
    for last, key, row in ((1, "r_t", 4), (0, r"\tilde x_{t-1}", 5)):
        with pytest.raises(Unbound) as caught:
            list(run(tex, [3, last]))
        assert (caught.value.key, caught.value.row) == (key, row)


def test_a_state_that_a_pass_does_not_keep_is_gone():
    tex = block(LOOP, r"& \quad v_t \leftarrow v_{t-1} + g_t && \text{if } \texttt{on}")
    made, env = program(tex, ()), {"v_{t-1}": 1.0}
    made.run(2.0, env, {"on": True})
    assert env["v_{t-1}"] == 3
    made.run(2.0, env, {"on": False})
    with pytest.raises(Unbound, match=r"^row 2, offset \d+: nothing gives v_\{t-1\} a value$"):
        made.run(2.0, env, {"on": True})


def test_a_pass_that_reads_the_past_must_make_the_present():
    tex = block(
        LOOP,
        r"& \quad y \leftarrow \theta_{t-1}",
        r"& \quad \text{if } g_t > 0\text{:}",
        r"& \qquad \theta_t \leftarrow y - g_t",
    )
    made, env = program(tex, ()), {r"\theta_{t-1}": 5.0}
    made.run(1.0, env, {})
    before = dict(env)
    with pytest.raises(NeverAssigned) as caught:
        made.run(-1.0, env, {})
    assert caught.value.key == r"\theta_t"
    assert str(caught.value) == (
        f"row 2, offset {tex.index('y ')}: "
        r"\theta_{t-1} is read, but \theta_t is never assigned in this pass"
    )
    assert env == before


# ## Conditions


@pytest.mark.parametrize(
    ("condition", "meaning"),
    [
        (r"\text{if } \texttt{a}", "a"),
        (r"\text{if not } \texttt{a}", "not a"),
        (r"\text{if } \text{not } \texttt{a}", "not a"),
        (r"\text{if } \texttt{a} \text{ and } \texttt{b}", "a and b"),
        (r"\text{if } \texttt{a} \text{ or } \texttt{b}", "a or b"),
        (r"\text{if not } \texttt{a} \text{ and } \texttt{b}", "not a and b"),
        (r"\text{if } \texttt{a} \text{ and not } \texttt{b}", "a and not b"),
        (
            r"\text{if } \texttt{a} \text{ or } \texttt{b} \text{ and } \texttt{c\_d}",
            "a or b and c",
        ),
        (
            r"\text{if } \texttt{a} \text{ and } \texttt{b} \text{ or } \texttt{c\_d}",
            "a and b or c",
        ),
        (r"\text{if } \texttt{a} \text{ and } x^2 \ge 4", "a and x >= 2"),
        (r"\text{if } x \ge 2 \text{ and } \texttt{a}", "x >= 2 and a"),
        (r"\text{if not } x < 2 \text{ or } \texttt{b}", "x >= 2 or b"),
        (r"\textcolor{new}{\text{if } x > 1 \text{ and } x < 3}", "1 < x < 3"),
    ],
)
def test_a_condition_means_what_it_says(condition, meaning):
    tex = block(
        LOOP,
        rf"& \quad y \leftarrow 1, \quad z \leftarrow 1 && {condition}",
        rf"& \quad {condition}\text{{:}}",
        r"& \qquad y \leftarrow y + 10 \quad z \leftarrow 2",
        r"& \quad \text{else:}",
        r"& \qquad y \leftarrow y + 20",
    )
    for a, b, c, x in product((False, True), (False, True), (False, True), (1.0, 2.0, 3.0)):
        flags = {"a": a, "b": b, "c_d": c}
        (env,) = run(tex, [0], flags, x=x, y=0.0)
        holds = eval(meaning, {"a": a, "b": b, "c": c, "x": x})
        assert env["y"] == (11 if holds else 20)
        assert env.get("z") == (2 if holds else None)
    assert program(tex, ()).flags <= {"a", "b", "c_d"}


def test_conditions_nest():
    tex = block(
        LOOP,
        r"& \quad \text{if } \texttt{a}\text{:}",
        r"& \qquad \text{if } \texttt{b}\text{:}",
        r"& \qquad\quad y \leftarrow 1",
        r"& \qquad \text{else:}",
        r"& \qquad\quad y \leftarrow 2",
        r"& \qquad z \leftarrow 5",
        r"& \quad \text{else:}",
        r"& \qquad y \leftarrow 3",
        r"& \quad x \leftarrow 9",
    )
    for a, b, y in ((True, True, 1), (True, False, 2), (False, True, 3), (False, False, 3)):
        (env,) = run(tex, [0], {"a": a, "b": b})
        assert (env["y"], env.get("z"), env["x"]) == (y, 5 if a else None, 9)


def test_the_start_has_conditions_too():
    tex = block(r"& v_0 \leftarrow 4 && \text{if } \texttt{keep}", LOOP, r"& \quad y \leftarrow 1")
    (env,) = run(tex, [0], {"keep": True})
    assert env["v_{t-1}"] == 4
    (env,) = run(tex, [0], {"keep": False})
    assert "v_{t-1}" not in env


def test_a_second_operand_is_not_looked_at_without_need():
    tex = block(
        LOOP,
        r"& \quad y \leftarrow 1 && \text{if } \texttt{a} \text{ and } \rho_t > 1",
        r"& \quad x \leftarrow 1",
    )
    (env,) = run(tex, [0], {"a": False})
    assert "y" not in env


def test_every_row_that_ran_is_counted_by_the_flags_that_were_on():
    tex = block(
        r"& t \leftarrow 0",
        LOOP,
        r"& \quad t \leftarrow t + 1 && \text{if } \texttt{a}",
        r"& \quad \text{if } g_t > 0\text{:}",
        r"& \qquad y \leftarrow 1",
        r"& \quad \text{else:}",
        r"& \qquad y \leftarrow 2",
    )
    made = program(tex, ())
    for flags, gradients in (({"a": True}, (1.0, -1.0, 1.0)), ({"a": False}, (1.0,))):
        env = {}
        made.start(env, flags)
        for gradient in gradients:
            made.run(gradient, env, flags)
    on, off = frozenset({"a"}), frozenset()
    assert made.ran == {
        **{(1, on): 1, (3, on): 3, (4, on): 2, (5, on): 2, (6, on): 1, (7, on): 1},
        **{(1, off): 1, (4, off): 1, (5, off): 1},
    }
    assert [(row.number, row.role) for row in made.rows] == [
        *((1, "assign"), (2, "loop"), (3, "assign"), (4, "if"), (5, "assign"), (6, "else")),
        (7, "assign"),
    ]
    assert tex[made.rows[4].start :].startswith(r"y \leftarrow 1")
    assert tex[made.rows[2].start : made.rows[2].end].endswith(r"\texttt{a}")


# ## Looks


@pytest.mark.parametrize(
    "tex",
    [
        block(r"& a \leftarrow 1", LOOP, r"& \quad y \leftarrow a + g_t"),
        block(
            r"a &\leftarrow 1",
            r"\text{for } \text{each } & g_t\text{:}",
            r"\quad y &\leftarrow a + g_t",
        ),
        block(
            r"& \textcolor{new}{a \leftarrow 1}",
            LOOP,
            r"& \textcolor{new}{\quad y \leftarrow a + g_t}",
        ),
        block(r"& a \leftarrow 1,", LOOP, r"& \qquad y \leftarrow a + g_t", ""),
        block(r"&", r"& a \leftarrow 1 \quad", LOOP, r"& \quad", r"& \quad y \leftarrow a + g_t"),
        block(r"& a \leftarrow 0, a \leftarrow 1", LOOP, r"& \quad y \leftarrow \max(a, 0) + g_t"),
        "  "
        + block(r"a \leftarrow 1", LOOP, r"\quad y \leftarrow a + g_t").replace(
            "align*", "aligned"
        ),
    ],
)
def test_an_algorithm_can_be_written_in_many_ways(tex):
    (env,) = run(tex, [3.0])
    assert env["y"] == 4


# ## What is refused

STEP = r"& \quad y \leftarrow 1"


@pytest.mark.parametrize(
    ("rows", "row", "at", "problem"),
    [
        ([LOOP, r"& \quad y \leftarrow \oint x"], 2, r"\oint", r"not understood: \oint x"),
        ([r"& y", LOOP, STEP], 1, "", r"\leftarrow expected at the end"),
        ([r"& y_{t-1} \leftarrow 0", LOOP, STEP], 1, "y_{t-1}", "before the loop there is no t: y"),
        ([r"& z \leftarrow 1, y_t \leftarrow 0", LOOP], 1, "y_t", "before the loop there is no t:"),
        ([LOOP, r"& \quad y \to 1"], 2, r"\to 1", r"an arrow to the right assigns nothing"),
        ([LOOP, r"& \quad y \approx 1"], 2, r"\approx", r"what is only near is no claim"),
        ([LOOP, r"& \quad 2 \leftarrow 1"], 2, "2", "only a symbol can be assigned to: 2"),
        ([LOOP, r"& \quad y \leftarrow 1; x \leftarrow 2"], 2, ";", "not understood: ; x"),
        ([LOOP, r"& \quad x \leftarrow (1, y \leftarrow 2"], 2, ", y", ") expected: , y"),
        (
            [LOOP, r"& \quad \text{when } x > 1\text{:}"],
            2,
            r"\text{w",
            r"'when': not a word of an algorithm",
        ),
        (
            [LOOP, r"& \quad \text{if } x\text{:}", STEP],
            2,
            r"\text{:}",
            r"a comparison expected: \text{:}",
        ),
        (
            [LOOP, r"& \quad \text{if } x > 1 \quad y \leftarrow 1"],
            2,
            r"\quad y",
            r"\text{:} expected: \quad y",
        ),
        ([LOOP, r"& \quad \text{if } x > 1\text{: }y"], 2, "y", "not understood: y"),
        ([LOOP, r"& \quad \text{else if } x > 1\text{:}"], 2, "if }", r"\text{:} expected: if }"),
        ([r"& \text{for all } g_t\text{:}", STEP], 1, "all", r"\text{each} expected: all }"),
        ([r"& \text{for each } 2\text{:}", STEP], 1, "2", "not understood: 2"),
        ([LOOP, STEP + r" && \texttt{a}"], 2, r"\texttt", r"\text{if} expected: \texttt{a}"),
        ([LOOP, STEP + r" && "], 2, "", r"\text{if} expected at the end"),
        (
            [LOOP, STEP + r" && \text{by default}"],
            2,
            r"\text{by",
            r"\text{if} expected: \text{by default}",
        ),
        ([LOOP, STEP + r" && \text{if } \texttt{a} && x"], 2, "&& x", "not understood: && x"),
        ([LOOP + r" && \text{if } \texttt{a}", STEP], 1, r"\text{if", "only assignments can have"),
        # What belongs to what.
        ([r"& y \leftarrow 1"], None, "", "a loop expected"),
        ([], None, "", "a loop expected"),
        ([LOOP], None, "", "a row that belongs to row 1 expected"),
        ([LOOP, "& y \\leftarrow 1"], 2, "y", "a row that belongs to row 1 expected: y"),
        ([LOOP, STEP, "& y \\leftarrow 2"], 3, "y \\leftarrow 2", "a row after the loop: y"),
        ([LOOP, STEP, LOOP, STEP], 3, None, r"a row after the loop: \text{for each"),
        ([LOOP, r"& \quad \text{for each } h_t\text{:}", STEP], 2, None, "a row after the loop"),
        ([STEP, LOOP, STEP], 1, "y", "set in deeper than the row above it: y"),
        (
            [LOOP, STEP, r"& \qquad x \leftarrow 1"],
            3,
            "x",
            "set in deeper than the row above it: x",
        ),
        ([LOOP, r"& \quad \text{else:}", STEP], 2, None, "no condition above it that it could"),
        (
            [LOOP, r"& \quad \text{if } \texttt{a}\text{:}", r"& \quad z \leftarrow 1"],
            3,
            "z",
            "a row that belongs to row 2 expected: z",
        ),
    ],
)
def test_a_row_that_is_not_understood_is_named_with_its_place(rows, row, at, problem):
    tex = block(*rows)
    with pytest.raises(CannotParse, match=re.escape(problem)) as caught:
        program(tex, ())
    assert caught.value.row == row
    assert tex[caught.value.position :].startswith(caught.value.rest)
    assert str(caught.value).startswith("offset" if row is None else f"row {row}, offset")
    if at is not None:
        assert caught.value.rest.startswith(at)


@pytest.mark.parametrize(
    ("tex", "problem"),
    [
        ("", "a loop expected"),
        (r"y \leftarrow 1", "a loop expected"),
        (r"\begin{align*} y", "this environment is never closed"),
        (r"x \begin{align*}\end{align*}", "this environment has no value"),
        (r"\begin{tabular} x \end{tabular}", "this environment has no value"),
    ],
)
def test_what_is_no_block_is_no_program(tex, problem):
    with pytest.raises(CannotParse, match=problem):
        program(tex, ())


@pytest.mark.parametrize(
    ("row", "at", "problem"),
    [
        (r"y \leftarrow 1 + \hat q", r"\hat q", r"nothing gives \hat q a value"),
        (
            r"y \leftarrow 1 && \text{if } \texttt{b}",
            r"\texttt",
            r"nothing gives \texttt{b} a value",
        ),
        (r"y \leftarrow 1 && \text{if } q > 1", "q >", "nothing gives q a value"),
        (r"y \leftarrow 1 && \text{if } g_t > 1", "g_t > 1", "holds for some elements and not for"),
    ],
)
def test_a_row_that_cannot_run_is_named_with_its_place(row, at, problem):
    tex = block(
        LOOP, r"& \quad \text{if } 1 > 0\text{:}", r"& \qquad x \leftarrow 1", rf"& \qquad {row}"
    )
    with pytest.raises(FormulaError) as caught:
        list(run(tex, [(1.0, 2.0)], {"a": True}))
    assert str(caught.value).startswith(f"row 4, offset {tex.index(at)}: {problem}")


def test_what_a_sum_reads_of_the_past_counts_as_read():
    tex = block(LOOP, r"& \quad y \leftarrow \sum_{i=1}^{2} i\,\theta_{t-1}")
    with pytest.raises(NeverAssigned, match=r"\\theta_\{t-1\} is read, but \\theta_t is never"):
        list(run(tex, [1.0], **{r"\theta_{t-1}": 5.0}))
