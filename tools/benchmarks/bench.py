"""
# How fast the optimizers are

```
python -m benchmarks.bench
python -m benchmarks.bench --device cuda
```

`make bench` installs the peers and does the first. All that is compared runs side by side in one
process, [in turns](clock.py): float32, gradients that stay the same, each contestant with tensors
of its own, in several places of memory. The script prints the figures and writes them into
`tools/benchmarks/data/`, from where the site plots them. On a machine that does other things
meanwhile, the quartiles lie far apart; then measure again.
"""

from __future__ import annotations

import argparse
import gc
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer

from benchmarks import ceiling, clock, startup
from benchmarks.contestants import (
    BELIEF,
    PACKAGES,
    REFERENCE,
    SHOWN,
    Contestant,
    Set,
    heats,
    missing,
    quick_sets,
    sets,
)
from benchmarks.rows import Row, row, table, write
from labml_optim.fused.cpu.compiler import compiler

ROOT = Path(__file__).parents[2]
# For each heat: the seconds of each round, by label.
Times = list[dict[str, list[float]]]


def main(arguments: list[str] | None = None) -> None:
    options = parse_arguments(arguments)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    for label in missing():
        print(f"{label} is left out: {PACKAGES[label]} is not installed", file=sys.stderr)
    rows: list[Row] = []
    for which in (quick_sets if options.quick else sets)(options.device):
        print(f"measuring {which.title}", file=sys.stderr, flush=True)
        found = [measure(which, heat, options) for heat in heats()]
        rows += figures(which, found, options.device)
        if options.device == "cuda":
            rows += launches(which, options.device)
        keep(rows, options)
    rows += start(options)
    keep(rows, options)
    print(table(rows))


def keep(rows: list[Row], options: argparse.Namespace) -> None:
    """Write what there is so far: a run that is cut short is not lost."""
    rows.sort(key=lambda each: FIGURES.index(each.figure))
    if options.data:
        write(options.data, about(options), rows)


FIGURES = ["ratio", "step", "memory", "annotated", "launches", "start"]


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how fast the optimizers are.")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=8, help="for each heat")
    parser.add_argument("--rounds", type=int, default=15, help="the smallest number of rounds")
    parser.add_argument("--places", type=int, default=4, help="how often tensors are made again")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for quiet")
    parser.add_argument("--quick", action="store_true", help="only see that everything runs")
    parser.add_argument("--data", type=Path, help="where the figures are written to")
    options = parser.parse_args(arguments)
    if options.quick:
        options.seconds, options.rounds, options.patience, options.places = 0, 4, 0, 2
    elif options.data is None:
        options.data = ROOT / f"tools/benchmarks/data/{options.device}.jsonl"
    return options


# ## Measuring


def measure(which: Set, heat: list[Contestant], options: argparse.Namespace) -> dict[str, Any]:
    """
    Let the contestants of a heat, and the reference, take turns with these parameters.

    Where in memory its tensors happen to be makes one contestant faster than another, by a tenth
    and more. So all are made anew several times, and each in turn is made first.
    """
    found: dict[str, list[float]] = {}
    line = [REFERENCE, *heat]
    for _ in range(options.places):
        line = [*line[1:], line[0]]
        for label, times in in_one_place(which, line, options).items():
            found.setdefault(label, []).extend(times)
    return found


