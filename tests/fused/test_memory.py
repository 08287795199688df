"""A fused step takes no memory of the size of a parameter, for as short as it may be."""

from pathlib import Path

import pytest
import torch
from cases import COMPUTED

from labml_optim import AdaBelief, WeightDecay

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# So much that each piece of it is given back to the system when it is no longer needed: what is
# taken again shows again. (glibc keeps pieces of less than 32 MB.)
SIZE = 9 << 21
VALUES = {"lr": 1e-3, "weight_decay": WeightDecay(0.1, weight_decouple=False), "maximize": True}

pytestmark = pytest.mark.skipif(
    not CLEAR.exists(), reason="this system does not tell how much memory was in use at most"
)


def resident(name):
    """Bytes of memory that the process has (`VmRSS`), or has had at most (`VmHWM`)."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def peak(optimizer):
    """By how much memory grows during a step, at most."""
    CLEAR.write_text("5")  # the most so far is what there is now
    before = resident("VmRSS")
    optimizer.step()
    return resident("VmHWM") - before


def prepared(kind, dtype, fused, **flags):
    p = torch.ones(SIZE, dtype=dtype, requires_grad=True)
    ours = kind([p], **VALUES, **flags, fused=fused)
    p.grad = torch.ones_like(p)
    ours.step()
    # beyond where the rectification sets in
    ours.state[p]["step"] = 100
    return ours


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
def test_a_fused_step_takes_no_memory(kind, dtype):
    assert peak(prepared(kind, dtype, True)) < SIZE * dtype.itemsize / 16


def test_neither_with_every_flag():
    flags = {"amsgrad": True, "accumulate_eps": True, "optimized_update": False}
    assert peak(prepared(AdaBelief, torch.float32, True, **flags)) < SIZE / 4


def test_the_annotated_step_does_so_the_measure_can_fail():
    # for the root at least
    assert peak(prepared(AdaBelief, torch.float32, False)) > SIZE * 4
    # and for the copy in which half precision is computed
    assert peak(prepared(AdaBelief, torch.bfloat16, False)) > SIZE * 4


def test_the_first_step_makes_the_moments_and_no_more():
    p = torch.ones(SIZE, requires_grad=True)
    AdaBelief([torch.ones(1, requires_grad=True)], fused=True)
    ours = AdaBelief([p], **VALUES, fused=True)
    p.grad = torch.ones_like(p)
    assert 2 * SIZE * 4 < peak(ours) * 1.02 < 2.1 * SIZE * 4
