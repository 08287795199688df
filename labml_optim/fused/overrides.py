"""
# Methods that a kernel stands for

A kernel does what the methods of our own optimizers do, and calls none of them. A subclass that
overrides one must not be bypassed: it runs annotated, and `fused=True` is refused.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from labml_optim.weight_decay import WeightDecay

if TYPE_CHECKING:
    from labml_optim.adam import Adam

HOOKS = (
    *("look_at", "step_tensors", "step_tensor", "step_exact", "step_param", "prepare"),
    *("get_mv", "get_maximum", "get_lr", "get_step", "calc_rectification_term", "rectifies"),
    *("update", "check_gradients", "SECOND", "CENTRED"),
)


def refusal(optimizer: Adam) -> str | None:
    """Why the kernels do not stand for what this optimizer does; `None` if they do."""
    kind: Any = type(optimizer)
    rule = type(optimizer.weight_decay)
    base, own = ours(kind), vars(optimizer)
    # Asked at each step, because a method can also be put on a class or an object later on.
    names = [
        name
        for name in HOOKS
        if getattr(kind, name, None) is not getattr(base, name, None) or name in own
    ]
    if names:
        return f"{kind.__name__} overrides {', '.join(names)}, which the kernels do not call"
    if rule is not WeightDecay:
        return f"{rule.__name__} is a rule of weight decay that the kernels do not know"
    return None


@cache
def ours(kind: Any) -> Any:
    """The nearest class of this package above `kind`: what its module has under its name."""
    package = __name__.partition(".")[0]
    for above in kind.__mro__:
        found = getattr(sys.modules.get(above.__module__), above.__name__, None)
        if above.__module__.partition(".")[0] == package and found is above:
            return above
    return object
