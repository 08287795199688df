r"""
# The runs that the fused kernels are checked on

The same optimizers as [for the annotated code](optimizers.py), with `fused=True`, on numbers drawn
in the same way. Each flag is on by itself, and all are together, with all modes of weight decay in
turn; the interpreter is slow, and for it none or all of the flags will do.

A kernel chooses between two ways to update $m_t$, by whether $\beta_1$ is below one half. So of the
two parameters, one has a $\beta_1$ above it and one below.

The kernel for the CPU is compiled from the text that `sidenotes check` hands over, as the package
would compile it, but for one thread, since what it reports comes one after the other. The kernel
for CUDA is run by Triton's interpreter on the CPU, where `sidenotes check` can watch its lines.
What `torch.compile` traces is run as it is. The names of their flags are those of the kernels.

All three are [proved on exact numbers](exact_kernels.py) as well, and for that neither a compiler
nor Triton is needed.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from ctypes import CDLL, CFUNCTYPE, POINTER, c_double, c_int, c_uint64, c_void_p, cast
from dataclasses import replace
from functools import cache, partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch

from checks import optimizers as annotated
from checks.catalog import CATALOG, Flags, entry
from labml_optim import Adam, fused
from labml_optim.fused import cuda as cuda_engine
from labml_optim.fused import partition, traced
from labml_optim.fused.cpu import compiler
from labml_optim.fused.cpu import launch as cpu
from labml_optim.fused.cuda import launch as cuda
from labml_optim.fused.overrides import KNOWN
from labml_optim.fused.table import Table
from sidenotes.check.runs import Item, Run, Started

IN_C = compiler.SOURCE
IN_TRITON = Path(cuda.__file__).with_name("kernel.py")
# On either side of one half.
FIRSTS = ((0.85, 0.92), (0.1, 0.45))
# Steps for the interpreter. Rectification begins with the sixth.
SHORT = 8


def absent(device: str) -> dict[Path, str]:
    """The kernels that cannot run here, and why."""
    missing = {IN_C: no_compiler(), IN_TRITON: no_triton()}
    return {path: reason for path, reason in missing.items() if reason}


def no_compiler() -> str:
    try:
        compiler.compiler()
    except RuntimeError as error:
        return str(error)
    return ""


def no_triton() -> str:
    # The interpreter computes with numpy.
    for name in ("triton", "numpy"):
        if importlib.util.find_spec(name) is None:
            return f"it is run by Triton's interpreter, and {name} is not installed"
    return ""


def runs(device: str) -> Iterator[Run]:
    """Those of each kernel. Whatever the device is, they are run on the CPU."""
    for seed, found in enumerate(many(), 1):
        run = configuration("traced", seed, *found)
        yield replace(run, start=partial(start_traced, run))
    missing = absent(device)
    if IN_C not in missing:
        for seed, found in enumerate(many(), 1):
            run = configuration("compiled", seed, *found)
            yield replace(run, start=partial(start_compiled, run), source=IN_C)
    if IN_TRITON not in missing:
        for seed, found in enumerate(few(), 1):
            run = configuration("interpreted", seed, *found)
            yield replace(run, start=partial(start_interpreted, run), given=run.given[:SHORT])


Configuration = tuple[type[Adam], Sequence[str], tuple[bool, Flags]]
# The optimizers that the kernels compute.
COMPUTED = [row for row in CATALOG if row.kind in KNOWN]


def many() -> Iterator[Configuration]:
    """The optimizers, each with the flags that are on, and a mode of decay."""
    decays = cycle(annotated.DECAYS)
    for row in COMPUTED:
        for on in ([], *([name] for name in row.flags), list(row.flags)):
            yield row.kind, on, next(decays)


def few() -> Iterator[Configuration]:
    """Two for each optimizer, in which all lines of a kernel are met."""
    *decoupled, coupled = annotated.DECAYS
    decays = cycle(decoupled)
    for row in COMPUTED:
        yield row.kind, [], coupled
        yield row.kind, list(row.flags), next(decays)


def configuration(
    how: str, seed: int, kind: type[Adam], on: Sequence[str], decay: tuple[bool, Flags]
) -> Run:
    flags = {**{name: name in on for name in entry(kind).flags}, **decay[1]}
    run = annotated.configuration(kind, flags, decay[0], seed, "cpu", FIRSTS)
    return replace(run, name=f"{how} {run.name}", flags={**flags, **constants(kind, flags)})


def constants(kind: type[Adam], flags: Flags) -> dict[str, bool]:
    """The flags of the kernels, under their names in either file."""
    centred, maximum = KNOWN[kind].centred, flags.get("amsgrad", False)
    found = {"centred": centred, "CENTRED": centred, "maximum": maximum, "MAXIMUM": maximum}
    # Where a step is rectified, it depends on the step.
    return found if entry(kind).is_rectified(flags) else {**found, "adaptive": True}


# ## Another engine


def begin(run: Run, at_work: Callable[[], AbstractContextManager[object]]) -> Started:
    """Start a run with another engine in the place of the one for the CPU."""
    with at_work():
        started = run.start(fused=True)

    def step(given: Any) -> None:
        with at_work():
            started.step(given)

    return Started([renamed(item) for item in started.items], step)


def renamed(item: Item) -> Item:
    r"""
    What the kernels call $v$ is $s$ in AdaBelief. The $\epsilon$ that they add after the root is
    the group's in both forms of the update: in the folded one, $c_t$ is 1.
    """
    pairs = {"v_t": "s_t", r"\bar v_t": r"\bar s_t"}
    kept, constants = item.values(), dict(item.constants)
    constants.setdefault(r"\epsilon", constants.get(r"\hat\epsilon", 0.0))
    aliases = {v: s for v, s in pairs.items() if s in kept}
    return replace(item, constants=constants, aliases=aliases)


def parameter(item: Item) -> torch.Tensor:
    group: Any = item.thing
    return group["params"][0]


# ## What `torch.compile` traces


def start_traced(run: Run) -> Started:
    def trace_step(optimizer: Any) -> Any:
        calls, states = traced.trace_step(optimizer) or ([], [])
        group_of = {id(each["params"][0]): each for each in optimizer.param_groups}
        return [(call_for, (group_of[id(given[0])], *given)) for _, given in calls], states

    def call_for(group: object, *tensors: Any) -> None:
        """Who asks what is updated finds the group here."""
        traced.update(*tensors)

    @contextmanager
    def at_work() -> Iterator[None]:
        with (
            patch.object(torch.compiler, "is_compiling", lambda: True),
            patch.object(fused, "trace_step", trace_step),
        ):
            yield

    return begin(run, at_work)


# ## The kernel for the CPU

Report = tuple[int, float]
REPORT = CFUNCTYPE(None, c_int, c_double)


@cache
def library(text: str) -> CDLL:
    """The library that is made of this text."""
    stored = cpu.STORED[torch.float64]
    with TemporaryDirectory() as name:
        source = Path(name) / "kernel.c"
        source.write_text(text, encoding="utf-8")
        with patch.multiple(compiler, SOURCE=source, PARALLEL="-fno-openmp"):
            content = compiler.compiled([*compiler.FLAGS, f"-DSTORED={stored}"])
        target = source.with_suffix(".so")
        target.write_bytes(content)
        return CDLL(str(target))


def start_compiled(run: Run, text: str) -> Started:
    found = library(text)
    with patch.object(cpu, "library", lambda stored: found):
        function = cpu.function.__wrapped__(torch.float64)
    heard: dict[int, list[Report]] = {}

    def stepped(table: int, *rest: Any) -> None:
        # Each parameter has a group for itself, so it is alone in its table.
        of = cpu.InC.from_address(table)
        assert of.count == 1
        address = cast(of.written, POINTER(c_uint64))[0]
        report = REPORT(lambda mark, value: heard[address].append((mark, value)))
        c_void_p.in_dll(found, "sidenotes_report").value = cast(report, c_void_p).value
        function(table, *rest)

    started = begin(run, partial(patch.object, cpu, "function", lambda dtype: stepped))

    def step(given: Any) -> Sequence[Sequence[Report]]:
        own: list[list[Report]] = [[] for _ in started.items]
        heard.update(zip(map(address_of, started.items), own, strict=True))
        started.step(given)
        return own

    return Started(started.items, step)


def address_of(item: Item) -> int:
    return parameter(item).data_ptr()


# ## The kernel for CUDA


@cache
def interpreted(path: Path) -> ModuleType:
    """The kernel in this file, for the interpreter: when it is defined, Triton asks for that."""
    # Triton itself is not to be interpreted.
    import triton.language  # noqa: F401

    spec = importlib.util.spec_from_file_location("interpreted_kernel", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    with patch.dict(os.environ, {"TRITON_INTERPRET": "1"}):
        spec.loader.exec_module(module)
    return module


def start_interpreted(run: Run) -> Started:
    kernel = interpreted(IN_TRITON)
    groups: dict[int, object] = {}

    def launch(table: Table, *rest: Any) -> None:
        launch_for(groups[table.written[0]], table, *rest)

    def launch_for(group: object, *arguments: Any) -> None:
        """Who asks what the kernel is at work on finds the group here."""
        cuda.launch(*arguments)

    engine = SimpleNamespace(require=lambda dtype: None, launch=launch)

    @contextmanager
    def at_work() -> Iterator[None]:
        import numpy

        with (
            patch.object(cuda_engine, "kernel", kernel, create=True),
            patch.dict(partition.ENGINES, cpu=engine),
            # It warns of what lies behind the end of a tensor, where 0 is divided by 0.
            numpy.errstate(all="ignore"),
        ):
            yield

    started = begin(run, at_work)
    groups.update({address_of(item): item.thing for item in started.items})
    items = [
        replace(item, read=partial(lanes, size=parameter(item).numel())) for item in started.items
    ]
    return Started(items, started.step)


def lanes(value: Any, size: int) -> Any:
    """The numbers in a tensor of the interpreter, without what lies behind the end of the item."""
    from triton.language import tensor

    if not isinstance(value, tensor):
        return value
    held = value.handle.data.reshape(-1).tolist()
    return held[:size] if value.type.is_block() else held[0]
