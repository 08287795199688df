"""
# In place of the engines
"""

from typing import NoReturn

import torch

from labml_optim.optimizer import GenericAdaptiveOptimizer, untraced


@untraced
@torch.no_grad()
def step_traced(optimizer: GenericAdaptiveOptimizer) -> None:
    """One step of everything, under `torch.compile`: as it is, untraced."""
    optimizer.step_groups()


def kernels() -> None:
    """A copy has no kernels."""
    return None


def require_kernels() -> NoReturn:
    """`RuntimeError`: a copy has no kernels."""
    raise RuntimeError(
        "fused=True: this is a copy of the optimizer in one file, which has the annotated code and "
        "no kernels; they are in the package labml_optim. Use fused=None"
    )
