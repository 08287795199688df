r"""
# Adam and its kin, as torch documents them

The algorithms are those of the documentation of `torch.optim`, in the symbols of this project:
$\alpha$ is the learning rate, which is $\gamma$ there, and $\bar v_t$ is $v_t^{max}$. They stand in
the docstrings of torch, by the authors of PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from checks.audit.configurations import (
    AVERAGE,
    DECAYED,
    MAXIMIZE,
    RATE,
    Optimizer,
    silent,
)
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain

MOMENTS = {"m_t": "exp_avg", "v_t": "exp_avg_sq"}
SQUARES = {"v_{t-1}": AVERAGE, r"\bar v_{t-1}": AVERAGE, "y_{t-1}": AVERAGE}
ONE = {"foreach": False}


def subjects() -> Iterator[Subject]:
    yield adam()
    yield adamw()
    yield adamax()
    yield nadam()
    yield radam()


def of_adam(kind: type[torch.optim.Optimizer], **fixed: bool) -> Optimizer:
    return Optimizer(
        kind,
        DECAYED,
        {**MOMENTS, r"\bar v_t": "max_exp_avg_sq"},
        SQUARES,
        fixed={**ONE, **fixed},
        kept=lambda symbol, flags: symbol != r"\bar v_t" or flags["amsgrad"],
    )


def adam() -> Subject:
    r"""
    ## Adam

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \text{if } \texttt{amsgrad}\text{:} \\
    & \qquad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) \\
    & \qquad \hat v_t \leftarrow \bar v_t / (1 - \beta_2^t) \\
    & \quad \text{else:} \\
    & \qquad \hat v_t \leftarrow v_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)
    \end{align*}
    $$
    """
    name = "torch.optim.Adam"
    found = of_adam(torch.optim.Adam).proofs(name, "amsgrad", "maximize")
    return Subject(name, "torch_adams.adam", found)


def adamw() -> Subject:
    r"""
    ## AdamW

    `Adam(decoupled_weight_decay=True)` is documented to be the same.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha\lambda\,\theta_{t-1} \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \text{if } \texttt{amsgrad}\text{:} \\
    & \qquad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) \\
    & \qquad \hat v_t \leftarrow \bar v_t / (1 - \beta_2^t) \\
    & \quad \text{else:} \\
    & \qquad \hat v_t \leftarrow v_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)
    \end{align*}
    $$
    """
    name, flags = "torch.optim.AdamW", ("amsgrad", "maximize")
    found = of_adam(torch.optim.AdamW).proofs(name, *flags)
    same = of_adam(torch.optim.Adam, decoupled_weight_decay=True)
    found += same.proofs("torch.optim.Adam, decoupled_weight_decay=True", *flags)
    return Subject(name, "torch_adams.adamw", found)


def adamax() -> Subject:
    r"""
    ## Adamax

    $y_t$ is $u_t$ there, the infinity norm.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad y_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} && \text{if } \lambda \ne 0 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad y_t \leftarrow \max(\beta_2 y_{t-1}, |g_t| + \epsilon) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \frac{\alpha\,m_t}{(1 - \beta_1^t)\,y_t}
    \end{align*}
    $$
    """
    name = "torch.optim.Adamax"
    own = {"m_t": "exp_avg", "y_t": "exp_inf"}
    optimizer = Optimizer(torch.optim.Adamax, DECAYED, own, SQUARES, fixed=ONE)
    found = optimizer.proofs(name, "maximize")
    return Subject(name, "torch_adams.adamax", found, silent("torch.optim.adamax"), [MAXIMIZE])


def nadam() -> Subject:
    r"""
    ## NAdam

    $\Pi_t$ is the product $\prod_{i=1}^{t} \mu_i$.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \Pi_0 \leftarrow 1, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad \theta_t \leftarrow \theta_{t-1} \\
    & \quad \text{if } \lambda \ne 0\text{:} \\
    & \qquad \text{if } \texttt{decoupled\_weight\_decay}\text{:} \\
    & \qquad \quad \theta_t \leftarrow \theta_{t-1} - \alpha\lambda\,\theta_{t-1} \\
    & \qquad \text{else:} \\
    & \qquad \quad g_t \leftarrow g_t + \lambda\,\theta_{t-1} \\
    & \quad \mu_t \leftarrow \beta_1 (1 - \frac{1}{2} \cdot 0.96^{t\delta}) \\
    & \quad \mu_{t+1} \leftarrow \beta_1 (1 - \frac{1}{2} \cdot 0.96^{(t+1)\,\delta}) \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \Pi_t \leftarrow \Pi_{t-1}\,\mu_t \\
    & \quad \hat m_t \leftarrow \mu_{t+1} m_t / (1 - \Pi_t\,\mu_{t+1})
    + (1 - \mu_t)\,g_t / (1 - \Pi_t) \\
    & \quad \hat v_t \leftarrow v_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)
    \end{align*}
    $$
    """
    name = "torch.optim.NAdam"
    optimizer = Optimizer(
        torch.optim.NAdam,
        {**DECAYED, "momentum_decay": r"\delta"},
        {**MOMENTS, r"\Pi_t": "mu_product"},
        {**SQUARES, r"\delta": RATE, r"\Pi_{t-1}": Domain(0.0, usual=(0.1, 0.9))},
        fixed=ONE,
    )
    found = optimizer.proofs(name, "decoupled_weight_decay", "maximize")
    return Subject(name, "torch_adams.nadam", found)


def radam() -> Subject:
    r"""
    ## RAdam

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0, \quad
    \rho_\infty \leftarrow 2 / (1-\beta_2) - 1 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad \theta_t \leftarrow \theta_{t-1} \\
    & \quad \text{if } \lambda \ne 0\text{:} \\
    & \qquad \text{if } \texttt{decoupled\_weight\_decay}\text{:} \\
    & \qquad \quad \theta_t \leftarrow \theta_t - \alpha\lambda\,\theta_t \\
    & \qquad \text{else:} \\
    & \qquad \quad g_t \leftarrow g_t + \lambda\,\theta_t \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \quad \text{if } \rho_t > 5\text{:} \\
    & \qquad l_t \leftarrow \frac{\sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \epsilon} \\
    & \qquad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\
    & \qquad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t r_t l_t \\
    & \quad \text{else:} \\
    & \qquad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t
    \end{align*}
    $$
    """
    name = "torch.optim.RAdam"
    optimizer = Optimizer(torch.optim.RAdam, DECAYED, MOMENTS, SQUARES, fixed=ONE)
    found = optimizer.proofs(name, "decoupled_weight_decay", "maximize")
    return Subject(name, "torch_adams.radam", found)
