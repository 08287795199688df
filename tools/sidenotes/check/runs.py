r"""
# What is run

The tool runs what it is told to run. Files of the project, given as `--runs`, have a function

```python
def runs(device: str) -> Iterable[Run]: ...
```

that gives the configurations, each with a name. A `Run` steps one or several *items*. For an
optimizer they are parameters. Such a file may have more functions:

* `about(device)` returns a dictionary to be printed below the table, with versions and the device's
  name. If there is no such device, it raises a `ValueError` that says so.
* `draws()` gives dictionaries from symbols to numbers, for the [functions](claims/examples.py) that
  derivations are compared with.
* `absent(device)` returns a dictionary from files whose code cannot run on this machine to the
  reason. Their claims are told apart, as not checked here.

Code in C is run from [a text with marks in it](watch/instrument.py), which reports what it
computes. The run has to compile that text, and to say which report is of which item.

Values are plain numbers here, or flat tuples of them. `plain` makes them so, from whatever has a
method `tolist`, so the tool needs to know no library of arrays.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from .formula.evaluator import Value


@dataclass(frozen=True)
class Item:
    """One of the things that step, each for itself."""

    # Whatever a frame holds in a local variable while it works on this item. Not needed if there
    # is but one.
    thing: object
    # The symbols whose values the caller gave: the hyper-parameters.
    constants: Mapping[str, Value]
    # The values, at this moment, of the symbols $x_t$ that live on from step to step. Called before
    # the first step, too, for $x_0$. The algorithm has to say what becomes of each of them.
    values: Callable[[], Mapping[str, Any]]
    # Those of them that the caller set. An algorithm need not say where they begin.
    start: Collection[str] = ()
    # Other symbols for some of these values: code that is shared may have a name of its own.
    aliases: Mapping[str, str] = field(default_factory=dict)
    # Makes numbers of what a frame holds while it works on this item, where `plain` cannot.
    read: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class Started:
    """
    A run that has been set up. `step` makes one step with what is given for each item. If the run
    has a `source`, it returns what was reported of each: the numbers of the marks, and the values.
    """

    items: Sequence[Item]
    step: Callable[[Sequence[Value | None]], Any]


@dataclass(frozen=True)
class Run:
    """
    One configuration. `subject` is what runs, `flags` are what its caller asked for. They decide
    which claims it has to meet.
    """

    name: str
    subject: str
    flags: Mapping[str, bool]
    # With a `source`, it is given the text of that file with marks in it.
    start: Callable[..., Started]
    # For each step, what it is given for each item; `None`: the item sits this step out.
    given: Sequence[Sequence[Value | None]]
    # The algorithms that speak of this run: the names of the sections in which they stand.
    algorithms: Collection[str] = ()
    # The file in C that takes part in the run.
    source: Path | None = None


def plain(value: Any) -> Value:
    """
    The value as a number or a flat tuple of numbers; a `TypeError` if it is nothing of the kind.

    >>> plain(3), plain([[1, 2], [3, 4]])
    (3.0, (1.0, 2.0, 3.0, 4.0))
    """
    if isinstance(value, int | float):
        return float(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
        return plain(value) if isinstance(value, int | float | list) else _refuse(value)
    if isinstance(value, list | tuple):
        parts = [plain(part) for part in value]
        return tuple(x for part in parts for x in (part if isinstance(part, tuple) else (part,)))
    return _refuse(value)


def _refuse(value: Any) -> Value:
    raise TypeError(f"{value!r} is not a number, nor made of numbers")


def load(path: Path) -> ModuleType:
    """The file with the runs, imported."""
    name = f"_runs_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ValueError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look for the module that they are defined in.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "runs"):
        raise ValueError(f"{path}: has no function runs(device)")
    return module


@dataclass
class Given:
    """What the files with the runs say, all together."""

    runs: list[Run] = field(default_factory=list)
    draws: list[Mapping[str, float]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    absent: dict[Path, str] = field(default_factory=dict)


def read(paths: Sequence[Path], device: str) -> Given:
    given = Given()
    for module in map(load, paths):
        # Whether there is such a device has to be known first.
        given.about |= module.about(device) if hasattr(module, "about") else {}
        given.runs += module.runs(device)
        given.draws += module.draws() if hasattr(module, "draws") else []
        given.absent |= module.absent(device) if hasattr(module, "absent") else {}
    return given
