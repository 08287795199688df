"""Code that has no formulas is proved against some that stand elsewhere, or the difference told."""

from dataclasses import replace
from importlib.metadata import version
from types import SimpleNamespace

import pytest
import torch
from torch.optim import adam

from checks.audit import torch_adams, torch_others, torch_squares
from checks.audit.__main__ import HERE, PACKAGES, PAGE, Package, main, renew
from checks.audit.transformations import evaluate
from sidenotes.__main__ import main as sidenotes
from sidenotes.check.audit.auditor import Auditor
from sidenotes.check.proof.ground import Refused

TORCH = PACKAGES[0]


@pytest.mark.parametrize("package", PACKAGES, ids=[package.name for package in PACKAGES])
def test_the_page_says_what_is_found_in_what_is_installed(package, tmp_path):
    """torch is, and in the version of the page; the others are where somebody audits them."""
    text = PAGE.read_text("utf-8")
    if package is not TORCH and f"Made with {package.name} {package.version} on" not in text:
        pytest.skip(f"{package.name} is not installed in the version of the page")
    assert f"Made with {package.name} {package.version} on" in text, "make audit"
    page = tmp_path / "audit.md"
    page.write_text(text, encoding="utf-8")
    assert main(["--page", str(page), package.name]) == 0
    assert page.read_text("utf-8") == text, "make audit"


def test_every_optimizer_of_torch_that_goes_by_the_element_is_on_the_page():
    elsewhere = {"LBFGS", "SparseAdam", "Adafactor", "Muon", "Optimizer"}
    names = {
        name
        for name, kind in vars(torch.optim).items()
        if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)
    }
    text = PAGE.read_text("utf-8")
    assert [name for name in sorted(names - elsewhere) if f"`torch.optim.{name}`" not in text] == []


def test_none_of_them_was_tested_on_floats_alone():
    text = PAGE.read_text("utf-8")
    # One configuration of one package was, and the page says which and why.
    assert "adabelief-pytorch needs it" in text and "**tested**" not in text
    assert text.count("on floats: ") == 1 and "1 on floats: __mod__" in text


def test_the_first_step_of_rprop_is_held_between_the_bounds():
    param = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    param.grad = torch.ones_like(param)
    torch.optim.Rprop([param], lr=100.0).step()
    assert param.item() == -50.0 and "`lr=100` moves by 50" in PAGE.read_text("utf-8")


def test_what_is_not_installed_keeps_its_table(monkeypatch, capsys):
    monkeypatch.setattr("checks.audit.__main__.PACKAGES", [Package("no-such-package", ())])
    before = PAGE.read_text("utf-8")
    assert main([]) == 0 and PAGE.read_text("utf-8") == before
    assert "no-such-package is not installed: its table is left" in capsys.readouterr().out


def test_a_table_that_has_not_changed_keeps_its_date(tmp_path):
    package, page = Package("pytest", ()), tmp_path / "page.md"
    page.write_text("a\n<!-- pytest -->\n<!-- /pytest -->\nb\n", encoding="utf-8")
    renew(page, package, [])
    made = page.read_text("utf-8")
    assert made.startswith("a\n") and made.endswith("b\n") and version("pytest") in made
    year = made.replace(" 20", " 19")
    page.write_text(year, encoding="utf-8")
    renew(page, package, [])
    assert page.read_text("utf-8") == year


# ## Formulas that are false

FALSE = {
    "the maximum of the corrected moment": (
        torch_adams.adam,
        r"\bar v_t \leftarrow \max(\bar v_{t-1}, v_t) \\",
        r"\bar v_t \leftarrow \max(\bar v_{t-1}, v_t / (1 - \beta_2^t)) \\",
    ),
    "epsilon under the root": (
        torch_adams.adam,
        r"\sqrt{\hat v_t} + \epsilon",
        r"\sqrt{\hat v_t + \epsilon}",
    ),
    "decay of the new parameter": (
        torch_adams.adamw,
        r"\theta_t \leftarrow \theta_t - \alpha\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)",
        r"\theta_t \leftarrow (\theta_{t-1} - \alpha\,\hat m_t / (\sqrt{\hat v_t} + \epsilon))"
        r" (1 - \alpha\lambda)",
    ),
    "rectified from 5 on": (torch_adams.radam, r"\rho_t > 5", r"\rho_t \ge 5"),
    "rectified from 4": (torch_adams.radam, r"\rho_t > 5", r"\rho_t > 4"),
    "the root of the rectification": (
        torch_adams.radam,
        r"\hat m_t r_t l_t",
        r"\hat m_t \sqrt{r_t} l_t",
    ),
    "a stray second beta": (
        torch_adams.nadam,
        r"\mu_t \leftarrow \beta_1 (",
        r"\mu_t \leftarrow \beta_2 (",
    ),
    "the momentum of the step before": (
        torch_adams.nadam,
        r"0.96^{(t+1)\,\delta}",
        r"0.96^{(t-1)\,\delta}",
    ),
    "dampening in the first step": (
        torch_others.sgd,
        r"b_t \leftarrow g_t \\",
        r"b_t \leftarrow (1 - \tau)\,g_t \\",
    ),
    "momentum from the second step on": (torch_others.sgd, "t > 1", "t > 2"),
    "the sum with the new delta": (
        torch_squares.adadelta,
        r"\sqrt{y_{t-1} + ",
        r"\sqrt{v_{t-1} + ",
    ),
    "a mean that is not squared": (
        torch_squares.rmsprop,
        r"\tilde v_t - a_t^2",
        r"\tilde v_t - a_t",
    ),
}


