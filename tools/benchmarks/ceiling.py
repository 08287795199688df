"""
# How fast memory is

A step cannot be faster than the fetching and storing of what it must read and write. How fast that
is, is measured in the same rounds as the optimizers, by doing just that. On the CPU it is
[a loop in C](ceiling.c) that reads one stream and updates three in place, compiled with the flags
of the fused kernel. On a GPU it is a copy.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from labml_optim.fused.cpu.compiler import FLAGS, PARALLEL, compiler

SOURCE = Path(__file__).with_name("ceiling.c")
LABEL = "memory alone"
# Elements: 64 KiB.
APART = 1 << 14


def turn(device: str, count: int) -> tuple[Callable[[], object], int]:
    """Return what is to be timed, and the bytes it moves, for `count` parameters."""
    if device == "cuda":
        source, target = torch.zeros(count, device=device), torch.zeros(count, device=device)
        return lambda: target.copy_(source), 8 * count
    # The streams are a multiple of many pages apart. One page more, as between large tensors that
    # torch makes one after the other, was a fifth slower on one processor.
    apart = (count // APART + 2) * APART
    streams = [stream[:count] for stream in torch.zeros(4 * apart).split(apart)]
    addresses = [ctypes.c_void_p(stream.data_ptr()) for stream in streams]
    loop, threads = function(), torch.get_num_threads()

    def update() -> list[torch.Tensor]:
        loop(ctypes.c_int64(count), *addresses, ctypes.c_float(0), threads)
        # They must live as long as this does.
        return streams

    return update, 28 * count


@cache
def function() -> ctypes._FuncPointer:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ceiling.so"
        command = [*compiler(), *FLAGS, PARALLEL, str(SOURCE), "-o", str(path)]
        subprocess.run(command, check=True)
        found = ctypes.CDLL(str(path)).ceiling
    found.restype = None
    return found
