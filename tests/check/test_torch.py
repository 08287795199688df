r"""
An algorithm is replayed against the optimizers of the torch that is installed, of which it knows
the state only, and an annotated function of our own makes the same steps. The formulas stand above
torch's own lines in test_foreign_code.py.
"""

import importlib
import sys

import pytest

from sidenotes.__main__ import main

MODULE = r'''r"""
# Adam, as torch has it

$$
\begin{align*}
& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
& \quad \text{if } \texttt{decoupled}\text{:} \\
& \qquad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad \text{else:} \\
& \qquad \tilde\theta_{t-1} \leftarrow \theta_{t-1} \\
& \qquad g_t \leftarrow g_t + \lambda\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
& \quad \bar v_t \leftarrow v_t \\
& \quad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) && \text{if } \texttt{amsgrad} \\
& \quad \theta_t \leftarrow \tilde\theta_{t-1} - \frac{\alpha}{1-\beta_1^t} \cdot
\frac{m_t}{\sqrt{\bar v_t} / \sqrt{1-\beta_2^t} + \epsilon}
\end{align*}
$$
"""

import torch


@torch.no_grad()
def adam(params, states, lr, betas, eps, weight_decay, amsgrad, maximize, decoupled):
    beta1, beta2 = betas
    for param, state in zip(params, states):
        grad, exp_avg, exp_avg_sq = param.grad, state["exp_avg"], state["exp_avg_sq"]
        # $$t \leftarrow t + 1$$
        state["step"] += 1
        if maximize:
            # $$g_t \leftarrow -g_t$$
            grad = -grad
        if decoupled:
            # $$\tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1}$$
            param.mul_(1 - lr * weight_decay)
        else:
            # $$g_t \leftarrow g_t + \lambda\,\theta_{t-1}$$
            grad = grad.add(param, alpha=weight_decay)
        # $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
        exp_avg.lerp_(grad, 1 - beta1)
        # $$v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2$$
        exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        # $$b_{1,t} \leftarrow 1 - \beta_1^t$$
        bias_correction1 = 1 - beta1 ** state["step"]
        # $$b_{2,t} \leftarrow 1 - \beta_2^t$$
        bias_correction2 = 1 - beta2 ** state["step"]
        square = exp_avg_sq
        if amsgrad:
            square = state["max_exp_avg_sq"]
            # $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$
            torch.maximum(square, exp_avg_sq, out=square)
        # $$d_t \leftarrow \frac{\sqrt{\bar v_t}}{\sqrt{b_{2,t}}} + \epsilon$$
        denom = (square.sqrt() / bias_correction2**0.5).add_(eps)
        # $$\alpha_t \leftarrow \frac{\alpha}{b_{1,t}}$$
        step_size = lr / bias_correction1
        # $$\theta_t \leftarrow \theta - \alpha_t\,\frac{m_t}{d_t}$$
        param.addcdiv_(exp_avg, denom, value=-step_size)
'''

SYMBOLS = r"""
- {symbol: 't', meaning: steps so far, names: [step]}
- {symbol: '\theta_t', meaning: parameter, names: [param]}
- {symbol: '\theta', meaning: parameter at this moment, names: [param]}
- {symbol: '\tilde\theta_{t-1}', meaning: decayed parameter, names: [param]}
- {symbol: 'g_t', meaning: gradient, names: [grad]}
- {symbol: 'm_t', meaning: mean, names: [exp_avg]}
- {symbol: 'v_t', meaning: square, names: [exp_avg_sq]}
- {symbol: '\bar v_t', meaning: the largest square, names: [square]}
- {symbol: 'b_{1,t}', meaning: what the mean lacks, names: [bias_correction1]}
- {symbol: 'b_{2,t}', meaning: what the square lacks, names: [bias_correction2]}
- {symbol: 'd_t', meaning: denominator, names: [denom]}
- {symbol: '\alpha_t', meaning: step size, names: [step_size]}
- {symbol: '\alpha', meaning: rate}
- {symbol: '\lambda', meaning: decay}
- {symbol: '\beta_1', meaning: memory of the mean}
- {symbol: '\beta_2', meaning: memory of the square}
- {symbol: '\epsilon', meaning: a small number}
"""

RUNS = r'''
import random
from itertools import product

import torch
from sidenotes.equations.runs import Item, Run, Started
from single_tensor import adam

SIZES = (3, 2)
VALUES = {"lr": 0.3, "betas": (0.8, 0.9), "eps": 0.2, "weight_decay": 0.15}
NAMES = {"m_t": "exp_avg", "v_t": "exp_avg_sq", r"\bar v_t": "max_exp_avg_sq"}


class Ours:
    """The function, and the state that it needs."""

    def __init__(self, params, **values):
        self.params, self.values, self.state = params, values, {}
        for param in params:
            keys = list(NAMES.values())[: 3 if values["amsgrad"] else 2]
            self.state[param] = {"step": 0, **{key: torch.zeros_like(param) for key in keys}}

    def step(self):
        adam(self.params, [self.state[param] for param in self.params], **self.values)


def ours(params, flags):
    return Ours(params, **VALUES, **flags)


def torchs(params, flags):
    """The class that is installed, and no copy of it."""
    flags = dict(flags)
    kind = torch.optim.AdamW if flags.pop("decoupled") else torch.optim.Adam
    return kind(params, **VALUES, **flags, foreach=False)


def runs(device):
    draw = random.Random(0)
    given = [[tuple(draw.gauss(0, 1) for _ in range(n)) for n in SIZES] for _ in range(8)]
    for make, values in product([ours, torchs], product([True, False], repeat=3)):
        flags = dict(zip(["amsgrad", "maximize", "decoupled"], values))
        start = lambda make=make, flags=flags: started(make, flags, device)
        yield Run(f"{make.__name__} {flags}", make.__name__, flags, start, given, ["single_tensor"])


def started(make, flags, device):
    like = {"dtype": torch.float64, "device": device}
    params = [torch.linspace(0.5, 1.5, n, requires_grad=True, **like) for n in SIZES]
    optimizer = make(params, flags)

    def step(given):
        for param, values in zip(params, given):
            param.grad = torch.tensor(values, **like)
        optimizer.step()

    return Started([item(optimizer, param, flags) for param in params], step)


def item(optimizer, param, flags):
    names = {s: name for s, name in NAMES.items() if flags["amsgrad"] or s != r"\bar v_t"}

    def values():
        state, zero = optimizer.state.get(param, {}), torch.zeros_like(param)
        return {r"\theta_t": param, **{s: state.get(name, zero) for s, name in names.items()}}

    beta1, beta2 = VALUES["betas"]
    constants = {r"\alpha": VALUES["lr"], r"\beta_1": beta1, r"\beta_2": beta2}
    constants |= {r"\epsilon": VALUES["eps"], r"\lambda": VALUES["weight_decay"]}
    return Item(param, constants, values, start=[r"\theta_t"])
'''


