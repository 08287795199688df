"""Annotated optimizers for PyTorch: the formula stands above the line that computes it."""

from labml_optim.adabelief import AdaBelief
from labml_optim.adam import Adam
from labml_optim.amsgrad import AMSGrad
from labml_optim.nadam import NAdam
from labml_optim.optimizer import GenericAdaptiveOptimizer
from labml_optim.radam import RAdam
from labml_optim.weight_decay import WeightDecay

__all__ = [
    "AMSGrad",
    "AdaBelief",
    "Adam",
    "GenericAdaptiveOptimizer",
    "NAdam",
    "RAdam",
    "WeightDecay",
]
