r"""
Make slips, one at a time, in copies of the package, and see whether the check finds each.

```
python tests/mutation/run.py --all --seed 7          # all of them
python tests/mutation/run.py --each 2 --seed 7       # two of each operator
```

The exit status is 1 if a mutant survives that is not in the list of `survivors.py`, if less than
99 % of those that are not equivalent are found, or if an operator has made something that cannot
even be read.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

import judge
import torch
from known import Known
from mutants import Mutant, Unmade, every
from survivors import EQUIVALENT, SURVIVORS

# Filled before the processes fork, so that they need only be told a number.
CHOSEN: list[Mutant] = []


def verdict(number: int) -> tuple[int, judge.Verdict | str | None]:
    """`None`: the edit changes nothing that is executed or evaluated. A text: it cannot be read."""
    mutant = CHOSEN[number]
    thorough = not known(mutant, EQUIVALENT + SURVIVORS)
    try:
        return number, judge.judge(mutant, thorough) if mutant.alters() else None
    except Unmade as error:
        return number, str(error)


def verdicts(processes: int) -> Iterator[tuple[Mutant, judge.Verdict | str]]:
    torch.set_num_threads(1)
    # What is known before the processes fork, they need not find out.
    judge.choice()
    begin = perf_counter()
    # A process that has just forked is slow, so each is used for some time.
    with get_context("fork").Pool(processes, maxtasksperchild=100) as pool:
        found = pool.imap_unordered(verdict, range(len(CHOSEN)))
        for done, (number, answer) in enumerate(found, 1):
            if answer:
                survives = isinstance(answer, judge.Verdict) and not answer.found
                if survives and not known(CHOSEN[number], EQUIVALENT + SURVIVORS):
                    print(f"survives: {CHOSEN[number]}", file=sys.stderr, flush=True)
                yield CHOSEN[number], answer
            if done % 100 == 0 or done == len(CHOSEN):
                seconds = perf_counter() - begin
                print(f"{done} of {len(CHOSEN)}, {seconds:.0f} s", file=sys.stderr, flush=True)


def sample(mutants: Sequence[Mutant], each: int, draw: Random) -> list[Mutant]:
    """Some of each operator, on formulas and on lines, none of them known to survive."""
    groups: dict[tuple[bool, str], list[Mutant]] = defaultdict(list)
    for mutant in draw.sample(mutants, len(mutants)):
        group = groups[mutant.kind == "line", mutant.operator]
        if len(group) < each and not known(mutant, EQUIVALENT + SURVIVORS) and mutant.alters():
            group.append(mutant)
    return [mutant for group in groups.values() for mutant in group]


def known(mutant: Mutant, entries: Sequence[Known]) -> Known | None:
    return next((entry for entry in entries if entry.speaks_of(mutant)), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="all mutants")
    which.add_argument("--each", type=int, help="so many of each operator")
    which.add_argument("--part", type=int, help="so many of all")
    parser.add_argument("--seed", type=int, default=0, help="draws the mutants, and their choices")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    mutants = every(options.seed)
    draw = Random(options.seed)
    if options.each:
        mutants = sample(mutants, options.each, draw)
    else:
        mutants = draw.sample(mutants, options.part or len(mutants))
    CHOSEN.extend(mutants)
    begin = perf_counter()
    found, whole = [], options.all
    try:
        for pair in verdicts(options.processes):
            found.append(pair)
    except KeyboardInterrupt:
        whole = False
        print(f"stopped after {len(found)} of {len(mutants)}", file=sys.stderr)
    unmade = [(mutant, answer) for mutant, answer in found if isinstance(answer, str)]
    judged = [(mutant, answer) for mutant, answer in found if not isinstance(answer, str)]
    status = report(judged, stale=whole)
    for mutant, text in unmade:
        print(f"\nCANNOT BE READ: {mutant}\n  {text}")
    print(f"seed {options.seed}, {len(judged)} mutants, {perf_counter() - begin:.0f} s")
    return 1 if unmade else status


def report(found: Sequence[tuple[Mutant, judge.Verdict]], stale: bool) -> int:
    rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    reasons: dict[Known | None, list[Mutant]] = defaultdict(list)
    for mutant, answer in found:
        where = "line" if mutant.kind == "line" else "formula"
        entry = None if answer.found else known(mutant, EQUIVALENT + SURVIVORS)
        column = 1 if answer.found else 2 if entry in EQUIVALENT else 3
        for key in ((where, mutant.operator), ("", f"all in {where}s"), ("", "total")):
            rows[key][0] += 1
            rows[key][column] += 1
        if not answer.found:
            reasons[entry].append(mutant)
    print(f"{'':8}{'operator':34}{'mutants':>9}{'found':>9}{'equal':>9}{'survive':>9}")
    for (where, name), counts in sorted(rows.items(), reverse=True):
        print(f"{where:8}{name:34}" + "".join(f"{count:9}" for count in counts))
    unexplained = reasons.pop(None, [])
    for entry, mutants in reasons.items():
        kind = "equal" if entry in EQUIVALENT else "survive"
        print(f"\n{kind} ({len(mutants)}): {entry.reason if entry else ''}")
        print(*mutants, sep="\n")
    if unexplained:
        print("\nSURVIVE, and no reason is known:", *unexplained, sep="\n")
    if stale:
        for entry in {*EQUIVALENT, *SURVIVORS} - reasons.keys():
            print(f"\nno mutant has survived that this speaks of: {entry}")
    all_, caught, equal, _ = rows["", "total"]
    print(f"\n{caught} of {all_ - equal} found, {100 * caught / max(1, all_ - equal):.2f} %")
    return 1 if unexplained or caught < 0.99 * (all_ - equal) else 0


if __name__ == "__main__":
    sys.exit(main())
