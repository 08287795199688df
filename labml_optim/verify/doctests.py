"""
# The examples in the notes

Each module that has doctests is a check. They are run as `python -m doctest` runs them, and on a
GPU with `torch.device("cuda")`, so that every tensor whose place is not said is made there.
"""

from __future__ import annotations

import doctest
import io
import pkgutil
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from types import ModuleType

import torch

import labml_optim
from labml_optim.verify.check import Check, Failed, Measured, Unavailable
from labml_optim.verify.engines import require

PACKAGE = labml_optim.__name__
ENGINES = f"{PACKAGE}.fused"


def checks(device: str) -> Iterator[Check]:
    """The examples of each module. Those of the engines are for the kernel on the CPU."""
    found = pkgutil.walk_packages(labml_optim.__path__, f"{PACKAGE}.", onerror=lambda name: None)
    names = sorted(each.name for each in found if not each.name.endswith(".__main__"))
    for name in [PACKAGE, *names]:
        engine = f"{name}.".startswith(f"{ENGINES}.")
        try:
            tests = examples(import_module(name))
        except Exception as error:
            yield Check("doctests", name, device, partial(refuse, error))
            continue
        if tests and not (engine and device != "cpu"):
            yield Check("doctests", name, device, partial(measure, tests, device, engine))


def refuse(error: Exception) -> Measured:
    """Say why a module cannot be imported. It may need a package that is not here."""
    missing = isinstance(error, ModuleNotFoundError) and error.name or PACKAGE
    kind = Failed if missing.partition(".")[0] == PACKAGE else Unavailable
    raise kind(f"it cannot be imported: {error}")


def examples(module: ModuleType) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    return [test for test in found if test.examples]


def measure(tests: list[doctest.DocTest], device: str, engine: bool) -> Measured:
    """Run the examples; `engine` tells whether they need the kernel."""
    if engine:
        require("cpu", torch.float32)
    report, runner = io.StringIO(), doctest.DocTestRunner(verbose=False)
    with torch.device(device):
        for test in tests:
            runner.run(test, out=report.write)
    count = sum(len(test.examples) for test in tests)
    if runner.failures:
        raise Failed(f"{runner.failures} of {count} examples fail\n{report.getvalue().strip()}")
    return Measured(f"{count} examples")
