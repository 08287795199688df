"""
# What the kernels were written for

A digest for each function that the kernels stand for. A test says which of them is out of date.
Then `kernel.c`, `kernel.py` and `traced.py` have to do what the function now does, and the new
digest is written here.
"""

DIGESTS = {
    "AMSGrad.get_maximum": "29532793cfd21d38",
    "AMSGrad.get_mv": "cf4c779d1c5d4b70",
    "AdaBelief.get_mv": "f61a492844e69c8b",
    "AdaBelief.rectifies": "041b38afb7ced464",
    "Adam.get_lr": "4e79abf8c87e82ee",
    "Adam.get_mv": "a9a67bcb33b76bad",
    "Adam.get_step": "147ebeb12ab77f58",
    "Adam.prepare": "b44cb4915a73fb0e",
    "Adam.step_param": "91ffed3580bc450a",
    "Adam.update": "9a99118338c7edfd",
    "GenericAdaptiveOptimizer.step_counted": "3be46d7fe92898bd",
    "GenericAdaptiveOptimizer.step_exact": "aef137c97efbe7ff",
    "GenericAdaptiveOptimizer.step_param": "876497a1b2d2e05f",
    "GenericAdaptiveOptimizer.step_tensor": "8e30d4b42c0f2ce1",
    "GenericAdaptiveOptimizer.step_tensors": "e87bf67007249310",
    "RAdam.calc_rectification_term": "539ebd7950cc7145",
    "RAdam.get_step": "b555c0dfd69f5294",
    "RAdam.rectifies": "77c0dbb5e5ed55d2",
    "RAdam.update": "53ccde7029f2ca37",
    "WeightDecay.__call__": "b9ca7566646f7aea",
}
