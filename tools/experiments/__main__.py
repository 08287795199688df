"""
# The command

```
python -m experiments
```

runs the study and writes what it found into `tools/experiments/data/`, from where the site takes
it. `--quick` only sees that everything runs, and writes nothing.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from experiments.design import FULL, SHORT
from experiments.results import DATA, Results, write
from experiments.study import SEEDS, TUNING, study, work


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="experiments", description="Train on digits.")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only see that everything runs")
    parser.add_argument("--data", type=Path, help="where the results are written to")
    parser.add_argument("--remark", default="", help="what else the page is to say of the run")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    began = time.perf_counter()
    if options.quick:
        rows = study([0, 1], [100], 4, 2, progress(work(2, 1, 4, 2)))
    else:
        rows = study(done=progress(work(len(SEEDS), len(TUNING), FULL, SHORT)))
    known = about(options.threads, time.perf_counter() - began)
    results = Results(known | ({"remark": options.remark} if options.remark else {}), rows)
    path = options.data or (None if options.quick else DATA)
    if path:
        write(path, results)
    print(f"{len(rows)} rows in {results.about['seconds']} seconds")


def progress(total: int) -> Callable[[int], None]:
    """A bar on standard error, if that is a terminal; else a line for each tenth."""
    began, before, shown = time.perf_counter(), 0, -1
    terminal = sys.stderr.isatty()

    def done(steps: int) -> None:
        nonlocal before, shown
        before += steps
        share = min(1.0, before / total)
        part = int(share * (1000 if terminal else 10))
        if part == shown:
            return
        shown = part
        left = (time.perf_counter() - began) * (1 - share) / share
        bar = "#" * round(30 * share)
        text = f"[{bar:30}] {share:4.0%}, {left:4.0f} s left"
        print(f"\r{text}" if terminal else text, end="" if terminal else "\n", file=sys.stderr)
        if terminal and share == 1.0:
            print(file=sys.stderr)

    return done


def about(threads: int, seconds: float) -> dict[str, Any]:
    """On what, with what, when and how long."""
    return {
        "date": date.today().isoformat(),
        "device": f"{platform.machine()} CPU, {threads} threads",
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "scikit-learn": version("scikit-learn"),
        "seconds": round(seconds),
    }


if __name__ == "__main__":
    main()
