"""
The first fused step of a process, with a stop-watch: prints milliseconds and modules as JSON.

torch's own first optimizer comes before: it imports `torch._dynamo` and much more, which takes
longer than all that is measured here. So what is measured is what is ours.
"""

import json
import sys
from time import perf_counter

import torch


def main():
    times, modules = {}, {}

    def measure(name, function):
        before, start = set(sys.modules), perf_counter()
        result = function()
        times[name] = 1000 * (perf_counter() - start)
        modules[name] = sorted(set(sys.modules) - before)
        return result

    def package():
        import labml_optim

        return labml_optim

    labml_optim = measure("import", package)

    def first(kind, **given):
        p = torch.ones(3, requires_grad=True)
        p.grad = torch.ones(3)
        ours = kind([p], **given)
        ours.step()

    measure("torch", lambda: first(torch.optim.SGD))
    measure("fused", lambda: first(labml_optim.AdaBelief, fused=True))
    measure("annotated", lambda: first(labml_optim.AdaBelief, fused=False))
    json.dump({"times": times, "modules": modules}, sys.stdout)


if __name__ == "__main__":
    main()
