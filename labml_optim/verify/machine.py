"""
# What the checks were made on

Versions, devices, the compiler, and the folder in which compiled kernels are kept.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
from importlib import metadata
from pathlib import Path

import torch

import labml_optim


def machine() -> dict[str, str]:
    """What is here, by its name. What is not here says so."""
    return {
        labml_optim.__name__: f"{version('labml-optim')}, in {Path(labml_optim.__file__).parent}",
        "torch": torch.__version__,
        "Triton": version("triton"),
        "Python": f"{platform.python_version()}, {platform.platform()}",
        "C compiler": compiler(),
        "CPU": f"{processor()}, {os.cpu_count()} cores",
        "GPU": gpu(),
        "kernel cache": cache(),
    }


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def compiler() -> str:
    try:
        from labml_optim.fused.cpu.compiler import compiler

        command = compiler()
        said = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, errors="replace"
        )
    except ImportError as error:
        return f"not asked for: {error}"
    except (RuntimeError, OSError):
        return "none (cc, gcc or clang)"
    return f"{shlex.join(command)}: {(said.stdout or said.stderr).strip().partition(chr(10))[0]}"


def processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def gpu() -> str:
    if not torch.cuda.is_available():
        return "none that torch finds"
    major, minor = torch.cuda.get_device_capability()
    return f"{torch.cuda.get_device_name()}, compute capability {major}.{minor}"


def cache() -> str:
    try:
        from labml_optim.fused.cpu.cache import folder
    except ImportError as error:
        return f"none: {error}"
    return str(folder())
