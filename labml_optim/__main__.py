"""
# Check the package on your own machine

```
python -m labml_optim
python -m labml_optim --device cpu --json results.json
```

Runs [the checks](verify/__init__.py), in less than a minute, and prints a table. A terminal shows
meanwhile which one is under way. The exit status is 0 if nothing failed, 1 if something did, and 2
if the checks could not be run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter

import torch

from labml_optim.verify import doctests, engines, siblings
from labml_optim.verify.check import Check, Row
from labml_optim.verify.machine import machine
from labml_optim.verify.results import Results

DEVICES = ("cpu", "cuda")


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line. What cannot be done is said before anything is run."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description="Check on this machine that the optimizers compute what they should.",
    )
    parser.add_argument(
        "--device", choices=[*DEVICES, "all"], default="all", help="where; all by default"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    options = parser.parse_args(given)
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda: torch finds no CUDA device")
    if options.json and (options.json.is_dir() or not options.json.parent.is_dir()):
        parser.error(f"--json {options.json}: this is no file in a folder that exists")
    return options


def checks(devices: Iterable[str]) -> tuple[list[Row], list[Check]]:
    """What is not available from the start, and what is to be run."""
    missing, found = [], []
    for device in devices:
        if device == "cuda" and not torch.cuda.is_available():
            reason = "torch finds no CUDA device"
            missing.append(Row("all checks", "", device, "not available", reason))
            continue
        for part in (doctests, engines, siblings):
            found += part.checks(device)
    return missing, found


def run(found: Sequence[Check]) -> list[Row]:
    """Run the checks. Where someone looks on, one line says how far they are."""
    rows, watched = [], sys.stderr.isatty()
    for number, check in enumerate(found, 1):
        if watched:
            line = f"{number} of {len(found)}  {check.check}: {check.subject} on {check.device}"
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{line[:width]}", end="", file=sys.stderr, flush=True)
        rows.append(check.run())
    if watched:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return rows


def main(given: Sequence[str] | None = None) -> int:
    options, begin = arguments(given), perf_counter()
    # The tensors are small. A second thread would only wait, and it does that at full speed.
    torch.set_num_threads(1)
    missing, found = checks(DEVICES if options.device == "all" else [options.device])
    rows = run(found) + missing
    results = Results(machine(), rows, perf_counter() - begin)
    print(results.text())
    if options.json:
        try:
            results.write(options.json)
        except OSError as error:
            print(f"--json {options.json}: {error}", file=sys.stderr)
            return 2
    return 0 if results.passed else 1


if __name__ == "__main__":
    sys.exit(main())