def audited(make, old, new):
    """The verdict about the first and the last configuration, with an edit in the formulas."""
    subject = make()
    path = HERE / f"{subject.block.partition('.')[0]}.py"
    text = path.read_text("utf-8")
    assert old in text
    few = [subject.proofs[0], subject.proofs[-1]]
    found = replace(subject, mended=(), proofs=few)
    return Auditor({path: text.replace(old, new)}).audit(found)


@pytest.mark.parametrize("name", FALSE)
def test_a_false_formula_is_refuted(name):
    found = audited(*FALSE[name])
    assert found.differs or name == "rectified from 5 on", name
    # There no numbers are found with which it is 5, and what is not known is not proved.
    assert not found.proved or found.word == "differs"


def test_a_difference_in_one_configuration_leaves_the_others_proved():
    found = audited(torch_adams.adam, r"\max(\bar v_{t-1}, v_t)", r"\bar v_{t-1} + v_t")
    assert list(found.differs) == ["torch.optim.Adam(amsgrad=True, maximize=True)"]
    assert list(found.proved) == ["torch.optim.Adam(amsgrad=False, maximize=False)"]
    assert found.word == "differs" and found.ways == 2


SLIPS = {
    "lr": lambda lr: lr * (1 + 1e-13),
    "beta1": lambda beta: beta * beta,
    "beta2": lambda beta: min(beta, 0.99),
    "eps": lambda eps: max(eps, 1e-12),
    "weight_decay": lambda decay: decay if decay < 100 else 100.0,
    "amsgrad": lambda amsgrad: False,
    "maximize": lambda maximize: not maximize,
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_the_code_of_torch_is_found(name, monkeypatch):
    original = adam._single_tensor_adam

    def slipped(*tensors, **more):
        return original(*tensors, **{**more, name: SLIPS[name](more[name])})

    monkeypatch.setattr(adam, "_single_tensor_adam", slipped)
    found = audited(torch_adams.adam, "", "")
    assert found.differs and found.word == "differs"


# ## What optax's functions are made of


def equation(name, inputs, outputs, **params):
    primitive = SimpleNamespace(name=name)
    return SimpleNamespace(primitive=primitive, invars=inputs, outvars=outputs, params=params)


def written(*equations, out):
    """What JAX would write down of a function of `x` and `y`."""
    return SimpleNamespace(constvars=[], invars=["x", "y"], eqns=equations, outvars=[out])


def test_the_operations_that_jax_writes_down_are_made():
    half = SimpleNamespace(val=0.5)
    inner = SimpleNamespace(jaxpr=written(equation("sub", ["x", "y"], ["z"]), out="z"), consts=[])
    jaxpr = written(
        equation("integer_pow", ["x"], ["a"], y=2),
        equation("jit", ["a", "y"], ["b"], jaxpr=inner),
        equation("gt", ["b", half], ["c"]),
        equation("select_n", ["c", "x", "b"], ["d"]),
        out="d",
    )
    assert evaluate(jaxpr, [], [3.0, 2.0]) == [7.0]
    assert evaluate(jaxpr, [], [1.0, 2.0]) == [1.0]


def test_an_operation_that_mixes_elements_is_refused_by_name():
    with pytest.raises(Refused, match="reduce_sum"):
        evaluate(written(equation("reduce_sum", ["x"], ["z"]), out="z"), [], [3.0, 2.0])


# ## The command, on code that is nobody's

DESCRIPTION = r'''
import math

from sidenotes.check.proof.arithmetic import sign
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain, Proof
from sidenotes.check.runs import Item, Started


def walk():
    r"""
    $$
    \begin{align*}
    & t \leftarrow 0 \\
    & \text{for each term } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad x_t \leftarrow FORMULA
    \end{align*}
    $$
    """


def start(inputs, fresh):
    box, a, g = [inputs["x_{t-1}"]], inputs["a"], inputs["g_t"]

    def step(given):
        x = box[0]
        box[0] = CODE

    already = None if fresh else inputs["t"]
    item = Item(box, {"a": a}, lambda: {"x_t": box[0]}, start=["x_t"], before=already)
    return Started([item], step)


def subjects():
    count = Domain(0.0, usual=(2, 9), whole=True)
    inputs = {"t": count, "a": Domain(), "g_t": Domain(), "x_{t-1}": Domain()}
    yield Subject("walk", "BLOCK", [Proof("walk()", "walk", {}, inputs, "g_t", start)], MORE)
'''


@pytest.fixture
def audit(tmp_path, monkeypatch, capsys):
    """Runs the command on a description: its status, and what it prints."""

    def run(formula, code, more='""', block="walking.walk", words=()):
        text = DESCRIPTION.replace("FORMULA", formula).replace("CODE", code)
        text = text.replace("MORE", more).replace("BLOCK", block)
        (tmp_path / "walking.py").write_text(text, encoding="utf-8")
        status = sidenotes(["audit", str(tmp_path / "walking.py"), *words])
        output = capsys.readouterr()
        return status, output.out + output.err

    return run


def test_what_agrees_is_proved(audit):
    status, output = audit("x_{t-1} - a g_t", "x - g * a")
    assert status == 0 and output == "proved   walk: 1 configurations, 1 ways\n"


def test_both_ways_of_a_condition_are_counted(audit):
    status, output = audit(r"x_{t-1} - a |g_t|", "x + g * a if g < 0 else x - g * a")
    assert status == 0 and "2 ways" in output


@pytest.mark.parametrize("code", ["x - g", "x - g * a if a < 1e6 else x", "x - g * (a + 1e-13)"])
def test_a_difference_that_is_not_told_fails(audit, code):
    status, output = audit("x_{t-1} - a g_t", code)
    assert status == 1 and "differs  walk" in output
    assert "walking.py:17: x_t is " in output and "not said in the description" in output


def test_the_sign_of_a_sum_is_the_same_on_both_sides(audit):
    formula = r"x_{t-1} - a \operatorname{sign}(g_t - x_{t-1})"
    assert audit(formula, "x - a * sign(g - x)")[0] == 0
    assert audit(formula, "x + a * sign(x - g)")[0] == 0
    for wrong in ("x - a * sign(x - g)", "x - a * sign(g + x)", "x - a * (g - x)", "x - a"):
        assert audit(formula, wrong)[0] == 1, wrong


def test_a_sign_of_a_product_has_three_values(audit):
    formula = r"x_{t-1} - a \operatorname{sign}(g_t x_{t-1})"
    assert audit(formula, "x - a * sign(g * x)") == (0, "proved   walk: 1 configurations, 3 ways\n")
    assert audit(formula, "x - a * sign(g) * sign(x)")[0] == 1
    zero = "x if x * g == 0 else x - a if g * x > 0 else x + a"
    assert audit(formula, zero)[0] == 0
    assert audit(formula, "x if x * g == 0 else x - a if g * x > 1 else x + a")[0] == 1


def test_it_is_proved_in_another_field(audit):
    for more in (["--prime", "2**521-1"], ["--seed", "7"]):
        assert audit("x_{t-1} - a g_t", "x - g * a", words=more)[0] == 0
        assert audit("x_{t-1} - a g_t", "x - g * (a + 1e-300)", words=more)[0] == 1


TOLD = r'"The sign.", [("- a g_t", "+ a g_t")]'


def test_a_difference_that_is_told_is_none_of_the_description(audit):
    status, output = audit("x_{t-1} - a g_t", "x + g * a", TOLD)
    assert status == 0 and "differs" in output and "The sign." in output
    assert "mended: proved, 1 ways" in output and "not said" not in output


@pytest.mark.parametrize("code, said", [("x - g * a", "is not there"), ("x * a", "x_t is")])
def test_a_difference_that_is_told_wrongly_fails(audit, code, said):
    status, output = audit("x_{t-1} - a g_t", code, TOLD)
    assert status == 1 and said in output


def test_what_has_no_exact_value_is_tested_and_said_to_be(audit):
    status, output = audit(r"x_{t-1} - \exp(g_t)", "x - math.exp(g)")
    assert status == 0 and output.startswith("tested   walk: 1 configurations, 0 ways")
    assert r"tested: walk(): \operatorname{exp} has no exact value here" in output
    assert audit(r"x_{t-1} - \exp(g_t)", "x - math.exp(g) * (1 + 1e-6)")[0] == 1


def test_code_that_raises_is_no_difference_and_fails(audit):
    status, output = audit("x_{t-1}", "missing")
    assert status == 1 and "failed   walk" in output and "NameError" in output


def test_a_row_that_nothing_comes_to_fails(audit):
    formula = r"x_{t-1} \\ & \quad x_t \leftarrow 0 && \text{if } a \ne a"
    status, output = audit(formula, "x")
    assert status == 1 and "no configuration came to this row" in output


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("x_{t-1}", "x", '""', "walking.run"), "no algorithm walking.run; known: walking.walk"),
        (("x_{t-1}", "x", '"", [("y", "z")]'), "stands 0 times in the algorithm, not once: y"),
        ((r"\frac{x_{t-1}", "x"), "cannot be read"),
    ],
)
def test_a_description_that_is_wrong_says_so(audit, arguments, said):
    status, output = audit(*arguments)
    assert status == 2 and said in output
