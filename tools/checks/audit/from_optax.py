r"""
# optax

Algorithms from its documentation, where it shows them. $u_t$, the update, is added to the
parameter there; here that is written in one row. $\bar\epsilon$ is `eps_root`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from checks.audit.configurations import AVERAGE, EPSILON, line
from checks.audit.transformations import Transformation
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain

HYPER = {"learning_rate": r"\alpha", "b1": r"\beta_1", "b2": r"\beta_2"}
ROOT = {**HYPER, "eps": r"\epsilon", "eps_root": r"\bar\epsilon"}
DOMAINS = {
    r"\bar\epsilon": EPSILON,
    **dict.fromkeys(("v_{t-1}", "s_{t-1}", "y_{t-1}", r"\bar v_{t-1}"), AVERAGE),
    # The count stays at the largest number that it has, and one of NAdam is a step ahead.
    "t": Domain(0.0, 2.0**31 - 2, usual=(10, 30), whole=True),
}
MOMENTS = {"m_t": "mu", "v_t": "nu"}


def subjects() -> Iterator[Subject]:
    yield adam()
    yield adabelief()
    yield radam()
    yield amsgrad()
    yield adamax()
    yield lion()


def below_most(inputs: Mapping[str, Any]) -> list[Any]:
    """How far the next count is from the largest one."""
    return [2**31 - 1 - (inputs["t"] + 1)]


def function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module("optax"), name)
    return found


def adam() -> Subject:
    r"""
    ## AdamW and NAdamW

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \text{if } \texttt{nesterov}\text{:} \\
    & \qquad \hat m_t \leftarrow \beta_1 m_t / (1 - \beta_1^{t+1})
    + (1 - \beta_1)\,g_t / (1 - \beta_1^t) \\
    & \quad \hat v_t \leftarrow v_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha\,(\hat m_t
    / (\sqrt{\hat v_t + \bar\epsilon} + \epsilon) + \lambda\,\theta_{t-1})
    \end{align*}
    $$
    """
    decayed = {**ROOT, "weight_decay": r"\lambda"}
    own = Transformation(function("adamw"), decayed, MOMENTS, DOMAINS)
    found = own.proofs("optax.adamw", "nesterov", positive=below_most)
    return Subject("optax.adamw", "from_optax.adam", found)


def adabelief() -> Subject:
    r"""
    ## AdaBelief

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad s_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)(g_t - m_t)^2 + \bar\epsilon \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \text{if } \texttt{nesterov}\text{:} \\
    & \qquad \hat m_t \leftarrow \beta_1 m_t / (1 - \beta_1^{t+1})
    + (1 - \beta_1)\,g_t / (1 - \beta_1^t) \\
    & \quad \hat s_t \leftarrow s_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha\,\hat m_t / (\sqrt{\hat s_t} + \epsilon)
    \end{align*}
    $$
    """
    name, state = "optax.adabelief", {"m_t": "mu", "s_t": "nu"}
    own = Transformation(function("adabelief"), ROOT, state, DOMAINS)
    found = own.proofs(name, "nesterov", positive=below_most)
    return Subject(name, "from_optax.adabelief", found)


def radam() -> Subject:
    r"""
    ## RAdam

    optax shows no formulas of it. These are the paper's, with $\rho_t \ge \tau$ for its
    $\rho_t > 4$, where $\tau$ is an argument, and with both $\epsilon$ where optax's Adam has them.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \rho_\infty \leftarrow 2 / (1-\beta_2) - 1 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \hat v_t \leftarrow v_t / (1 - \beta_2^t) \\
    & \quad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \quad \text{if } \rho_t \ge \tau\text{:} \\
    & \qquad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\
    & \qquad \theta_t \leftarrow \theta_{t-1}
    - \alpha\,r_t \hat m_t / (\sqrt{\hat v_t + \bar\epsilon} + \epsilon) \\
    & \quad \text{else:} \\
    & \qquad \theta_t \leftarrow \theta_{t-1} - \alpha\,\hat m_t
    \end{align*}
    $$
    """
    name, threshold = "optax.radam", {**ROOT, "threshold": r"\tau"}
    domains = {**DOMAINS, r"\tau": Domain(0.0, usual=(4.0, 6.0))}
    own = Transformation(function("radam"), threshold, MOMENTS, domains)
    return Subject(name, "from_optax.radam", own.proofs(name))


def amsgrad() -> Subject:
    r"""
    ## AMSGrad

    optax shows no formulas of it. With the maximum of what is not corrected, as in the paper of
    Reddi and others, *On the Convergence of Adam and Beyond*, 2018, and with corrections as torch
    has them:

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) \\
    & \quad \hat v_t \leftarrow \bar v_t / (1 - \beta_2^t) \\
    & \quad \theta_t \leftarrow \theta_{t-1}
    - \alpha\,\hat m_t / (\sqrt{\hat v_t + \bar\epsilon} + \epsilon)
    \end{align*}
    $$
    """
    name, state = "optax.amsgrad", {**MOMENTS, r"\bar v_t": "nu_max"}
    own = Transformation(function("amsgrad"), ROOT, state, DOMAINS)
    place = line("optax._src.transform", "jnp.maximum, state.nu_max, nu_eff")
    remark = f"The code keeps the maximum of the corrected moment ({place})."
    mended = [
        (r"\max(\bar v_{t-1}, v_t)", r"\max(\bar v_{t-1}, v_t / (1 - \beta_2^t))"),
        (r"\bar v_t / (1 - \beta_2^t)", r"\bar v_t"),
    ]
    return Subject(name, "from_optax.amsgrad", own.proofs(name), remark, mended)


def adamax() -> Subject:
    r"""
    ## AdaMax

    $y_t$ is $v_t$ there.

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad y_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad y_t \leftarrow \max(|g_t| + \epsilon, \beta_2 y_{t-1}) \\
    & \quad \hat m_t \leftarrow m_t / (1 - \beta_1^t) \\
    & \quad \theta_t \leftarrow \theta_{t-1} - \alpha\,\hat m_t / y_t
    \end{align*}
    $$
    """
    state = {"m_t": "mu", "y_t": "nu"}
    own = Transformation(function("adamax"), {**HYPER, "eps": r"\epsilon"}, state, DOMAINS)
    return Subject("optax.adamax", "from_optax.adamax", own.proofs("optax.adamax"))


def lion() -> Subject:
    r"""
    ## Lion

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad x_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad \theta_t \leftarrow \theta_{t-1}
    - \alpha\,(\operatorname{sign}(x_t) + \lambda\,\theta_{t-1}) \\
    & \quad m_t \leftarrow \beta_2 m_{t-1} + (1 - \beta_2)\,g_t
    \end{align*}
    $$
    """
    decayed = {**HYPER, "weight_decay": r"\lambda"}
    own = Transformation(function("lion"), decayed, {"m_t": "mu"}, DOMAINS)
    return Subject("optax.lion", "from_optax.lion", own.proofs("optax.lion"))
