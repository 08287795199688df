r"""
# Algorithms from papers

What several packages implement, in the symbols of this project. Decoupled weight decay is that of
AdamW, which not all of the papers have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from checks.audit.configurations import Optimizer
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain

Edits = list[tuple[str, str]]
Positive = Callable[[Mapping[str, Any]], Iterable[Any]]
# The first step of ADOPT is another one, and so made apart.
SECOND = {"t": Domain(1.0, usual=(10, 30), whole=True)}
FROM_5: Edits = [(r"\rho_t > 4", r"\rho_t \ge 5")]
FIVE = "The paper rectifies where $\\rho_t > 4$, the code where $\\rho_t \\ge 5$ ({})."


def none(inputs: Mapping[str, Any]) -> Iterable[Any]:
    """Nothing is known to be positive."""
    return ()


def adabelief(
    name: str, optimizer: Optimizer, *flags: str, positive: Positive = none, **more: Any
) -> Subject:
    r"""
    ## AdaBelief

    Zhuang and others, *AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed
    Gradients*, 2020, algorithm 2, with $\epsilon$ in $s_t$. Rectified, it is RAdam's step with
    $s_t$ for $v_t$.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad s_0 \leftarrow 0, \quad \bar s_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad \theta_t \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)(g_t - m_t)^2 + \epsilon \\
    & \quad y_t \leftarrow s_t \\
    & \quad \text{if } \texttt{amsgrad}\text{:} \\
    & \qquad \bar s_t \leftarrow \max(\bar s_{t-1}, s_t) \\
    & \qquad y_t \leftarrow \bar s_t \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \text{if } \texttt{rectify}\text{:} \\
    & \qquad \rho_\infty \leftarrow 2 / (1-\beta_2) - 1 \\
    & \qquad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \qquad \text{if } \rho_t \ge 5\text{:} \\
    & \qquad \quad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\
    & \qquad \quad \theta_t \leftarrow \theta_t
    - \alpha\,r_t \sqrt{1 - \beta_2^t}\,\hat m_t / (\sqrt{y_t} + \epsilon) \\
    & \qquad \text{else:} \\
    & \qquad \quad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t \\
    & \quad \text{else:} \\
    & \qquad \theta_t \leftarrow \theta_t
    - \alpha\,\hat m_t / (\sqrt{y_t / (1 - \beta_2^t)} + \epsilon)
    \end{align*}
    $$
    """
    return Subject(
        name, "papers.adabelief", optimizer.proofs(name, *flags, positive=positive), **more
    )


def radam(name: str, optimizer: Optimizer, positive: Positive = none, **more: Any) -> Subject:
    r"""
    ## RAdam

    Liu and others, *On the Variance of the Adaptive Learning Rate and Beyond*, 2019, algorithm 2,
    with an $\epsilon$ that does not stand there.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \rho_\infty \leftarrow 2 / (1-\beta_2) - 1 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad \theta_t \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \quad \text{if } \rho_t > 4\text{:} \\
    & \qquad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\
    & \qquad \theta_t \leftarrow \theta_t
    - \alpha\,r_t \sqrt{1 - \beta_2^t}\,\hat m_t / (\sqrt{v_t} + \epsilon) \\
    & \quad \text{else:} \\
    & \qquad \theta_t \leftarrow \theta_t - \alpha\,\hat m_t
    \end{align*}
    $$
    """
    return Subject(name, "papers.radam", optimizer.proofs(name, positive=positive), **more)


def lion(name: str, optimizer: Optimizer, **more: Any) -> Subject:
    r"""
    ## Lion

    Chen and others, *Symbolic Discovery of Optimization Algorithms*, 2023, algorithm 2.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad x_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad \theta_t \leftarrow \theta_{t-1}
    - \alpha\,(\operatorname{sign}(x_t) + \lambda\,\theta_{t-1}) \\
    & \quad m_t \leftarrow \beta_2 m_{t-1} + (1 - \beta_2)\,g_t
    \end{align*}
    $$
    """
    return Subject(name, "papers.lion", optimizer.proofs(name, "maximize"), **more)


def adopt(name: str, optimizer: Optimizer, **more: Any) -> Subject:
    r"""
    ## ADOPT

    Taniguchi and others, *ADOPT: Modified Adam Can Converge with Any $\beta_2$ with the Optimal
    Rate*, 2024, algorithm 2. It counts the gradients from 0, here from 1.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad \text{if } t = 1\text{:} \\
    & \qquad v_t \leftarrow g_t^2 \\
    & \qquad m_t \leftarrow m_{t-1} \\
    & \qquad \theta_t \leftarrow \theta_{t-1} \\
    & \quad \text{else:} \\
    & \qquad \gamma_t \leftarrow (t - 1)^{1/4} \\
    & \qquad x_t \leftarrow
    \operatorname{clip}(g_t / \max(\sqrt{v_{t-1}}, \epsilon), -\gamma_t, \gamma_t) \\
    & \qquad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,x_t \\
    & \qquad \theta_t \leftarrow \theta_{t-1} - \alpha\,m_t \\
    & \qquad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2
    \end{align*}
    $$
    """
    found = optimizer.proofs(name, "maximize", positive=clips)
    return Subject(name, "papers.adopt", found, **more)


def clips(inputs: Mapping[str, Any]) -> list[Any]:
    """The steps, and between the two ends of a clip, here and in the code that has another."""
    return [inputs["t"], 2 * inputs["t"] ** 0.25, 2 * (inputs["t"] + 1) ** 0.25]
