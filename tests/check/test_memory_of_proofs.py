"""One step is proved, and all steps follow: so nothing may go from step to step unseen."""

import pytest
import torch
from test_proofs import COUNT, FIRST, ROOT, SYMBOLS, TEXTS, prove

from labml_optim import Adam
from sidenotes.check import checker

# ## What a formula remembers by itself

UPDATE = r"& \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t"
START = r"m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0"


def stated(start, factor, last):
    """Adam with more: above the loop, in the update, and as the last row."""
    head, line, own = TEXTS["adam"].partition("class Adam(")
    assert START in own and UPDATE in own
    own = own.replace(START, f"{START}{start}")
    update = UPDATE.replace(r"\alpha_t\,", rf"{factor}\alpha_t\,")
    row = f" \\\\\n    & \\quad {last}" if last else ""
    text = head + line + own.replace(UPDATE, update + row)
    return checker.prove({ROOT / "labml_optim/adam.py": text}, [FIRST["Adam"]], SYMBOLS)


@pytest.mark.parametrize(
    "start, factor, last",
    [
        ("", "", r"\alpha \leftarrow \alpha / 2"),
        ("", "", r"t \leftarrow 2t"),
        (r", \quad \mu \leftarrow 1", r"\mu\,", r"\mu \leftarrow 0"),
        (r", \quad u_0 \leftarrow 1", r"u_{t-1}\,", r"u_t \leftarrow 0"),
    ],
)
def test_what_a_formula_alone_remembers_is_a_problem(start, factor, last):
    found = stated(start, factor, last)
    (problem,) = {problem.text.partition("\n")[0] for problem in found.problems}
    assert "is not what the next step reads" in problem and not found.names


def test_what_a_formula_keeps_as_it_is_is_none():
    found = stated(r", \quad u_0 \leftarrow 1", r"u_{t-1}\,", r"u_t \leftarrow u_{t-1}")
    assert found.names and not found.problems


def test_a_formula_that_does_not_count_its_steps_is_none_of_the_code():
    head, line, own = TEXTS["adam"].partition("class Adam(")
    own = own.replace(f"    {COUNT}\n", "").replace("^t", "^{t+1}")
    text = {ROOT / "labml_optim/adam.py": head + line + own}
    assert checker.prove(text, [FIRST["Adam"]], SYMBOLS).problems


def test_what_stands_above_the_loop_is_asked_as_well():
    found = stated(r", \quad \mu \leftarrow 1 + \max(\lambda - 1000, 0)", r"\mu\,", "")
    assert found.problems and not found.names


def test_what_has_no_algorithm_is_not_proved():
    head, _, rest = TEXTS["adam"].partition("    The algorithm with all its flags:")
    text = head + '"""\n\n    ' + rest.partition('"""')[2].lstrip()
    found = checker.prove({ROOT / "labml_optim/adam.py": text}, [FIRST["Adam"]], SYMBOLS)
    assert not found.names and "adam.Adam" in found.refused[FIRST["Adam"].name]


# ## What code remembers, or takes from elsewhere


def in_the_defaults(self, state, group):
    self.defaults["steps"] = self.defaults.get("steps", 0) + 1
    return group["lr"] * (2 if self.defaults["steps"] > 1 else 1)


def in_the_rule(self, state, group):
    own = vars(self.weight_decay)
    own["steps"] = own.get("steps", 0) + 1
    return group["lr"] * (2 if own["steps"] > 1 else 1)


def in_a_name(self, state, group):
    found = group["lr"] * (2 if self._zero_grad_profile_name == "seen" else 1)
    self._zero_grad_profile_name = "seen"
    return found


def in_a_tensor(self, state, group):
    found = group["lr"] * (2 if hasattr(state["exp_avg"], "seen") else 1)
    state["exp_avg"].seen = True
    return found


def in_the_gradient(self, state, group):
    (param,) = group["params"]
    param.grad = param.grad.clone()
    return group["lr"]


def by_the_rule(self, state, group):
    return group["lr"] * (2 if self.weight_decay.weight_decay > 0 else 1)


def by_the_defaults(self, state, group):
    return group["lr"] * (2 if self.defaults["eps"] > 1 else 1)


def by_default(self, state, group):
    return group["lr"] * (2 if group["fused"] is None else 1)


OWN = [in_the_defaults, in_the_rule, in_a_name, in_a_tensor, in_the_gradient]
OTHERS = [by_the_rule, by_the_defaults, by_default]


@pytest.mark.parametrize("get_lr", [*OWN, *OTHERS])
def test_what_the_next_step_would_find_elsewhere_is_a_problem(get_lr, monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", get_lr)
    found = prove()
    assert found.problems and not found.names, found.refused


def test_a_group_that_was_checked_before_is_proved(monkeypatch):
    plain = Adam.current

    def twice_when_known(self, group):
        known = id(group) in vars(self).get("_checked", {})
        found = plain(self, group)
        return {**found, "lr": 2 * found["lr"]} if known else found

    monkeypatch.setattr(Adam, "current", twice_when_known)
    assert prove().problems


def test_two_averages_that_begin_as_one_tensor_are_a_problem(monkeypatch):
    def begin(self, state, group, param):
        state["step"] = 0
        state["exp_avg"] = state["exp_avg_sq"] = torch.zeros(())

    monkeypatch.setattr(Adam, "init_state", begin)
    assert "one memory" in prove().problems[0].text
