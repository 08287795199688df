"""The bundles of the optimizers, each as a module of its own."""

import importlib
import sys
import types
from functools import cache
from pathlib import Path

from cases import OPTIMIZERS

from sidenotes.bundle.command import bundle

ROOT = Path(__file__).parents[2]
NAMES = [kind.__name__.lower() for kind in OPTIMIZERS]
KINDS = dict(zip(NAMES, OPTIMIZERS, strict=True))


@cache
def text(name, is_bare=False):
    return bundle(
        ROOT / f"labml_optim/{name}.py",
        check=ROOT / f"tools/checks/papers/{name}.py",
        is_bare=is_bare,
    )


def load(source, name):
    """A module of this text, which stays importable: pickles name it."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    return module


@cache
def module(name, is_bare=False):
    return load(text(name, is_bare), f"bundled_{name}{'_bare' if is_bare else ''}")


def copied(name, is_bare=False):
    """The class in the bundle."""
    return getattr(module(name, is_bare), KINDS[name].__name__)


def original(name):
    return getattr(importlib.import_module(f"labml_optim.{name}"), KINDS[name].__name__)
