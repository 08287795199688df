#!/usr/bin/env python3
"""
# One run on a GPU

```
python3 tools/gpu.py
python3 tools/gpu.py --device cpu
```

Runs all that needs a GPU, on a machine that has torch 2.11 or later, Triton, pytest, hypothesis and
pygments, and no network. Nothing is installed. Each part has a limit of its own, together less than
seven minutes, and its output is written as it comes into a file in `--out`: a run that is cut short
leaves what it had. At the end stands one table, which is also written, as `results.json`.

With `--device cpu` the same parts run without a GPU, in short: to see that the script works.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("labml_optim/*.py"))
CHECK = ("-m", "sidenotes", "check", *MODULES, "--symbols", "tools/checks/symbols.yml")
ABOUT = """
import platform, torch
print("Python", platform.python_version(), "torch", torch.__version__)
try:
    import triton
    print("Triton", triton.__version__)
except ImportError:
    print("Triton is not installed")
if torch.cuda.is_available():
    print(torch.cuda.get_device_name(), "compute capability", torch.cuda.get_device_capability())
else:
    print("no CUDA device")
"""


@dataclass(frozen=True)
class Part:
    """
    * `gpu` and `cpu` are what Python is to run, for either device
    * `limit` is after how many seconds it is stopped
    * `gist` finds the lines of its output that go into the table
    * `needs` are the packages without which it is left out
    """

    name: str
    gpu: Sequence[str]
    cpu: Sequence[str]
    limit: float
    gist: Callable[[str], list[str]]
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a part: `passed`, `failed`, `stopped` at its limit, or `left out`."""

    part: str
    state: str
    seconds: float
    gist: list[str]


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def tests(text: str) -> list[str]:
    """What failed, and pytest's last line."""
    failed = [line for line in lines(text) if re.match(r"(FAILED|ERROR) ", line)]
    return [*failed[:20], *lines(text)[-1:]]


def check(text: str) -> list[str]:
    return [
        line for line in lines(text) if line.startswith(("total", "largest")) or " runs, " in line
    ]


def figures(text: str) -> list[str]:
    """The table of the benchmark, which is the last one printed."""
    found = lines(text)
    heads = [i for i, line in enumerate(found) if re.match(r"\w+: ", line)]
    return found[heads[0] :] if heads else found[-3:]


PARTS = (
    Part("versions", ("-c", ABOUT), ("-c", ABOUT), 60, lines),
    Part(
        "doctests",
        (*PYTEST, "-m", "gpu", "tests/optim/test_doctests.py"),
        (*PYTEST, "-k", "adam.py and not gpu", "tests/optim/test_doctests.py"),
        60,
        tests,
        ("pytest",),
    ),
    Part(
        "tests of both engines",
        (
            *PYTEST,
            "-m",
            "gpu",
            "tests/fused",
            "tests/optim",
            "--deselect=tests/optim/test_doctests.py",
        ),
        (*PYTEST, "-k", "every_flag and interpreted and Adam", "tests/fused/test_cuda.py"),
        130,
        tests,
        ("pytest", "hypothesis", "triton"),
    ),
    Part(
        "formulas",
        (*CHECK, "--device", "cuda", "--runs", "tools/checks/optimizers.py"),
        (*CHECK, "--device", "cpu", "--runs", "tools/checks/optimizers.py"),
        70,
        check,
        ("yaml", "pygments"),
    ),
    Part(
        "benchmark",
        (
            "-m",
            "benchmarks.bench",
            "--device",
            "cuda",
            "--seconds",
            "1",
            "--places",
            "2",
            "--patience",
            "0",
        ),
        ("-m", "benchmarks.bench", "--device", "cpu", "--quick"),
        90,
        figures,
    ),
)


def run(part: Part, device: str, out: Path) -> Outcome:
    """Run a part, with its output in a file."""
    missing = [name for name in part.needs if find_spec(name) is None]
    if missing:
        return Outcome(part.name, "left out", 0.0, [f"{', '.join(missing)} is not installed"])
    command = [sys.executable, "-W", "ignore", *(part.gpu if device == "cuda" else part.cpu)]
    if part.name == "benchmark":
        command += ["--data", str(out / f"{device}.jsonl")]
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tools", os.environ.get("PYTHONPATH", ""))))
    log, begin = out / f"{part.name.replace(' ', '_')}.txt", perf_counter()
    with log.open("w", encoding="utf-8") as file:
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=part.limit,
            )
            state = "failed" if done.returncode else "passed"
        except subprocess.TimeoutExpired:
            state = "stopped"
    text = log.read_text(encoding="utf-8", errors="replace")
    gist = part.gist(text) if state == "passed" else lines(text)[-20:]
    return Outcome(part.name, state, round(perf_counter() - begin, 1), gist)


def table(outcomes: Sequence[Outcome]) -> str:
    width = max(len(outcome.part) for outcome in outcomes)
    rows = []
    for outcome in outcomes:
        rows.append(f"{outcome.part:{width}}  {outcome.state:8}  {outcome.seconds:6.1f} s")
        rows += [f"  {line}" for line in outcome.gist]
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None, parts: Sequence[Part] = PARTS) -> int:
    parser = argparse.ArgumentParser(description="Run all that needs a GPU.")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--out", type=Path, default=ROOT / ".cache/gpu", help="for the results")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for part in parts:
        print(f"{part.name} (at most {part.limit:.0f} s) …", flush=True)
        outcomes.append(run(part, options.device, options.out))
        print(f"  {outcomes[-1].state} after {outcomes[-1].seconds} s", flush=True)
        # After each part, so that a run cut short leaves what it had.
        text = json.dumps([asdict(outcome) for outcome in outcomes], indent=1)
        (options.out / "results.json").write_text(text, encoding="utf-8")
    print(f"\n{table(outcomes)}")
    return 0 if all(outcome.state in ("passed", "left out") for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
