"""Symbols that only stand beside lines, by the values that the code has under their names."""

import sys
from math import sqrt

import torch
from by_runs import TABLE, average

from labml_optim import AdaBelief, Adam, WeightDecay
from labml_optim.fused.scalars import LAYOUT, scalars
from sidenotes.check.formula.symbols import spelled
from sidenotes.math.symbols import load

NAMES = {spelled(symbol.tex): symbol.names for symbol in load(TABLE)}


class Locals:
    """What names had in the functions of a module, while an optimizer made its third step."""

    def __init__(self, kind, **flags):
        self.theta = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
        self.optimizer = kind([self.theta], fused=False, **flags)
        for gradient in GRADIENTS:
            self.theta.grad = torch.tensor([gradient], dtype=torch.float64)
            self.seen = {}
            before = sys.gettrace()
            sys.settrace(self.trace)
            self.optimizer.step()
            sys.settrace(before)

    def trace(self, frame, event, argument):
        if "labml_optim" not in frame.f_code.co_filename:
            return None
        if event == "return":
            self.seen.update({k: v for k, v in frame.f_locals.items() if isinstance(v, ONE)})
        return self.trace


GRADIENTS, ONE = (1.0, -0.5, 2.0), (float, torch.Tensor)


def in_locals(symbol, kind=Adam, **flags):
    (name,) = NAMES[symbol]
    return float(Locals(kind, **flags).seen[name])


def handed_over(symbol, kind=Adam, **given):
    """Among the numbers that a kernel gets."""
    (name,) = NAMES[symbol]
    optimizer = kind([torch.zeros(1, requires_grad=True)], **given)
    group = optimizer.param_groups[0]
    numbers = scalars(optimizer, group, issubclass(kind, AdaBelief), 1)
    return numbers[LAYOUT.index(name)]


def decay_of(decouple, absolute=False):
    return {"weight_decay": WeightDecay(0.25, decouple, absolute), "lr": 0.5}


def weighted(decay):
    return average([1.0] * len(GRADIENTS), decay)


BY_CODE = {
    "e_t": (
        "the error of the expectation, $g_t - m_t$",
        lambda: [(in_locals("e_t", AdaBelief), GRADIENTS[-1] - average(GRADIENTS, 0.9))],
    ),
    "b_{1,t}": (
        r"the sum of the weights in $m_t$, $1 - \beta_1^t$",
        lambda: [(in_locals("b_{1,t}"), weighted(0.9))],
    ),
    "b_{2,t}": (
        r"the sum of the weights in $v_t$ or $s_t$, $1 - \beta_2^t$",
        lambda: [(in_locals("b_{2,t}", kind), weighted(0.999)) for kind in (Adam, AdaBelief)],
    ),
    "c_t": (
        r"the correction of the root of $v_t$ or $s_t$, $\sqrt{1 - \beta_2^t}$",
        lambda: [(in_locals("c_t", kind), sqrt(weighted(0.999))) for kind in (Adam, AdaBelief)],
    ),
    r"\varsigma": (
        "the sign of the gradient, $-1$ with `maximize`",
        lambda: [(handed_over(r"\varsigma"), 1), (handed_over(r"\varsigma", maximize=True), -1)],
    ),
    r"\kappa": (
        "what decoupled weight decay leaves of the parameter",
        lambda: [
            (handed_over(r"\kappa", **decay_of(True)), 1 - 0.5 * 0.25),
            (handed_over(r"\kappa", **decay_of(True, absolute=True)), 1 - 0.25),
            (handed_over(r"\kappa", **decay_of(False)), 1),
        ],
    ),
    r"\lambda_g": (
        "how much of the parameter coupled weight decay adds to the gradient",
        lambda: [
            (handed_over(r"\lambda_g", **decay_of(False)), 0.25),
            (handed_over(r"\lambda_g", **decay_of(True)), 0),
        ],
    ),
    r"\epsilon_v": (
        r"the $\epsilon$ that is kept in the second moment",
        lambda: [
            (handed_over(r"\epsilon_v", AdaBelief, eps=0.25, accumulate_eps=True), 0.25),
            (handed_over(r"\epsilon_v", AdaBelief, eps=0.25), 0),
            (handed_over(r"\epsilon_v", eps=0.25), 0),
        ],
    ),
    r"\epsilon_u": (
        r"the $\epsilon$ that only stands under the root",
        lambda: [
            (handed_over(r"\epsilon_u", AdaBelief, eps=0.25), 0.25),
            (handed_over(r"\epsilon_u", AdaBelief, eps=0.25, accumulate_eps=True), 0),
            (handed_over(r"\epsilon_u", eps=0.25), 0),
        ],
    ),
}
