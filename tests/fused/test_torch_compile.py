"""`torch.compile` of a step computes what the step does, and makes kernels of its own."""

import shutil
import sysconfig
from pathlib import Path

import pytest
import torch
from agree import ODD, Twins, gradient, members, parameter
from cases import OPTIMIZERS

from labml_optim import AdaBelief, Adam, RAdam

VALUES = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 1e-3, "weight_decay": 0.1}
VECTOR = ODD["vector"]


def compiled(kind, fused, backend, steps, count=2):
    """Twins of which the first one is compiled, after some steps."""
    torch._dynamo.reset()
    twins = Twins(kind, [parameter(VECTOR, torch.float32, seed=i) for i in range(count)], **VALUES)
    twins.fused.param_groups[0]["fused"] = fused
    plain = twins.fused.step
    twins.fused.step = torch.compile(plain, backend=backend)
    for t in range(1, steps + 1):
        params = members(twins.fused)
        twins.step([gradient(VECTOR, p.dtype, i, t) for i, p in enumerate(params)])
    del twins.fused.step
    return twins


class Graphs:
    """The backend that runs what was captured as it is, and counts it."""

    def __init__(self):
        self.operations = 0

    def __call__(self, module, inputs):
        self.operations += len([n for n in module.graph.nodes if n.op.startswith("call")])
        return module.forward


@pytest.mark.parametrize(
    ("kind", "fused"), [*((kind, False) for kind in OPTIMIZERS), (RAdam, None), (AdaBelief, True)]
)
def test_a_compiled_step_computes_the_same(kind, fused):
    # seven steps: on both sides of where the rectification sets in
    graphs = Graphs()
    twins = compiled(kind, fused, graphs, 7)
    twins.agree()
    # The arithmetic was captured: it is not called from outside.
    assert graphs.operations > 20


def test_it_goes_on_with_the_kernel_afterwards():
    twins = compiled(Adam, True, "eager", 3)
    for t in range(4, 7):
        twins.step([gradient(VECTOR, torch.float32, i, t) for i in range(2)])
    twins.agree()
    assert len(twins.fused._plans) == 1


HEADER = Path(sysconfig.get_path("include"), "Python.h")


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")
@pytest.mark.skipif(not HEADER.exists(), reason="Python's header files are not here")
@pytest.mark.filterwarnings("ignore")
def test_kernels_of_torch_compute_the_same():
    compiled(Adam, False, "inductor", 2, count=1).agree()
