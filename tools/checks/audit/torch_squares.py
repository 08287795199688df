r"""
# What keeps a mean or a sum of squares, as torch documents it

As [for Adam](torch_adams.py), $\alpha$ is the learning rate. $\gamma$ is the
momentum, $b_t$ its buffer, $a_t$ the mean of the gradient, and $\beta$ a decay rate.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from checks.audit.configurations import (
    AVERAGE,
    COMMON,
    FIRST,
    MAXIMIZE,
    MOMENTUM,
    RATE,
    Optimizer,
    silent,
)
from checks.audit.torch_adams import ONE
from sidenotes.check.audit.subject import Subject


def subjects() -> Iterator[Subject]:
    yield adagrad()
    yield adadelta()
    yield rmsprop()


def adagrad() -> Subject:
    r"""
    ## Adagrad

    $y_t$ is the sum of squares, which begins with $\tau$; $\eta$ is the decay of the learning rate.

    $$
    \begin{align*}
    & y_0 \leftarrow \tau, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad \gamma_t \leftarrow \alpha / (1 + (t - 1)\,\eta) \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad y_t \leftarrow y_{t-1} + g_t^2 \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \gamma_t \frac{g_t}{\sqrt{y_t} + \epsilon}
    \end{align*}
    $$
    """
    name = "torch.optim.Adagrad"
    optimizer = Optimizer(
        torch.optim.Adagrad,
        {
            **COMMON,
            "lr_decay": r"\eta",
            "eps": r"\epsilon",
            "initial_accumulator_value": r"\tau",
        },
        {"y_t": "sum"},
        {r"\eta": RATE, r"\tau": RATE, "y_{t-1}": AVERAGE},
        fixed=ONE,
    )
    found = optimizer.proofs(name, "maximize")
    return Subject(name, "torch_squares.adagrad", found, silent("torch.optim.adagrad"), [MAXIMIZE])


def adadelta() -> Subject:
    r"""
    ## Adadelta

    $y_t$ is the mean of the squared updates $x_t$.

    $$
    \begin{align*}
    & v_0 \leftarrow 0, \quad y_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad v_t \leftarrow v_{t-1}\,\beta + g_t^2 (1 - \beta) \\
    & \quad x_t \leftarrow \frac{\sqrt{y_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\,g_t \\
    & \quad y_t \leftarrow y_{t-1}\,\beta + x_t^2 (1 - \beta) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha x_t
    \end{align*}
    $$
    """
    name = "torch.optim.Adadelta"
    optimizer = Optimizer(
        torch.optim.Adadelta,
        {**COMMON, "rho": r"\beta", "eps": r"\epsilon"},
        {"v_t": "square_avg", "y_t": "acc_delta"},
        {r"\beta": FIRST, "v_{t-1}": AVERAGE, "y_{t-1}": AVERAGE},
        fixed=ONE,
    )
    found = optimizer.proofs(name, "maximize")
    return Subject(
        name, "torch_squares.adadelta", found, silent("torch.optim.adadelta"), [MAXIMIZE]
    )


def rmsprop() -> Subject:
    r"""
    ## RMSprop

    $$
    \begin{align*}
    & v_0 \leftarrow 0, \quad b_0 \leftarrow 0, \quad a_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad v_t \leftarrow \beta v_{t-1} + (1 - \beta)\,g_t^2 \\
    & \quad \tilde v_t \leftarrow v_t \\
    & \quad \text{if } \texttt{centered}\text{:} \\
    & \qquad a_t \leftarrow a_{t-1}\,\beta + (1 - \beta)\,g_t \\
    & \qquad \tilde v_t \leftarrow \tilde v_t - a_t^2 \\
    & \quad \text{if } \gamma > 0\text{:} \\
    & \qquad b_t \leftarrow \gamma b_{t-1} + g_t / (\sqrt{\tilde v_t} + \epsilon) \\
    & \qquad \theta_t \leftarrow \theta_{t-1} - \alpha b_t \\
    & \quad \text{else:} \\
    & \qquad \theta_t \leftarrow \theta_{t-1} - \alpha g_t / (\sqrt{\tilde v_t} + \epsilon)
    \end{align*}
    $$
    """
    name = "torch.optim.RMSprop"
    optimizer = Optimizer(
        torch.optim.RMSprop,
        {**COMMON, "alpha": r"\beta", "eps": r"\epsilon", "momentum": r"\gamma"},
        {"v_t": "square_avg", "a_t": "grad_avg", "b_t": "momentum_buffer"},
        {r"\beta": FIRST, r"\gamma": MOMENTUM, "v_{t-1}": AVERAGE},
        fixed=ONE,
        kept=lambda symbol, flags: symbol != "a_t" or flags["centered"],
        present=lambda symbol, inputs: symbol != "b_t" or inputs[r"\gamma"] > 0,
    )
    found = optimizer.proofs(name, "centered", "maximize")
    return Subject(name, "torch_squares.rmsprop", found, silent("torch.optim.rmsprop"), [MAXIMIZE])
