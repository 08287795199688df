"""What could decide or remember something behind the back of a proof is refused, or refuted."""

import math
from copy import deepcopy
from types import FunctionType

import pytest
import torch
from test_proofs import FIRST, FOLDED, ROOT, ROW, SYMBOLS, TEXTS, prove

from checks.engines import modules
from labml_optim import Adam, WeightDecay, adam
from sidenotes.check import checker
from sidenotes.check.proof.ground import PRIME, signed
from sidenotes.check.proof.numbers import Exact
from sidenotes.check.report import Report


def by_modulus(self, state, group):
    return group["lr"] * (2 if state["step"] % 1000 == 0 else 1)


def by_whole_part(self, state, group):
    return group["lr"] * (2 if int(group["eps"]) > 3 else 1)


def by_look_up(self, state, group):
    return group["lr"] * (2 if group["eps"] in {1.0, 2.0} else 1)


def by_tensor(self, state, group):
    return group["lr"] * (2 if torch.tensor(group["lr"]) > 30 else 1)


def by_norm(self, state, group):
    return group["lr"] * (2 if state["exp_avg"].norm() > 30 else 1)


def by_float(self, state, group):
    return group["lr"] * (2 if (30.0).__lt__(float(group["lr"])) else 1)


def by_text(self, state, group):
    return group["lr"] * (2 if str(group["lr"]).startswith("7") else 1)


def by_format(self, state, group):
    return group["lr"] * (2 if f"{state['exp_avg'].item():.0f}" == "7" else 1)


def by_part(self, state, group):
    return group["lr"] * (2 if group["lr"].real == 7 else 1)


def by_copy(self, state, group):
    return group["lr"] * (2 if deepcopy(group)["lr"] > 30 else 1)


def by_name(self, state, group):
    return group["lr"] * (2 if adam.floor(group["lr"]) == 7 else 1)


def by_infinity(self, state, group):
    return group["lr"] * (2 if state["exp_avg"].item() * math.inf < 0 else 1)


def by_complex(self, state, group):
    return group["lr"] * (2 if (group["lr"] + 0j).real > 30 else 1)


def by_torch(self, state, group):
    return group["lr"] * (2 if torch.zeros(()).add(group["lr"]) > 30 else 1)


def by_truncated(self, state, group):
    return group["lr"] * (2 if state["exp_avg"].to(torch.int64) == 7 else 1)


@pytest.fixture
def imported(monkeypatch):
    """Lets the module of Adam have a function under a name, as if it were imported."""

    def let(name, function):
        monkeypatch.setattr(adam, name, function, raising=False)
        modules.replaced.cache_clear()

    yield let
    modules.replaced.cache_clear()


NUMBERS = [by_modulus, by_whole_part, by_float, by_text, by_format, by_part, by_copy, by_name]
NUMBERS += [by_infinity, by_complex]
TENSORS = [by_tensor, by_torch, by_truncated, by_norm]


@pytest.mark.parametrize("decide", [*NUMBERS, by_look_up, *TENSORS])
def test_a_decision_that_no_question_records_is_refused(decide, monkeypatch, imported):
    monkeypatch.setattr(Adam, "get_lr", decide)
    imported("floor", math.floor)
    found = prove()
    assert found.refused and not found.names, found.problems


def in_plain_tensor(m):
    torch.zeros(()).add_(m)


def in_copy(m):
    m.to(torch.float64, copy=True).mul_(5)


