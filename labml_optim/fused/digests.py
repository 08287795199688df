"""
# What the kernels were written for

A digest for each function that the kernels stand for. A test says which of them is out of date.
Then `kernel.c`, `kernel.py` and `traced.py` have to do what the function now does, and the new
digest is written here.
"""

DIGESTS = {
    "AMSGrad.get_maximum": "a5c57fe7db7bde0d",
    "AMSGrad.get_mv": "a46b9fdf2ddf429a",
    "AdaBelief.get_mv": "ff1013a620ff497d",
    "AdaBelief.rectifies": "0fd7ae9753928a9f",
    "Adam.get_lr": "10ceb3704a96ae6c",
    "Adam.get_mv": "91d436ec47b2517f",
    "Adam.get_step": "d45f31effbc593a7",
    "Adam.prepare": "40cafae8d58e5a5f",
    "Adam.step_param": "3b310b50474cbfbe",
    "Adam.update": "1349aa51c2deeee0",
    "GenericAdaptiveOptimizer.step_counted": "b86820694bbe1036",
    "GenericAdaptiveOptimizer.step_exact": "45ff21f139804d76",
    "GenericAdaptiveOptimizer.step_tensor": "91afad6c76083fb9",
    "GenericAdaptiveOptimizer.step_tensors": "e6f5d2b69bccc02d",
    "RAdam.calc_rectification_term": "d3464ea68d05cc03",
    "RAdam.get_step": "a7a6f7cbc5565bcc",
    "RAdam.rectifies": "939920aacd343895",
    "RAdam.update": "605dc37a0f926f0b",
    "WeightDecay.__call__": "4d8ce824ef5b4b0f",
}