NAMES = ("single_tensor", "single_tensor_runs")


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """Checks the module, in which `old` is `new`: the status of the command, and what it prints."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "single_tensor_runs.py").write_text(RUNS, encoding="utf-8")
    (tmp_path / "symbols.yml").write_text(SYMBOLS, encoding="utf-8")

    def checked(old="", new=""):
        text = MODULE.replace(old, new) if old else MODULE
        (tmp_path / "single_tensor.py").write_text(text, encoding="utf-8")
        words = ["--runs", "single_tensor_runs.py", "--symbols", "symbols.yml"]
        status = main(["check", "single_tensor.py", *words])
        return status, capsys.readouterr().out

    yield checked
    for name in NAMES:
        sys.modules.pop(name, None)


def test_the_algorithm_is_torchs_and_the_formulas_are_those_of_the_lines(project):
    status, output = project()
    assert status == 0, output
    total = next(line for line in output.split("\n") if line.startswith("total")).split()
    assert total == ["total", *"0 0 12 14 0 0 0 26 0 0 0 0".split()]
    assert "16 runs," in output


def test_the_function_makes_the_steps_of_torch(project):
    project()
    module = importlib.import_module("single_tensor_runs")
    runs = list(module.runs("cpu"))
    ours, torchs = runs[:8], runs[8:]
    for one, other in zip(ours, torchs, strict=True):
        assert (one.subject, other.subject) == ("ours", "torchs") and one.flags == other.flags
        first, second = one.start(), other.start()
        for given in one.given:
            first.step(given)
            second.step(given)
            for mine, theirs in zip(first.items, second.items, strict=True):
                found, expected = mine.values(), theirs.values()
                assert found.keys() == expected.keys()
                for symbol, value in found.items():
                    # torch counts in float32, and a power of a float may differ in the last bit.
                    assert value.tolist() == pytest.approx(expected[symbol].tolist(), rel=1e-12)


# A formula as it stands, and the slip. The first ones stand beside lines, the others are rows.
SLIPS = [
    (r"# $$m_t \leftarrow \beta_1 m_{t-1}", r"# $$m_t \leftarrow \beta_2 m_{t-1}"),
    (r"\,g_t^2$$", r"\,g_t$$"),
    (r"# $$g_t \leftarrow g_t + \lambda", r"# $$g_t \leftarrow g_t - \lambda"),
    (r"# $$b_{1,t} \leftarrow 1 - \beta_1^t", r"# $$b_{1,t} \leftarrow 1 - \beta_1^{t-1}"),
    (r"\frac{\sqrt{\bar v_t}}{\sqrt{b_{2,t}}}", r"\frac{\sqrt{\bar v_t}}{b_{2,t}}"),
    (r"\theta - \alpha_t\,\frac{m_t}{d_t}", r"\theta_{t-1} - \alpha_t\,\frac{m_t}{d_t}"),
    (r"& \quad m_t \leftarrow \beta_1 m_{t-1}", r"& \quad m_t \leftarrow \beta_2 m_{t-1}"),
    (r"& \quad v_t \leftarrow \beta_2 v_{t-1}", r"& \quad v_t \leftarrow v_{t-1}"),
    (r"\max(\bar v_{t-1}, v_t) &&", r"\max(\bar v_{t-1}, v_{t-1}) &&"),
]


@pytest.mark.parametrize(("old", "new"), SLIPS)
def test_a_slip_is_found_at_its_line(old, new, project):
    assert MODULE.count(old) == 1
    line = MODULE.count("\n", 0, MODULE.index(old)) + 1
    status, output = project(old, new)
    assert status == 1
    (found,) = [text for text in output.split("\n") if text.startswith(f"single_tensor.py:{line}:")]
    assert new.removeprefix("# $$").removeprefix(r"& \quad ").removesuffix("$$") in found


# Nothing compares what these rows say, so the first row that uses it is named.
LATER = [
    (
        r"\tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\",
        r"\tilde\theta_{t-1} \leftarrow \theta_{t-1} \\",
        r"\theta_t is ",
        "'decoupled': True",
    ),
    (r"g_t && \text{if } ", r"g_t && \text{if not } ", "m_t is ", "'maximize': True"),
]


@pytest.mark.parametrize(("old", "new", "what", "flag"), LATER)
def test_a_slip_in_an_intermediate_row_is_found_in_what_it_changes(old, new, what, flag, project):
    assert MODULE.count(old) == 1
    status, output = project(old, new)
    problem = output[output.index("\nsingle_tensor.py:") :].split("\n\n")[0]
    assert status == 1 and what in problem and flag in problem, output
