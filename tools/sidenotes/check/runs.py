r"""
# What is run

Files of the project, named with `--runs`, say what is run. Each has a function

```python
def runs(device: str) -> Iterable[Run]: ...
```

that returns the configurations, each with a name. A `Run` steps one or several *items*. For an
optimizer they are parameters. Such a file may have more functions:

* `about(device)` returns a dictionary to be printed below the table, with versions and the device's
  name. If there is no such device, it raises a `ValueError` that says so.
* `draws()` returns dictionaries from symbols to numbers, for the [functions](examples.py) that
  derivations are compared with.
* `proofs()` returns what is to be [proved for every value](proof/__init__.py).
* `absent(device)` returns a dictionary from files whose code cannot run on this machine to the
  reason. Their claims are listed separately, as not checked here.

The folder of such a file is on the import path, as it is for a script.

Code in C is run from [a text with probes in it](watch/instrument.py), which reports what it
computes. The run has to compile that text, and to say which report is of which item.

Values are [plain numbers, or nested tuples of them](values/arrays.py), whatever they are in the
code.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from .failures import where
from .proof.task import Proof
from .values.arithmetic import Arithmetic
from .values.arrays import Value
from .values.floats import FLOATS
from .values.rounding import DOUBLE


@dataclass(frozen=True)
class Item:
    """One of the things that step, each for itself."""

    # Whatever a frame holds in a local variable while it works on this item. Not needed if there
    # is but one.
    thing: object
    # The symbols whose values the caller gave: the hyper-parameters.
    constants: Mapping[str, Any]
    # The values, at this moment, of the symbols $x_t$ that live on from step to step. Called before
    # the first step, too, for $x_0$. The algorithm has to say what becomes of each of them.
    values: Callable[[], Mapping[str, Any]]
    # Those of them that the caller set. An algorithm need not say where they begin.
    start: Collection[str] = ()
    # Other symbols for some of these values: code that is shared may have a name of its own.
    aliases: Mapping[str, str] = field(default_factory=dict)
    # Those of the constants that the caller has changed, when a step begins.
    changed: Callable[[], Mapping[str, Any]] = dict
    # Makes numbers of what a frame holds while it works on this item, where `plain` cannot.
    read: Callable[[Any], Any] = lambda value: value
    # The steps that it has made before the run, if that does not begin where the algorithm does.
    before: float | None = None


@dataclass(frozen=True)
class Started:
    """
    A run that has been set up. `step` makes one step with what is given for each item. If the run
    has a `source`, it returns what was reported of each: the numbers of the probes, and the values.
    A run that switches flags between steps tells with `flags` those of the next one.
    """

    items: Sequence[Item]
    step: Callable[[Sequence[Value | None]], Any]
    flags: Callable[[], Mapping[str, bool]] | None = None


@dataclass(frozen=True)
class Panel:
    """
    A page can run an algorithm. The run that has a panel is what it begins with: its numbers, its
    flags and what it is given, of its one item. `numbers` are what a reader can set: the name, and
    the symbols that it is in the algorithm. `step` is shown at first, and where no script runs.

    The `variants` are runs of one item as well, with every setting of the flags. They show which
    lines of the code run [beside the algorithm](beside/__init__.py), and when.

    A page may begin with a second column, with some flags set otherwise; `columns` are the names of
    both. `kind` says what is given at first, where that is one of the kinds that a page knows.
    """

    numbers: Mapping[str, Sequence[str]]
    step: int
    kind: str = "drawn"
    second: Mapping[str, bool] = field(default_factory=dict)
    columns: Sequence[str] = ()
    variants: Sequence[Run] = ()


@dataclass(frozen=True)
class Run:
    """
    One configuration. `subject` is what runs, in whatever words: it is a label, which groups the
    runs of one thing and is told in the report, and is not looked for in the code. `flags` are what
    its caller asked for. They decide which claims it has to meet.
    """

    name: str
    subject: str
    flags: Mapping[str, bool]
    # With a `source`, it is given the text of that file with probes in it.
    start: Callable[..., Started]
    # For each step, what it is given for each item; `None`: the item sits this step out.
    given: Sequence[Sequence[Value | None]]
    # The algorithms that speak of this run: the names of the sections in which they stand.
    algorithms: Collection[str] = ()
    # The file in C that takes part in the run.
    source: Path | None = None
    # Where a page that runs one of its algorithms begins.
    panel: Panel | None = None
    # How exact the numbers are that the code computes with, and those that it keeps.
    unit: float = DOUBLE
    kept: float = DOUBLE
    # What the formulas compute with, as the numbers of the run do. `computing` is entered
    # while code or formulas compute.
    arithmetic: Arithmetic = FLOATS
    computing: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def is_proof(self) -> bool:
        """Whether what holds in it holds for all numbers."""
        return self.arithmetic is not FLOATS


# ## Reading the files


@contextmanager
def importable(folders: Iterable[Path | str]) -> Iterator[None]:
    """
    While this lasts, imports look into these folders first, and leave no bytecode behind: Python
    takes that of a file for current which was changed within a second and has kept its size.
    """
    added, writes = [str(folder) for folder in folders], sys.dont_write_bytecode
    sys.path[:0] = added
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        for folder in added:
            if folder in sys.path:
                sys.path.remove(folder)


def load(path: Path) -> ModuleType:
    """The file with the runs, imported."""
    # Two files in different folders may have one name.
    name = re.sub(r"\W", "_", f"_runs_{path.resolve()}")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ValueError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look for the module that they are defined in.
    sys.modules[name] = module
    with importable([path.resolve().parent]), _errors_of(path, "it cannot be imported"):
        spec.loader.exec_module(module)
    if not any(hasattr(module, name) for name in ("runs", "proofs", "subjects")):
        raise ValueError(f"{path}: has no function runs(device)")
    return module


@contextmanager
def _errors_of(path: Path, what: str) -> Iterator[None]:
    """Whatever the user's code raises becomes a `ValueError` of one line, with its place."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        place = where(error) or path
        raise ValueError(f"{place}: {what}: {type(error).__name__}: {error}") from error


