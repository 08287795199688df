r"""
# The other optimizers, as torch documents them

As [for Adam](torch_adams.py), $\alpha$ is the learning rate. $\gamma$ is the
momentum of SGD, $b_t$ its buffer, and $\tau$ the dampening.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from checks.audit.configurations import (
    ABOVE,
    COMMON,
    MAXIMIZE,
    MOMENTUM,
    RATE,
    ZERO,
    Optimizer,
    line,
    silent,
)
from checks.audit.torch_adams import ONE
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain

POSITIVE = Domain(ABOVE, usual=(0.5, 0.9))


def subjects() -> Iterator[Subject]:
    yield sgd()
    yield asgd()
    yield rprop()


def sgd() -> Subject:
    r"""
    ## SGD

    $$
    \begin{align*}
    & t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad \text{if } \gamma \ne 0\text{:} \\
    & \qquad \text{if } t > 1\text{:} \\
    & \qquad \quad b_t \leftarrow \gamma b_{t-1} + (1 - \tau)\,g_t \\
    & \qquad \text{else:} \\
    & \qquad \quad b_t \leftarrow g_t \\
    & \qquad \text{if } \texttt{nesterov}\text{:} \\
    & \qquad \quad g_t \leftarrow g_t + \gamma b_t \\
    & \qquad \text{else:} \\
    & \qquad \quad g_t \leftarrow b_t \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha g_t
    \end{align*}
    $$
    """
    name = "torch.optim.SGD"

    def optimizer(momentum: Domain, dampening: Domain) -> Optimizer:
        return Optimizer(
            torch.optim.SGD,
            {**COMMON, "momentum": r"\gamma", "dampening": r"\tau"},
            {"b_t": "momentum_buffer"},
            {r"\gamma": momentum, r"\tau": dampening},
            fixed=ONE,
            # After the first step, with momentum.
            present=lambda symbol, inputs: inputs["t"] > 0 and inputs[r"\gamma"] > 0,
            step=None,
        )

    plain = optimizer(MOMENTUM, RATE)
    # It is refused without momentum, and with dampening.
    nesterov = optimizer(POSITIVE, ZERO)
    found = []
    for maximize in (False, True):
        found.append(plain.proof(name, {"nesterov": False, "maximize": maximize}))
        found.append(nesterov.proof(name, {"nesterov": True, "maximize": maximize}))
    return Subject(name, "torch_others.sgd", found)


def asgd() -> Subject:
    r"""
    ## ASGD

    torch documents no formula, so this one is ours: averaged stochastic gradient descent, with the
    arguments that torch has. Polyak and Juditsky, *Acceleration of stochastic approximation by
    averaging*, 1992, is what its documentation refers to. $\bar\theta_t$ is the mean, `ax`, and
    $\gamma$ is `lambd`, $\omega$ `alpha`, $\tau$ `t0`.

    $$
    \begin{align*}
    & \bar\theta_0 \leftarrow 0, \quad w_0 \leftarrow 1, \quad \eta_0 \leftarrow \alpha,
    \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad \theta_t \leftarrow (1 - \gamma\,\eta_{t-1})\,\theta_{t-1} - \eta_{t-1} g_t \\
    & \quad \bar\theta_t \leftarrow \bar\theta_{t-1} + w_{t-1} (\theta_t - \bar\theta_{t-1}) \\
    & \quad \eta_t \leftarrow \alpha / (1 + \gamma\,\alpha\,t)^{\omega} \\
    & \quad w_t \leftarrow 1 / \max(1, t - \tau)
    \end{align*}
    $$
    """
    name = "torch.optim.ASGD"
    optimizer = Optimizer(
        torch.optim.ASGD,
        {**COMMON, "lambd": r"\gamma", "alpha": r"\omega", "t0": r"\tau"},
        {r"\bar\theta_t": "ax", r"w_t": "mu", r"\eta_t": "eta"},
        {
            r"\gamma": RATE,
            r"\omega": RATE,
            r"\tau": Domain(usual=(5, 25)),
            r"w_{t-1}": Domain(ABOVE, usual=(0.1, 0.9)),
            r"\eta_{t-1}": RATE,
        },
        fixed=ONE,
    )
    return Subject(name, "torch_others.asgd", optimizer.proofs(name, "maximize"))


def rprop() -> Subject:
    r"""
    ## Rprop

    $p_t$ is the gradient that the next step compares with.

    $$
    \begin{align*}
    & p_0 \leftarrow 0, \quad \eta_0 \leftarrow \alpha, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad \text{if } p_{t-1} g_t > 0\text{:} \\
    & \qquad \eta_t \leftarrow \min(\eta_{t-1}\,\eta_+, \Gamma_1) \\
    & \quad \text{else:} \\
    & \qquad \text{if } p_{t-1} g_t < 0\text{:} \\
    & \qquad \quad \eta_t \leftarrow \max(\eta_{t-1}\,\eta_-, \Gamma_0) \\
    & \qquad \quad g_t \leftarrow 0 \\
    & \qquad \text{else:} \\
    & \qquad \quad \eta_t \leftarrow \eta_{t-1} \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \eta_t \operatorname{sign}(g_t) \\
    & \quad p_t \leftarrow g_t
    \end{align*}
    $$
    """
    name = "torch.optim.Rprop"
    optimizer = Optimizer(
        torch.optim.Rprop,
        {"lr": r"\alpha", "etas": (r"\eta_-", r"\eta_+"), "step_sizes": (r"\Gamma_0", r"\Gamma_1")},
        {r"\eta_t": "step_size", "p_t": "prev"},
        {
            r"\eta_-": Domain(ABOVE, 1.0, usual=(0.3, 0.7)),
            r"\eta_+": Domain(1.0 + 2**-52, usual=(1.1, 1.5)),
            r"\Gamma_0": Domain(0.0, usual=(0.01, 0.05)),
            r"\Gamma_1": Domain(0.0, usual=(0.5, 1.0)),
            r"\eta_{t-1}": RATE,
        },
        fixed=ONE,
    )
    found = optimizer.proofs(
        name, "maximize", positive=lambda inputs: [inputs[r"\eta_+"] - inputs[r"\eta_-"]]
    )
    place = line("torch.optim.rprop", "clamp_(step_size_min, step_size_max)")
    remark = (
        "The formula holds a step size that grows below the larger bound, one that shrinks above"
        " the smaller one, and leaves one as it is where $p_{t-1} g_t = 0$. The code holds each"
        f" between both ({place}). {silent('torch.optim.rprop')}"
    )
    mended = [
        MAXIMIZE,
        (
            r"\min(\eta_{t-1}\,\eta_+, \Gamma_1)",
            r"\operatorname{clip}(\eta_{t-1}\,\eta_+, \Gamma_0, \Gamma_1)",
        ),
        (
            r"\max(\eta_{t-1}\,\eta_-, \Gamma_0)",
            r"\operatorname{clip}(\eta_{t-1}\,\eta_-, \Gamma_0, \Gamma_1)",
        ),
        (
            r"\eta_t \leftarrow \eta_{t-1} \\",
            r"\eta_t \leftarrow \operatorname{clip}(\eta_{t-1}, \Gamma_0, \Gamma_1) \\",
        ),
    ]
    return Subject(name, "torch_others.rprop", found, remark, mended)
