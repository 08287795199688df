"""
# The command `check`

Compares the formulas of a package with what its code does. It prints [a table](report.py), and what
is wrong. Its exit status is 1 if anything is, and 2 if the check could not be made: what it is
given cannot be read, or nothing is run, or code that is run raises. In the last case there is a
table, and formulas that fail are told as well, but what that run would have shown is missing from
both. So the status is 2 even if formulas fail, and never 1.

A formula that is deleted is missed by nobody. So a project can keep a list of all that are stated,
with which `--stated` compares; `--renew` writes it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from ..math import symbols
from . import checker
from .claims.assertion import counted
from .claims.reading.pages import is_page
from .failures import imported, no_silent_exit
from .problems import Problem
from .proof.ground import PRIME
from .report import Report
from .runs import gather, importable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", type=Path, nargs="+", help="modules and pages, or folders")
    help_runs = "files with a function runs()"
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help=help_runs)
    parser.add_argument("--symbols", type=Path, required=True, help="the table of symbols, in YAML")
    parser.add_argument("--device", default="cpu", help="handed to runs(); cpu by default")
    help_stated = "the list of all formulas: one that is gone or new is a problem"
    parser.add_argument("--stated", type=Path, metavar="FILE", help=help_stated)
    parser.add_argument("--renew", action="store_true", help="write that list anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results there")


def main(options: argparse.Namespace) -> int:
    # The package that is checked is the one that stands here, installed or not.
    folders = dict.fromkeys(path.resolve().parent for path in options.runs)
    with importable([*folders, ""]), no_silent_exit():
        before = imported()
        inputs = gather(options.runs, options.device)
        outcome = checker.check(
            checker.sources(options.paths),
            inputs.runs,
            symbols.load(options.symbols),
            Progress(),
            inputs.draws,
            inputs.absent,
            inputs.proofs,
        )
    # Nothing depends on what a page says.
    files = [path for path in outcome.files if not is_page(path)]
    read = {path.resolve() for path in (*files, *options.runs, options.symbols)}
    report = Report(outcome, inputs.about, sorted(read | (imported() - before)))
    if options.stated:
        outcome.problems += compare(report.stated(), options.stated, options.renew)
    if options.json:
        options.json.write_text(report.as_json() + "\n", encoding="utf-8")
    print(report.table())
    for problem in outcome.problems:
        print(f"\n{problem}")
    if outcome.raised:
        print(f"\nThe check could not be made: {counted(outcome.raised, 'run')} raised.")
        return 2
    return 1 if outcome.problems else 0


def compare(stated: Sequence[str], path: Path, renew: bool) -> Iterator[Problem]:
    """The formulas that are gone, and those that the list does not have; or write it anew."""
    if renew:
        path.write_text("\n".join([*stated, ""]), encoding="utf-8")
        return
    known = Counter(path.read_text("utf-8").splitlines() if path.exists() else [])
    listed = f"{path}, which --renew writes anew"
    for line in (known - Counter(stated)).elements():
        yield Problem(line, f"this formula was there, and is gone: it stands in {listed}")
    for line in (Counter(stated) - known).elements():
        yield Problem(line, f"this formula is new: it is not in {listed}")


def add_proof_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", type=Path, nargs="+", help="modules, or folders of them")
    help_runs = "files with a function proofs()"
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help=help_runs)
    parser.add_argument("--symbols", type=Path, required=True, help="the table of symbols, in YAML")
    parser.add_argument("--prime", type=prime, default=PRIME, help="as 2**521-1; 3 modulo 4")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn")


def prime(text: str) -> int:
    """A number, or a power of 2 less 1. That it is a prime, the caller has to know."""
    exponent = text.removeprefix("2**").removesuffix("-1")
    found = 2 ** int(exponent) - 1 if text == f"2**{exponent}-1" else int(text)
    if found % 4 != 3:
        raise argparse.ArgumentTypeError(f"{text} is not 3 modulo 4")
    return found


def prove(options: argparse.Namespace) -> int:
    """The proofs alone. The status is 1 if something could not be proved."""
    folders = dict.fromkeys(path.resolve().parent for path in options.runs)
    with importable([*folders, ""]), no_silent_exit():
        inputs = gather(options.runs, "cpu")
        found = checker.prove(
            checker.sources(options.paths),
            inputs.proofs,
            symbols.load(options.symbols),
            options.prime,
            options.seed,
        )
    print(found)
    for name, reason in found.refused.items():
        print(f"\nnot proved: {name}\n    {reason}")
    for problem in found.problems:
        print(f"\n{problem}")
    return 1 if found.problems or not found.names else 0


class Progress:
    """Shows how far a check has come, on one line of a terminal, or else every few seconds."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = perf_counter()

    def __call__(self, done: int, total: int, name: str) -> None:
        if done < total and perf_counter() - self.last < (0.1 if self.terminal else 5):
            return
        self.last = perf_counter()
        if self.terminal:
            end = "\r\033[K" if done == total else ""
            print(f"\r\033[Krun {done} of {total}: {name}"[:90], end=end, file=sys.stderr)
        elif done < total:
            print(f"run {done} of {total}: {name}", file=sys.stderr)
