"""
# Compiled on first use

The kernel for the CPU is [one file of C](kernel.c), which includes no header of torch. When it is
first needed, the C compiler of the system makes a library of it for the processor at hand. That
takes less than a second, and the [cache](cache.py) keeps the result.
"""

import ctypes
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from functools import cache as once
from hashlib import sha256
from pathlib import Path

from labml_optim.fused.cpu import cache

SOURCE = Path(__file__).with_name("kernel.c")
# Roots are vectorized only if they need not set `errno`, and comparisons only if they need not
# trap. No flag changes a result.
FLAGS = (
    *("-std=c11", "-O2", "-ftree-vectorize", "-march=native", "-fno-math-errno"),
    *("-fno-trapping-math", "-fPIC", "-shared"),
)
PARALLEL = "-fopenmp"


@once
def library(stored: int) -> ctypes.CDLL:
    """
    Return the library for parameters stored in this way (see `kernel.c`), compiled if it is not
    cached. `RuntimeError` says what is missing.
    """
    if sys.platform == "win32":
        raise RuntimeError("fused=True: there is no fused engine for the CPU under Windows")
    if not SOURCE.is_file():
        raise RuntimeError(
            f"fused=True: {SOURCE} is not a file that a compiler could read. Install the package "
            "as a folder, with its kernel.c, or use fused=None"
        )
    flags = [*FLAGS, f"-DSTORED={stored}"]
    # What is checked and what is loaded must be the same file, so symbolic links are resolved once.
    path = (cache.folder() / f"{key(flags)}.so").resolve()
    other = cache.others_can_write(path)
    if other is not None:
        warnings.warn(
            f"compiled kernels are not kept: another user could write to {other}", stacklevel=2
        )
    elif cache.is_intact(path):
        # A home directory may be mounted with `noexec`.
        with suppress(OSError):
            return ctypes.CDLL(str(path))
    content = compiled(flags)
    if other is None:
        # Or read-only.
        with suppress(OSError):
            cache.write(path, content)
            return ctypes.CDLL(str(path))
    with tempfile.TemporaryDirectory(prefix="labml_optim-") as name:
        path = Path(name) / "kernel.so"
        cache.write(path, content)
        try:
            return ctypes.CDLL(str(path))
        except OSError as error:
            raise RuntimeError(f"fused=True: the kernel could not be loaded: {error}") from error


def key(flags: list[str]) -> str:
    """A name that changes with all that the library depends on."""
    parts = [SOURCE.read_text("utf-8"), *flags, PARALLEL, os.environ.get("CC", ""), processor()]
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def processor() -> str:
    """What this processor is and can do: a home may be shared by several machines."""
    found = [platform.system(), platform.machine(), platform.processor()]
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break
                if line.startswith(
                    ("model name", "flags", "Features", "CPU implementer", "CPU part")
                ):
                    found.append(line)
    except OSError:
        pass
    return "\n".join(found)


def compiled(flags: list[str]) -> bytes:
    """Return the library, compiled in a folder that is gone afterwards."""
    command = compiler()
    with tempfile.TemporaryDirectory(prefix="labml_optim-") as name:
        target = Path(name) / "kernel.so"
        errors = []
        # Where there is no OpenMP, one thread does the work.
        for more in ([PARALLEL], []):
            line = [*command, *flags, *more, str(SOURCE), "-o", str(target), "-lm"]
            result = subprocess.run(line, capture_output=True, text=True, errors="replace")
            if result.returncode == 0 and target.exists():
                return target.read_bytes()
            errors.append(f"{shlex.join(line)}\n{result.stderr or '(no output)'}")
    raise RuntimeError(f"fused=True: the kernel could not be compiled:\n{errors[0]}")


def compiler() -> list[str]:
    wanted = os.environ.get("CC")
    for name in [wanted] if wanted else ["cc", "gcc", "clang"]:
        try:
            command = shlex.split(name)
        except ValueError:
            # A quotation that does not end.
            command = []
        if command and shutil.which(command[0]):
            return command
    raise RuntimeError(
        "fused=True: on the CPU the kernel is compiled on first use, and there is no C compiler "
        + (f"{wanted!r}, which $CC asks for" if wanted else "(cc, gcc or clang)")
        + ". Install one, for instance the package `gcc`, or use fused=None, which does without"
    )
