"""
# The design of the study

Names and numbers, for all that need no torch.
"""

from __future__ import annotations

# The grid: each contestant has the one of these rates that was best for it.
RATES = (1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1, 5e-1, 1.0)
# An epsilon in the root is a floor of its root, so most of them are the square of another.
EPSILONS = (1e-16, 1e-12, 1e-8, 1e-6, 1e-4, 1e-2)
# Steps: three epochs, and thirty. A warm-up is as long as the short budget.
SHORT, FULL = 60, 600
WARMUP = 60
OPTIMIZERS = ("Adam", "torch's Adam", "AMSGrad", "RAdam", "AdaBelief", "NAdam")
# What the grid of epsilons is for: what is centred, and where epsilon stands.
FORMS = ("Adam", "AdaBelief", "AdaBelief, accumulated", "AdaBelief, no inner")


def named(form: str, eps: float) -> str:
    """
    >>> named("Adam", 1e-8)
    'Adam, ε = 1e-08'
    """
    return f"{form}, ε = {eps:.0e}"
