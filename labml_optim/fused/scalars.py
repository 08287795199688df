r"""
# The numbers that a kernel gets

The kernels know nothing of learning rates, of flags or of $\rho_t$. What distinguishes the
optimizers is in these numbers, two flags apart. They come from the methods of the annotated code,
in double precision, once for each $t$ that occurs among the tensors of a group.

| in `LAYOUT` | |
|---|---|
| `beta1`, `beta2` | $\beta_1$ and $\beta_2$ |
| `sign` | $\varsigma$: -1 with `maximize`, else 1 |
| `keep` | $\kappa$: decoupled decay multiplies the parameter by it |
| `penalty` | $\lambda_g$: coupled decay adds it, times the parameter, to the gradient |
| `inside` | $\epsilon_v$: the $\epsilon$ that is kept in the second moment |
| `under` | $\epsilon_u$: the one that only stands under the root |
| `root`, `eps` | $c_t$, and the $\epsilon$ after the root |
| `step_size` | $\alpha_t$ |
| `adaptive` | whether there is a division: 1 or 0 |

`kernel.c`, `kernel.py` and `traced.py` read them in this order. So a new number goes into all
three.
"""

from __future__ import annotations

from typing import Any

from labml_optim.optimizer import Group

LAYOUT = (
    *("beta1", "beta2", "sign", "keep", "penalty", "inside", "under", "root", "eps", "step_size"),
    "adaptive",
)


def scalars(optimizer: Any, group: Group, centred: bool, t: int) -> list[float]:
    """The numbers of step $t$, as in `LAYOUT`; `centred` means AdaBelief's second moment."""
    # The methods are known, and read nothing else of the state.
    step_size, root, adaptive = optimizer.get_step({"step": t}, group)
    eps, decay, lr = group["eps"], group["weight_decay"], group["lr"]
    keep, penalty = 1.0, 0.0
    if not group["weight_decouple"]:
        # $$\lambda_g \leftarrow \lambda$$
        penalty = decay
    elif not group["absolute"]:
        # $$\kappa \leftarrow 1 - \alpha\lambda$$
        keep = 1 - lr * decay
    elif lr != 0:
        # $$\kappa \leftarrow 1 - \lambda$$
        keep = 1 - decay
    inner = eps if centred else 0.0
    inside, under = (inner, 0.0) if group.get("accumulate_eps") else (0.0, inner)
    if group["optimized_update"]:
        root = 1.0
    sign = -1.0 if group["maximize"] else 1.0
    numbers = [*group["betas"], sign, keep, penalty, inside, under, root, eps, step_size]
    return [*numbers, float(adaptive)]


def different(counts: list[Any]) -> tuple[list[int], list[int] | None]:
    """
    Return the different counts, each of which has a set of numbers, and for each row which of them
    it has; `None` if there is only one.
    """
    first = counts[0]
    if type(first) is int and counts.count(first) == len(counts):
        return [first], None
    # Some are tensors, perhaps.
    counts = list(map(int, counts))
    distinct = list(dict.fromkeys(counts))
    places = {t: number for number, t in enumerate(distinct)}
    return distinct, list(map(places.__getitem__, counts))
