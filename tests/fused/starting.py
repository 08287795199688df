"""
The first fused step of a process: prints as JSON which modules each part of it imports.

torch's own first optimizer comes before: it imports `torch._dynamo` and much more. So what is
listed for ours is what ours needs.
"""

import json
import sys

import torch


def main():
    modules = {}

    def measure(name, function):
        before = set(sys.modules)
        result = function()
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
    json.dump({"modules": modules}, sys.stdout)


if __name__ == "__main__":
    main()
