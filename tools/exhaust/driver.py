"""
# The kernel, compiled to be tried

[`steps.c`](steps.c) includes the kernel, and is compiled with the flags that the package compiles
it with, so that what is tried is what is used. What it is compared with is the library of the
package itself.
"""

from __future__ import annotations

import ctypes
import subprocess
from array import array
from collections.abc import Sequence
from ctypes import c_double, c_float, c_int32, c_int64, c_uint32, c_void_p, cast
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from labml_optim.fused.cpu.compiler import FLAGS, PARALLEL, SOURCE, compiler, library
from labml_optim.fused.cpu.launch import STORED
from labml_optim.fused.scalars import LAYOUT

DRIVER = Path(__file__).with_name("steps.c")
KEPT = ("parameter", "m", "v", "largest v")
# What is tried at once: a fraction of a second.
PART = 1 << 26
ALL = 1 << 32

COUNTS = (
    *("tried", "nan", "lost", "infinite", "overflowed", "moved", "vanished", "fainted"),
    *("broken", "beyond", "misrounded", "unequal"),
)


class Setting(ctypes.Structure):
    """As in `steps.c`."""

    _fields_ = [
        *(("numbers", c_void_p), ("centred", c_int32), ("maximum", c_int32)),
        *(("before", c_float * len(KEPT)), ("factor", c_float)),
        *(("wide", c_void_p), ("single", c_void_p)),
    ]


class InC(ctypes.Structure):
    """What `steps.c` finds."""

    _fields_ = [
        *(("worst", c_double * len(KEPT)), ("faint", c_double)),
        *[(name, c_double) for name in ("overflow", "finite", "vanish", "subnormal")],
        ("at", c_int64 * len(KEPT)),
        *[(name, c_int64) for name in COUNTS],
    ]


@dataclass(frozen=True)
class Start:
    """A state before a step, the numbers of the step as in `LAYOUT`, and the kernel's flags."""

    before: Sequence[float]
    numbers: Sequence[float]
    centred: bool
    maximum: bool


@dataclass
class Found:
    """What `steps.c` found, of all parts together."""

    worst: list[float] = field(default_factory=lambda: [0.0] * len(KEPT))
    at: list[int] = field(default_factory=lambda: [0] * len(KEPT))
    faint: float = 0.0
    overflow: float = float("inf")
    finite: float = 0.0
    vanish: float = 0.0
    subnormal: float = 0.0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def add(self, part: InC) -> None:
        for kept, worst in enumerate(part.worst):
            # Of equal ones the first, so that the order of the parts decides nothing.
            if (worst, -part.at[kept]) > (self.worst[kept], -self.at[kept]):
                self.worst[kept], self.at[kept] = worst, part.at[kept]
        for name in ("faint", "finite", "vanish", "subnormal"):
            setattr(self, name, max(getattr(self, name), getattr(part, name)))
        self.overflow = min(self.overflow, part.overflow)
        for name in COUNTS:
            self.counts[name] += getattr(part, name)


class Driver:
    """A kernel for parameters of one type, compiled from a text."""

    def __init__(self, dtype: torch.dtype, kernel: Path = SOURCE):
        self.dtype = dtype
        with TemporaryDirectory() as folder:
            path = Path(folder) / "steps.so"
            flags = [*FLAGS, PARALLEL, f"-DSTORED={STORED[dtype]}", f'-DKERNEL="{kernel}"']
            command = [*compiler(), *flags, str(DRIVER), "-o", str(path), "-lm"]
            subprocess.run(command, check=True)
            self.library = ctypes.CDLL(str(path))
        self.library.try_all.restype = None

    def steps(self, start: Start, begin: int, count: int, stride: int = 1) -> InC:
        """Make `count` steps, a multiple of 512, from the try `begin` on."""
        numbers = array("d", start.numbers)
        wide, single = (cast(library(STORED[each]).step_table, c_void_p) for each in REFERENCES)
        before = (c_float * len(KEPT))(*start.before)
        factor = start.numbers[LAYOUT.index("step_size")]
        flags = numbers.buffer_info()[0], start.centred, start.maximum
        setting = Setting(*flags, before, factor, wide, single)
        found = InC()
        self.library.try_all(
            ctypes.byref(setting),
            c_uint32(begin),
            c_int64(count),
            c_uint32(stride),
            ctypes.byref(found),
        )
        return found

    def misread(self) -> int:
        """How many of the numbers of 16 bits are read as another."""
        self.library.misread.restype = c_int64
        return int(self.library.misread())

    def written(self, begin: int, count: int, stride: int = 1) -> tuple[int, torch.Tensor]:
        """
        Write float32 numbers as this type, from the one with the bits `begin` on. Return how many
        are not rounded as they should be, and all.
        """
        to = torch.empty(count, dtype=self.dtype)
        self.library.miswritten.restype = c_int64
        wrong = self.library.miswritten(
            c_uint32(begin), c_int64(count), c_uint32(stride), c_void_p(to.data_ptr())
        )
        return int(wrong), to


REFERENCES = (torch.float64, torch.float32)