@dataclass
class Inputs:
    """What all files with runs give."""

    runs: list[Run] = field(default_factory=list)
    draws: list[Mapping[str, float]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    absent: dict[Path, str] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)

    def add(self, path: Path, device: str) -> None:
        module = load(path)
        # Whether there is such a device has to be known first.
        self.about |= _dictionary(path, module, "about", device)
        found = list(_call(path, module, "runs", device))
        self.proofs += _call(path, module, "proofs")
        wrong = [run for run in found if not isinstance(run, Run)]
        if wrong:
            raise ValueError(f"{path}: runs() gives {wrong[0]!r}, which is no Run")
        self.runs += found
        self.draws += _call(path, module, "draws")
        self.absent |= _dictionary(path, module, "absent", device)


def _dictionary(path: Path, module: ModuleType, name: str, device: str) -> Mapping[Any, Any]:
    found = _call(path, module, name, device, nothing={})
    if not isinstance(found, Mapping):
        raise ValueError(f"{path}: {name}() gives {found!r}, which is no dictionary")
    return found


def _call(path: Path, module: ModuleType, name: str, *arguments: str, nothing: Any = ()) -> Any:
    """All that a function of the file gives, which may be a generator; nothing if there is none."""
    if not hasattr(module, name):
        return nothing
    with _errors_of(path, f"{name}() raises"):
        found = getattr(module, name)(*arguments)
        if isinstance(found, Iterator):
            return list(found)
    if not isinstance(found, Iterable):
        raise ValueError(f"{path}: {name}() gives {found!r}, which is no list")
    return found


def gather(paths: Sequence[Path], device: str) -> Inputs:
    inputs = Inputs()
    for path in paths:
        inputs.add(path, device)
    if not (inputs.runs or inputs.absent or inputs.proofs):
        raise ValueError(
            f"{', '.join(map(str, paths))}: runs() gives no run, so nothing is checked"
        )
    return inputs