@pytest.mark.parametrize("write", [in_plain_tensor, in_copy])
def test_a_number_that_would_be_written_elsewhere_is_refused(write, monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", lambda self, s, g: write(s["exp_avg"]) or g["lr"])
    found = prove()
    assert found.refused and not found.names, found.problems


def test_an_argument_that_torch_has_in_another_place_is_not_computed_with(monkeypatch):
    def update(self, group, param, m, v, step):
        param.addcdiv_(-step.size, m, v.sqrt().add_(group["eps"]))

    monkeypatch.setattr(Adam, "update", update)
    row = r"- \alpha_t\,m_t / d_t"
    assert not prove("adam", row, r"- \alpha_t\,d_t / m_t").names


def by_type(self, state, group):
    return group["lr"] * (2 if type(group["lr"]) is float else 1)


def by_integer(self, state, group):
    return group["lr"] * (2 if isinstance(state["step"], int) and state["step"] > 1 else 1)


@pytest.mark.parametrize("decide", [by_type, by_integer])
def test_a_number_is_a_float_and_the_count_an_integer(decide, monkeypatch):
    inside = FunctionType(decide.__code__, vars(adam))
    monkeypatch.setattr(Adam, "get_lr", inside)
    assert prove().problems, prove().refused


def test_a_root_that_was_imported_by_its_name_is_exact(monkeypatch, imported):
    imported("rooted", math.sqrt)
    monkeypatch.setattr(Adam, "get_lr", lambda self, s, group: adam.rooted(group["lr"] ** 2))
    assert prove().names


def test_more_of_a_number_is_its_number(monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", lambda self, s, group: min(+group["lr"], 1000.0))
    assert prove().problems, prove().refused


def test_a_question_is_told_by_the_line_of_its_formula():
    row = r"m_t \leftarrow 0 && \text{if } \alpha \beta_1 > 10^{200} \alpha"
    new = f"{ROW}\n    & \\quad {row} \\\\"
    (problem,) = prove("adam", ROW, new).problems
    text = TEXTS["adam"].replace(ROW, new)
    line = text.count("\n", 0, text.rindex(row)) + 1
    assert f"adam.py:{line}: in Adam(" in problem.text


def test_what_was_compared_before_a_refusal_is_not_proved(monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", by_norm)
    path = ROOT / "labml_optim/adam.py"
    sources = {path: path.read_text("utf-8")}
    found = checker.check(sources, [], SYMBOLS, proofs=[FIRST["Adam"]])
    assert found.proved.refused
    assert not any(result.proved for result in Report(found, {}).every)
    monkeypatch.undo()
    found = checker.check(sources, [], SYMBOLS, proofs=[FIRST["Adam"]])
    assert any(result.proved for result in Report(found, {}).every)


def counts_twice(self, state, group):
    state["step"] = state["step"] + 1
    return group["lr"]


def keeps_more(self, state, group):
    state["seen"] = True
    return group["lr"]


def keeps_by_itself(self, state, group):
    self.seen = True
    return group["lr"]


def sets_the_group(self, state, group):
    group["eps"] = group["eps"] * 1
    return group["lr"]


def shares_memory(self, state, group):
    state["exp_avg"].detach().mul_(5)
    return group["lr"]


def zero_for_one_factor(self, state, group):
    if group["eps"] * group["weight_decay"] == 0 and group["weight_decay"] == 0:
        return 0 * group["lr"]
    return group["lr"]


CHANGES = [counts_twice, keeps_more, keeps_by_itself, sets_the_group, shares_memory]


@pytest.mark.parametrize("change", [*CHANGES, zero_for_one_factor])
def test_what_the_next_step_would_find_otherwise_is_a_problem(change, monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", change)
    found = prove()
    assert found.problems and not found.names, found.refused


def test_a_product_that_is_zero_is_looked_at_for_each_of_its_factors(monkeypatch):
    plain = WeightDecay.__call__

    def wrong_where_the_parameter_is_zero(self, param, grad, group):
        grad = plain(self, param, grad, group)
        return 0 * grad if grad * param == 0 else grad

    monkeypatch.setattr(WeightDecay, "__call__", wrong_where_the_parameter_is_zero)
    assert prove().problems


def a_sum(grad, param, group):
    return param * (group["lr"] - group["eps"]) == 0


def a_difference(grad, param, group):
    return grad * grad == 9 * grad


@pytest.mark.parametrize("is_zero", [a_sum, a_difference])
def test_what_is_zero_for_no_input_alone_is_a_problem(is_zero, monkeypatch):
    plain = WeightDecay.__call__

    def wrong_where_a_sum_is_zero(self, param, grad, group):
        grad = plain(self, param, grad, group)
        # Right where an input is zero.
        return grad * (1 + grad * param) if is_zero(grad, param, group) else grad

    monkeypatch.setattr(WeightDecay, "__call__", wrong_where_a_sum_is_zero)
    assert "a sum may be zero" in prove().problems[0].text


def test_a_factor_that_cannot_be_zero_for_want_of_a_root_is_a_problem(monkeypatch):
    part = next(x for x in (0.3, 0.7, 0.35, 0.65, 0.55, 0.15) if not signed(1 - x, PRIME))
    plain = WeightDecay.__call__

    def wrong_where_epsilon_is_zero(self, param, grad, group):
        grad, one = plain(self, param, grad, group), Exact.constant(param.number.ground, 1.0)
        if group["eps"] * grad != 0:
            return grad
        return 2 * grad + 0 * (group["eps"] + (one - part)) ** 0.5

    monkeypatch.setattr(WeightDecay, "__call__", wrong_where_epsilon_is_zero)
    assert "no roots with" in prove().problems[0].text


def test_two_numbers_of_which_one_is_the_larger_can_be_equal(monkeypatch):
    plain = Adam.get_mv

    def wrong_where_they_are_equal(self, state, group, grad):
        x, y = group["betas"][0], group["eps"]
        torch.maximum(state["exp_avg"] * 0 + x, state["exp_avg"] * 0 + y)
        return plain(self, state, group, 2 * grad if x >= y and y >= x else grad)

    monkeypatch.setattr(Adam, "get_mv", wrong_where_they_are_equal)
    assert prove().problems


def test_what_a_first_step_begins_with_may_not_depend_on_a_number(monkeypatch):
    plain = Adam.init_state

    def begin(self, state, group, param):
        plain(self, state, group, param)
        if group["lr"] > 30:
            state["exp_avg"].add_(1)

    monkeypatch.setattr(Adam, "init_state", begin)
    assert "depends on a number" in prove().problems[0].text


def test_a_question_of_a_first_step_without_an_other_answer_is_told(monkeypatch):
    def is_asked_once(self, state, group):
        first = type(state["step"]) is int
        return group["lr"] * (2 if first and group["lr"] * group["eps"] < -1 else 1)

    monkeypatch.setattr(Adam, "get_lr", is_asked_once)
    assert "this is true at the first step" in prove().problems[0].text


FORMULAS = {
    "a constant that is no square": r"\frac{\alpha\,\sqrt{0.7 \cdot 0.7}}{0.7}\,",
    "a power of what is negative": r"\alpha\,\frac{(-2)^{2t}}{4^t}\,",
    "a sum as long as t": r"\alpha\,\left(\sum_{i=t}^{t} 1\right)\,",
}


@pytest.mark.parametrize("why", FORMULAS)
def test_what_has_no_exact_value_in_a_formula_is_refused(why):
    found = prove("adam", FOLDED, FOLDED.replace(r"\alpha\,", FORMULAS[why]))
    assert found.refused and not found.names, found.problems


def test_a_formula_that_cannot_be_read_is_a_problem():
    found = prove("adam", FOLDED, FOLDED.replace(r"\alpha\,", r"\alpha / 0.7\,"))
    assert "cannot be read" in found.problems[0].text
