r"""
# Weight decay

Weight decay pulls every parameter towards zero, by an amount in proportion to the parameter: in one
of three ways, which differ under an adaptive optimizer.

Loshchilov and Hutter, [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101),
2019. Under plain gradient descent the decay is the same thing as an $L_2$ penalty
$\frac{\lambda}{2}\lVert\theta\rVert^2$ on the loss. Under Adam it is not, since the penalty's
gradient $\lambda\theta$ is divided, with the rest of the gradient, by the root of the second
moment. Taken out of the gradient, it makes AdamW of Adam. [Three
rules](../docs/notes/decay.py), one object.

Before the moments of step $t$ are touched, and with `maximize` after the
sign of the gradient is, with the group's own learning rate $\alpha$,

$$
\begin{align*}
\tilde\theta_{t-1} &\leftarrow (1 - \alpha\lambda)\,\theta_{t-1} && \text{decoupled, the default} \\
\tilde\theta_{t-1} &\leftarrow (1 - \lambda)\,\theta_{t-1} && \text{decoupled, absolute} \\
g_t &\leftarrow g_t + \lambda\,\theta_{t-1} && \text{coupled: the } L_2 \text{ penalty}
\end{align*}
$$

where $\tilde\theta_{t-1}$ is the decayed parameter, from which the step then starts; with
coupled decay it is $\theta_{t-1}$, and from there on $g_t$ stands for the gradient with the
penalty. It has a symbol of its own, because an update that begins with $\theta_{t-1}$ after a decay
says something that the code does not do. The default is the rule of `torch.optim.AdamW`.

/// figure | docs/notes/figures/decay.py
After $100$ steps, coupled decay has left $0.98$ of a parameter with gradients of $\pm 100$, and
$0.23$ of one with gradients of $\pm 0.01$. Decoupled decay leaves $0.89$ of both.
///
"""

from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from labml_optim import _validation


@dataclass(frozen=True)
class WeightDecay:
    r"""
    ## Weight decay, as a rule that an optimizer applies

    * `weight_decay` is the coefficient $\lambda$, `0.0` by default; negative, infinite or not a
      number: `ValueError`
    * `weight_decouple` decays the parameter (`True`, the default) or adds to the gradient
      (`False`)
    * `absolute` leaves the learning rate out of a decoupled decay, `False` by default; a
      coupled decay has none in it to begin with, and does not look at this flag

    The object cannot be changed, so one of them may serve as a default argument and in many
    groups. The numbers that a step uses stand in the parameter group, where they can be
    scheduled. To write a rule of your own, subclass this as a dataclass and override `__call__`.
    Its own fields then stand in the group as well, and that is where it must read them.

    >>> WeightDecay(1e-2).defaults()
    {'weight_decay': 0.01, 'weight_decouple': True, 'absolute': False}
    >>> WeightDecay(-1)
    Traceback (most recent call last):
    ValueError: weight_decay must be finite and not negative, got -1
    """

    weight_decay: float = 0.0
    weight_decouple: bool = True
    absolute: bool = False

    def __post_init__(self) -> None:
        # The only way past the lock of a frozen dataclass: it stores the value as a plain float.
        object.__setattr__(
            self, "weight_decay", _validation.number("weight_decay", self.weight_decay)
        )
        _validation.flag("weight_decouple", self.weight_decouple)
        _validation.flag("absolute", self.absolute)

    def defaults(self) -> dict[str, Any]:
        """Return what this rule adds to a parameter group: three plain values."""
        return asdict(self)

    def __call__(self, param: Tensor, grad: Tensor, group: dict[str, Any]) -> Tensor:
        r"""
        ### Decay one parameter

        * `param` is $\theta_{t-1}$, of any shape. A decoupled rule changes it in place.
        * `grad` is $g_t$, of the same shape. It is never written to.
        * `group` is the parameter group, with $\alpha$ as `lr` and $\lambda$ as `weight_decay`

        Returns the gradient to go on with, of that shape too. (Loshchilov and Hutter, algorithm 2)
        """
        decay = group["weight_decay"]
        if decay == 0:
            return grad
        if not group["weight_decouple"]:
            # $$g_t \leftarrow g_t + \lambda\,\theta_{t-1}$$
            return grad.add(param, alpha=decay)
        if not group["absolute"]:
            # $$\tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1}$$
            param.mul_(1 - group["lr"] * decay)
        elif group["lr"] != 0:
            # With $\alpha = 0$ nothing may move, and the absolute rule rests as well: a
            # distributed checkpoint is loaded by way of one step with $\alpha = 0$.
            #
            # $$\tilde\theta_{t-1} \leftarrow (1 - \lambda)\,\theta_{t-1}$$
            param.mul_(1 - decay)
        return grad
