r"""
# The numbers that a kernel is given

The kernels know nothing of learning rates, of flags or of $\rho_t$. What makes one optimizer out
of another is in these numbers. They come from the methods of the annotated code, in double
precision, once for each $t$ that occurs among the tensors of a group.
"""

from __future__ import annotations

from typing import Any

from labml_optim.optimizer import Group


def scalars(optimizer: Any, group: Group, centred: bool, t: int) -> list[float]:
    r"""
    Return the numbers of step $t$; `centred` means AdaBelief's second moment. The kernels read them
    in this order: $\beta_1$, $\beta_2$; the sign of the gradient, what weight decay leaves of the
    parameter, what it adds to the gradient; the $\epsilon$ that is kept in the second moment, and
    the one that only stands under the root; $c_t$, the $\epsilon$ after the root, $\alpha_t$; and
    whether there is a division.
    """
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
