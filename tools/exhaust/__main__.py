"""
# The run

`make exhaust` makes all of it; `python -m exhaust PART …` some parts. It takes minutes for each
row, and writes each as soon as it is there: what was interrupted goes on where it was, as long as
processor, compiler, torch and kernel are the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from exhaust.page import PAGE, renew
from exhaust.parts import Job, jobs
from exhaust.results import DATA, Part, load

PARTS = ("limits", "conversions", "gradients", "pairs")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="exhaust", description="Try all numbers there are.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run has found")
    parser.add_argument("--data", type=Path, default=DATA, help="the file of results")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that is renewed")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    for name in options.parts or PARTS:
        part = Part(options.data, name)
        if options.anew:
            part.rows.clear()
        run(part, [job for job in jobs(name) if not part.has(job.key)])
    renew(options.page, load(options.data))


def run(part: Part, todo: Sequence[Job]) -> None:
    done = progress(part.name, sum(job.tries for job in todo))
    for job in todo:
        began = time.perf_counter()
        found = job.run(done)
        part.add({**job.key, **found, "seconds": round(time.perf_counter() - began)})


def progress(name: str, total: int) -> Callable[[int], None]:
    """A bar on standard error, if that is a terminal; else a line for each hundredth."""
    began, before, shown = time.perf_counter(), 0, -1
    terminal = sys.stderr.isatty()

    def done(tries: int) -> None:
        nonlocal before, shown
        before += tries
        share = before / total
        if (part := int(share * (1000 if terminal else 100))) == shown:
            return
        shown = part
        left = (time.perf_counter() - began) * (1 - share) / share
        end = "\n" if not terminal or share == 1 else ""
        text = f"{name} [{'#' * round(30 * share):30}] {share:6.1%}, {left:5.0f} s left"
        print(f"\r{text}" if terminal else text, end=end, file=sys.stderr, flush=True)

    return done


if __name__ == "__main__":
    # Whatever else the machine does comes first.
    os.nice(10)
    main()
