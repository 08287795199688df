"""A root has the sign that real numbers give it, or the proof is refused: never that of a draw."""

from pathlib import Path

import pytest
from test_audit import audit  # noqa: F401

from sidenotes.check.proof import roots

ROOT = r"x_{t-1} + \sqrt{"


@pytest.mark.parametrize("seed", ["0", "1", "2"])
@pytest.mark.parametrize(
    "formula, code",
    [
        # Of an input, of a product of inputs, and of a sum, each a square.
        (ROOT + "g_t^2}", "x + g"),
        (ROOT + "g_t^2}", "x - g"),
        (ROOT + "a^2 g_t^2}", "x + a * g"),
        (ROOT + "(g_t - a)^2}", "x + (g - a)"),
        (ROOT + "(g_t - a)^2}", "x - (g - a)"),
        (ROOT + r"(g_t - a)^2 g_t^2}", "x + abs(g) * (a - g)"),
        (ROOT + r"\frac{(g_t - a)^4}{(g_t + a)^2}}", "x + (g - a)**2 / (g + a)"),
        # On one way alone.
        (ROOT + "g_t^2}", "x + abs(g) if a <= 3 else x + g"),
        (ROOT + "g_t^2}", "x + abs(g) if a <= 3 else x - g"),
    ],
)
def test_a_root_without_its_sign_is_refuted(audit, formula, code, seed):  # noqa: F811
    status, output = audit(formula, code, words=["--seed", seed])
    assert status == 1 and "differs  walk" in output


@pytest.mark.parametrize(
    "formula, code",
    [
        (ROOT + "g_t^2}", "x + abs(g)"),
        (ROOT + "(g_t - a)^2}", "x + abs(a - g)"),
        (ROOT + "(g_t - a)^2 g_t^2}", "x + abs(g) * abs(a - g)"),
        (ROOT + r"(g_t - a)^2 \cdot |a|^3}", "x + abs(a - g) * abs(a)**1.5"),
        (ROOT + r"(g_t^2 + a^2)(g_t - a)^2}", "x + abs(g - a) * (g * g + a * a)**0.5"),
        (ROOT + r"(g_t^2 + 1) / (a^2 + 1)}", "x + (g * g + 1)**0.5 / (a * a + 1)**0.5"),
    ],
)
def test_a_root_with_its_sign_is_proved(audit, formula, code):  # noqa: F811
    status, output = audit(formula, code)
    assert status == 0 and "proved" in output, output


def test_a_square_below_a_root_can_be_zero(audit):  # noqa: F811
    formula = ROOT + r"g_t^2} + a\,\operatorname{relu}(\operatorname{sign}(g_t))"
    assert audit(formula, "x + (g * g)**0.5 + (a if g > 0 else 0)")[0] == 0
    assert audit(formula, "x + (g * g)**0.5 + (a if g >= 0 else 0)")[0] == 1


EXPANDED = "g_t^2 - 2 a g_t + a^2", "(g * g - 2 * a * g + a * a)**0.5"
HIDDEN = "(g_t - a)^2 g_t^2 + (g_t - a)^2", "((g - a)**2 * g**2 + (g - a)**2)**0.5"


def test_a_square_of_which_no_factor_is_seen_is_refused(audit):  # noqa: F811
    radicand, code = EXPANDED
    status, output = audit(ROOT + radicand + "}", f"x + {code}")
    assert "tested" in output and "walking.py:17: which of its signs" in output, output


def test_such_a_square_beside_another_factor_is_refused_with_the_root_of_that(audit):  # noqa: F811
    radicand, code = HIDDEN
    formula = ROOT + radicand + r"} + \sqrt{g_t^2 + 1}"
    status, output = audit(formula, f"x + {code} + (g * g + 1)**0.5")
    assert "tested" in output and "which of its signs" in output, output
    assert audit(ROOT + radicand + "}", f"x + {code}")[0] == 0


def test_the_page_says_how_many_draws_are_enough():
    page = Path(__file__).parents[2] / "docs/tool/proof.md"
    assert f"in {roots.ENOUGH} draws" in page.read_text("utf-8")


# ## The first step


def test_what_only_the_first_step_asks_has_both_answers(audit):  # noqa: F811
    formula = r"x_{t-1} - a g_t"
    begins = "fresh and g > 100"
    assert audit(formula, f"x - a * g * (2 if {begins} else 1)")[0] == 1
    assert audit(formula, f"x - a * g * (1 if {begins} else 1)")[0] == 0


def test_what_a_first_step_asks_of_another_input_has_both_answers(audit):  # noqa: F811
    other = "(g if fresh else a) > 100"
    assert audit(r"x_{t-1} - a g_t", f"x - a * g * (2 if {other} and fresh else 1)")[0] == 1
    assert audit(r"x_{t-1} - a g_t", f"x - a * g * (1 if {other} and fresh else 1)")[0] == 0


def test_what_a_formula_alone_asks_of_a_first_step_has_both_answers(audit):  # noqa: F811
    large = r"2 & \text{if } t < 2 \text{ and } g_t > 100 \\ 1 & \text{otherwise}"
    formula = rf"x_{{t-1}} - a g_t \begin{{cases}} {large} \end{{cases}}"
    for first, status in (("not fresh and", 1), ("fresh or", 0)):
        begins = f'({first} inputs["t"] + 1 < 2)'
        assert audit(formula, f"x - a * g * (2 if {begins} and g > 100 else 1)")[0] == status
