"""
# The first step of a fresh process

In processes of their own: what it takes to import the package, and to make an optimizer and its
first step, when the kernel is yet to be compiled and when it is in the cache.

The first optimizer of a process, even one of torch's, makes torch import its compiler, which takes
seconds. So one of torch's is made first, and timed separately.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

NAMES = ("import", "torch", "first")
PROGRAM = """
import json, sys
from time import perf_counter as now
import torch
def params():
    found = [torch.nn.Parameter(torch.randn(100, device=sys.argv[1])) for _ in range(10)]
    for param in found:
        param.grad = torch.randn_like(param)
    return found
times = [now()]
import labml_optim
times.append(now())
torch.optim.SGD(params())
times.append(now())
mine = params()
begin = now()
optimizer = labml_optim.AdaBelief(mine, fused=True)
optimizer.step()
if sys.argv[1] == "cuda":
    torch.cuda.synchronize()
print(json.dumps([times[1] - times[0], times[2] - times[1], now() - begin]))
"""


def times(device: str, repeats: int) -> dict[tuple[str, str], list[float]]:
    """Return the seconds of each, as `("cold", "first")`: by the cache, and by what was done."""
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(repeats):
        with TemporaryDirectory() as folder:
            for cache in ("cold", "warm"):
                for name, seconds in zip(NAMES, once(device, folder), strict=True):
                    found.setdefault((cache, name), []).append(seconds)
    return found


def once(device: str, folder: str) -> list[float]:
    kept = {"LABML_OPTIM_CACHE_DIR": folder, "TRITON_CACHE_DIR": folder}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, device]
    result = subprocess.run(
        command, env={**os.environ, **kept}, stdout=subprocess.PIPE, text=True, check=True
    )
    return list(json.loads(result.stdout))