def in_one_place(which: Set, line: list[Contestant], options: argparse.Namespace) -> dict[str, Any]:
    # Optimizers refer to themselves, and those of the last heat hold gigabytes.
    gc.collect()
    optimizers = {each.label: optimizer(each, which, options.device) for each in line}
    turns: dict[str, Callable[[], object]] = {k: v.step for k, v in optimizers.items()}
    if which.streams and any(each.moves for each in line if each is not REFERENCE):
        turns[ceiling.LABEL], _ = ceiling.turn(options.device, size(which))
    found = clock.times(
        turns,
        waiter(options.device),
        options.seconds / options.places,
        -(-options.rounds // options.places),
        options.patience / options.places,
        gauge=ceiling.LABEL if ceiling.LABEL in turns else None,
    )
    for label, each in optimizers.items():
        refuse_subnormal(label, each)
    return found


def optimizer(each: Contestant, which: Set, device: str) -> Optimizer:
    params = [torch.nn.Parameter(torch.randn(s, device=device)) for s in which.shapes]
    for param in params:
        param.grad = torch.randn_like(param)
    return each.make(params)


def size(which: Set) -> int:
    return sum(torch.Size(shape).numel() for shape in which.shapes)


def waiter(device: str) -> Callable[[], object]:
    return torch.cuda.synchronize if device == "cuda" else lambda: None


def refuse_subnormal(label: str, optimizer: Optimizer) -> None:
    """Processors take many times as long for numbers that are too small for a leading 1."""
    kept = [tensor for state in optimizer.state.values() for tensor in state.values()]
    for tensor in kept + optimizer.param_groups[0]["params"]:
        if isinstance(tensor, torch.Tensor) and tensor.is_floating_point():
            tiny = torch.finfo(tensor.dtype).tiny
            if ((tensor != 0) & (tensor.abs() < tiny)).any():
                raise ArithmeticError(f"{label}: subnormal numbers spoil the measurement")


# ## Figures


def figures(which: Set, found: Times, device: str) -> Iterator[Row]:
    yield from ratio_rows(which, found, device)
    yield from step_rows(which, found)
    yield from annotated_rows(which, found)
    if which.streams:
        yield from memory_rows(which, found, device)


def ratio_rows(which: Set, found: Times, device: str) -> Iterator[Row]:
    """Each fused optimizer against torch's fused Adam."""
    for each, times in fused(found):
        ratios = clock.ratios(times[each.label], times[REFERENCE.label])
        goal = which.limits[device] if each.label == BELIEF else None
        yield row("ratio", which.title, each.label, ratios, at_most=goal, mark=True)
    yield Row("ratio", which.title, REFERENCE.label, 1)


def step_rows(which: Set, found: Times) -> Iterator[Row]:
    """
    The time of a step. Heats run one after the other, maybe at another pace. So times are measured
    as multiples of the reference, which runs in each heat, and shown with its pace in the first.
    """
    pace = 1000 * clock.spread(found[0][REFERENCE.label])[1]
    for label in SHOWN:
        times = next((each for each in found if label in each), None)
        if times:
            ours = not label.startswith(("torch", *PACKAGES))
            own = [pace * ratio for ratio in clock.ratios(times[label], times[REFERENCE.label])]
            if label == REFERENCE.label:
                own = [1000 * seconds for seconds in times[label]]
            yield row("step", which.title, label, own, unit="ms", mark=ours)


def annotated_rows(which: Set, found: Times) -> Iterator[Row]:
    """The annotated code against a loop over tensors, of the same optimizer."""
    for heat, times in zip(heats(), found, strict=True):
        for each in heat:
            if each.peer in times:
                ratios = clock.ratios(times[each.label], times[each.peer])
                names = (label.partition("(")[0] for label in (each.label, each.peer))
                label = " / ".join(names)
                yield row("annotated", which.title, label, ratios, at_most=1.0, mark=True)


def memory_rows(which: Set, found: Times, device: str) -> Iterator[Row]:
    """Bytes moved per second, as a share of what memory alone can do."""
    count = size(which)
    _, best = ceiling.turn(device, count)
    goal = 90 if device == "cuda" and count == 100_000_000 else None
    pace = best / clock.spread(found[0][ceiling.LABEL])[1] / 1e9
    for each, times in [*fused(found), (REFERENCE, found[0])]:
        alone, own = times[ceiling.LABEL], times[each.label]
        share = [100 * each.moves * count / best * r for r in clock.ratios(alone, own)]
        speed = clock.spread(share)[1] / 100 * pace
        ours = each is not REFERENCE
        more = {"unit": "%", "note": f"{speed:.1f} GB/s", "mark": ours}
        goals = {"at_least": goal if each.label == BELIEF else None}
        yield row("memory", which.title, each.label, share, **more, **goals)
    yield Row("memory", which.title, ceiling.LABEL, 100, "%", note=f"{pace:.1f} GB/s")


def fused(found: Times) -> Iterator[tuple[Contestant, dict[str, list[float]]]]:
    """Our fused optimizers, in the order in which they are shown, and the times of their heat."""
    ours = [
        (each, times)
        for heat, times in zip(heats(), found, strict=True)
        for each in heat
        if each.label.endswith("(fused=True)") and each.label in SHOWN
    ]
    yield from sorted(ours, key=lambda pair: SHOWN.index(pair[0].label))


def launches(which: Set, device: str) -> Iterator[Row]:
    """How many kernels one step starts."""
    for label in (BELIEF, REFERENCE.label):
        every = [REFERENCE, *(each for heat in heats() for each in heat)]
        own = optimizer(next(each for each in every if each.label == label), which, device)
        own.step()
        activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
        with torch.profiler.profile(activities=activities) as profile:
            own.step()
            torch.cuda.synchronize()
        names = [e.name for e in profile.events() or [] if e.device_type.name == "CUDA"]
        copies = sum(name.startswith(("Memcpy", "Memset")) for name in names)
        count, note = len(names) - copies, f"and {copies} copies"
        yield Row("launches", which.title, label, count, "kernels", note=note, mark=label == BELIEF)


def start(options: argparse.Namespace) -> Iterator[Row]:
    """The first step of a process, and the import."""
    print("measuring the first step", file=sys.stderr, flush=True)
    found = startup.times(options.device, 2 if options.quick else 7)
    milliseconds = {k: [1000 * seconds for seconds in v] for k, v in found.items()}
    cold, warm = "With an empty cache", "With a warm cache"
    both = {k: milliseconds["cold", k] + milliseconds["warm", k] for k in ("import", "torch")}
    yield row(
        "start",
        cold,
        "first step",
        milliseconds["cold", "first"],
        unit="ms",
        at_most=2000,
        mark=True,
    )
    yield row("start", cold, "torch: its first optimizer", both["torch"], unit="ms")
    yield row(
        "start", warm, "first step", milliseconds["warm", "first"], unit="ms", at_most=50, mark=True
    )
    yield row("start", warm, "import labml_optim", both["import"], unit="ms", at_most=50, mark=True)


def about(options: argparse.Namespace) -> dict[str, Any]:
    """The machine and the versions that were measured."""
    on_cpu = {"threads": options.threads, "compiler": version([*compiler(), "--version"])}
    return {
        "device": device_name(options.device),
        **(on_cpu if options.device == "cpu" else {"CUDA": torch.version.cuda}),
        "torch": torch.__version__,
        "date": date.today().isoformat(),
        "script": "tools/benchmarks/bench.py",
    }


def device_name(device: str) -> str:
    if device == "cuda":
        return torch.cuda.get_device_name()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def version(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]


if __name__ == "__main__":
    main()
