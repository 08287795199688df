"""The checker on code that is not ours: torch's own Adam, with formulas above its lines."""

import importlib.util
import inspect
import sys

import pytest
from torch.optim import adam

from sidenotes.__main__ import main

# The line of torch -> the formula to stand above it.
FORMULAS = {
    "exp_avg.lerp_(grad, 1 - device_beta1)": r"m_t \leftarrow \beta_1 m_{t-1} + (1-\beta_1)\,g_t",
    "exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)": (
        r"v_t \leftarrow \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2"
    ),
    "step_size = lr / bias_correction1\n\n            bias_correction2_sqrt": (
        r"\alpha_t \leftarrow \frac{\alpha}{1-\beta_1^t}"
    ),
    "denom = (exp_avg_sq.sqrt() / bias_correction2_sqrt).add_(eps)": (
        r"d_t \leftarrow \sqrt{\frac{v_t}{1-\beta_2^t}} + \epsilon"
    ),
    "param.addcdiv_(exp_avg, denom, value=-step_size)": (
        r"\theta_t \leftarrow \theta_{t-1} - \alpha_t \frac{m_t}{d_t}"
    ),
}

SYMBOLS = r"""
- {symbol: '\theta_t', meaning: parameter, names: [param]}
- {symbol: 'g_t', meaning: gradient, names: [grad]}
- {symbol: 'm_t', meaning: mean, names: [exp_avg]}
- {symbol: 'v_t', meaning: square, names: [exp_avg_sq]}
- {symbol: 'd_t', meaning: denominator, names: [denom]}
- {symbol: '\alpha_t', meaning: step size, names: [step_size]}
- {symbol: '\alpha', meaning: rate}
- {symbol: '\beta_1', meaning: memory}
- {symbol: '\beta_2', meaning: memory of the square}
- {symbol: '\epsilon', meaning: a small number}
"""

RUNS = r"""
import random
from pathlib import Path

import torch
from annotated_adam import Adam
from sidenotes.equations.runs import Item, Run, Started

SIZES = (3, 2)


def runs(device):
    draw = random.Random(0)
    given = [[[draw.gauss(0, 1) for _ in range(n)] for n in SIZES] for _ in range(8)]
    yield Run("torch", "Adam", {}, start, given)


def start():
    params = [torch.ones(n, dtype=torch.float64, requires_grad=True) for n in SIZES]
    optimizer = Adam(params, lr=0.3, betas=(0.8, 0.9), eps=0.2, foreach=False)

    def step(given):
        for param, values in zip(params, given):
            param.grad = torch.tensor(values, dtype=torch.float64)
        optimizer.step()

    return Started([item(optimizer, param) for param in params], step)


def item(optimizer, param):
    def values():
        state, zero = optimizer.state.get(param, {}), torch.zeros_like(param)
        return {
            r"\theta_t": param,
            "m_t": state.get("exp_avg", zero),
            "v_t": state.get("exp_avg_sq", zero),
        }

    constants = {r"\alpha": 0.3, r"\beta_1": 0.8, r"\beta_2": 0.9, r"\epsilon": 0.2}
    return Item(param, constants, values)
"""


def annotated(formulas):
    """The source of `torch.optim.adam` with these formulas above their lines."""
    text = inspect.getsource(adam)
    for line, formula in formulas.items():
        # The last place is the one that runs: the others are for CUDA graphs and derivatives.
        at = text.rindex(line)
        begin = text.rindex("\n", 0, at) + 1
        text = f"{text[:begin]}{' ' * (at - begin)}# $${formula}$$\n{text[begin:]}"
    return text


@pytest.fixture
def torchs(tmp_path, monkeypatch, capsys):
    """Runs the command on torch's Adam with these formulas: its status, and what it prints."""

    def run(formulas):
        (tmp_path / "annotated_adam.py").write_text(annotated(formulas), encoding="utf-8")
        (tmp_path / "torch_runs.py").write_text(RUNS, encoding="utf-8")
        (tmp_path / "symbols.yml").write_text(SYMBOLS, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.chdir(tmp_path)
        # Its relative imports are to find torch's modules.
        spec = importlib.util.spec_from_file_location("torch.optim.annotated", "annotated_adam.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "annotated_adam", module)
        spec.loader.exec_module(module)
        words = ["--runs", "torch_runs.py", "--symbols", "symbols.yml"]
        status = main(["check", "annotated_adam.py", *words])
        return status, capsys.readouterr().out

    return run


def test_formulas_above_torchs_lines_hold(torchs):
    status, output = torchs(FORMULAS)
    assert status == 0, output
    counts = next(line for line in output.split("\n") if line.startswith("total")).split()
    assert counts == ["total", *"0 0 5 0 0 0 0 5 0 0 0 0".split()]
    assert "80 checks of claims" in output


@pytest.mark.parametrize("line", FORMULAS)
def test_a_wrong_formula_above_a_line_of_torch_is_found(line, torchs):
    wrong = FORMULAS[line] + r" + \epsilon^2"
    status, output = torchs({**FORMULAS, line: wrong})
    assert status == 1
    assert f": {wrong}\n" in output and ", not " in output
