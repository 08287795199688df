"""
# The command `audit`

Prints a verdict for each subject of some descriptions. The exit status is 1 if code and formula
differ otherwise than the description says, and 2 if the audit could not be made.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...math import symbols
from ..checker import sources
from ..command import prime
from ..failures import no_silent_exit
from ..proof.ground import PRIME
from ..runs import importable, load
from .auditor import Auditor, Verdict, told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    help_paths = "files with algorithms and a function subjects()"
    parser.add_argument("paths", type=Path, nargs="+", help=help_paths)
    help_known = "files with more algorithms, whose subjects are left out"
    parser.add_argument("--known", type=Path, nargs="+", default=[], help=help_known)
    parser.add_argument("--symbols", type=Path, help="a table of symbols, in YAML")
    parser.add_argument("--prime", type=prime, default=PRIME, help="as 2**521-1; 3 modulo 4")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn")


def main(options: argparse.Namespace) -> int:
    table = symbols.load(options.symbols) if options.symbols else ()
    folders = dict.fromkeys(path.resolve().parent for path in options.paths)
    failed = False
    with importable([*folders, ""]), no_silent_exit():
        for verdict in verdicts(options.paths, options.known, table, options.prime, options.seed):
            print(*lines(verdict), sep="\n")
            problems = list(verdict.problems())
            failed = failed or bool(problems)
            for problem in problems:
                print(f"    not said in the description: {told(problem)}")
    return int(failed)


def verdicts(
    paths: Sequence[Path],
    known: Sequence[Path] = (),
    table: Sequence[symbols.Symbol] = (),
    prime: int = PRIME,
    seed: int = 0,
) -> Iterator[Verdict]:
    """The verdicts about all subjects of these descriptions; `known` are files with algorithms."""
    auditor = Auditor(sources([*known, *paths]), table, prime, seed)
    for path in paths:
        for subject in load(path).subjects():
            yield auditor.audit(subject)


def lines(verdict: Verdict) -> Iterator[str]:
    count = verdict.configurations
    yield f"{verdict.word:8} {verdict.subject.name}: {count} configurations, {verdict.ways} ways"
    for name, problem in verdict.differs.items():
        yield f"    differs: {name}: {told(problem)}"
    for name, reason in verdict.tested.items():
        yield f"    tested: {name}: {reason}"
    for single in verdict.single:
        yield f"    only one answer: {single.text}"
    if verdict.mended:
        yield f"    {verdict.subject.remark}"
        yield f"    mended: {verdict.mended.word}, {verdict.mended.ways} ways"
