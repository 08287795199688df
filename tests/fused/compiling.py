"""
Compile the kernel, or load it, and make one step with it; torch is not needed for that.

As a program it does so once: `compiling.py [USER]`, where USER is the number of a user to be.
"""

import os
import signal
import sys
from array import array
from ctypes import Structure, addressof, c_int, c_int64, c_void_p
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2] / "labml_optim"


class InC(Structure):
    """A table, as in `launch.py`, which needs torch."""

    _fields_ = [
        *(("count", c_int64), ("sizes", c_void_p), ("written", c_void_p)),
        *(("centred", c_int), ("maximum", c_int)),
    ]


def works(library):
    """Whether the library makes the step that it should, with one float32."""
    step = library.step_table
    step.argtypes = [*[c_void_p] * 4, c_int]
    tensors = [array("f", [x]) for x in (1.0, 2.0, 0.0, 0.0)]
    # In the order of `LAYOUT` in `scalars.py`: SGD with momentum.
    numbers = array("d", [0.5, 0.5, 1, 1, 0, 0, 0, 1, 0, 0.25, 0])
    param, grad, m, v = (tensor.buffer_info()[0] for tensor in tensors)
    columns = [array("q", [1]), array("Q", [param, m, v]), array("Q", [grad]), array("i", [0])]
    sizes, written, grads, which, its = (c.buffer_info()[0] for c in (*columns, numbers))
    table = InC(1, sizes, written, 0, 0)
    step(addressof(table), grads, which, its, 1)
    return [tensor[0] for tensor in tensors] == [0.75, 2.0, 1.0, 2.0]


def main(user):
    for name, folder in (
        ("labml_optim", ROOT),
        ("labml_optim.fused", ROOT / "fused"),
        ("labml_optim.fused.cpu", ROOT / "fused/cpu"),
    ):
        # without what the packages import
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    from labml_optim.fused.cpu import compiler

    # What was started in the background is deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    print("works" if works(compiler.library(4)) else "does not work")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
