r"""
# What is run

The tool runs what it is told to run. A file of the project, given as `--runs`, has a function

```python
def runs(device: str) -> Iterable[Run]: ...
```

that gives the configurations, each with a name, and, if it likes, a second one, `about(device)`,
that returns a dictionary to be printed below the table: versions, the device's name. A `Run` steps
one or several *items*. For an optimizer they are parameters.

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

from .values import Value


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


@dataclass(frozen=True)
class Started:
    """A run that has been set up. `step` makes one step with what is given for each item."""

    items: Sequence[Item]
    step: Callable[[Sequence[Value | None]], object]


@dataclass(frozen=True)
class Run:
    """
    One configuration. `subject` is what runs, `flags` are what its caller asked for. They decide
    which claims it has to meet.
    """

    name: str
    subject: str
    flags: Mapping[str, bool]
    start: Callable[[], Started]
    # For each step, what it is given for each item; `None`: the item sits this step out.
    given: Sequence[Sequence[Value | None]]
    # The algorithms that speak of this run: the names of the sections in which they stand.
    algorithms: Collection[str] = ()


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
