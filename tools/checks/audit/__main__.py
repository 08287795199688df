"""
# The page

`python -m checks.audit` compares what is installed with the formulas of the descriptions, and
writes what it finds into the page: a table for each package. That of a package that is not
installed is left as it was made, with its version.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sidenotes.check.audit.auditor import Verdict
from sidenotes.check.audit.command import lines, verdicts
from sidenotes.check.problems import Place, Problem

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs/tool/audit.md"
TABLE = ["| what | verdict | configurations | ways | what differs |", "|---|---|---|---|---|"]


@dataclass(frozen=True)
class Package:
    name: str
    # The descriptions of what is in it, and where the algorithms are that they share.
    files: Sequence[str]
    known: Sequence[str] = ()

    @property
    def version(self) -> str | None:
        """The version that is installed, if it is."""
        try:
            return version(self.name).partition("+")[0]
        except PackageNotFoundError:
            return None

    def verdicts(self) -> Iterator[Verdict]:
        """What is found in what is installed."""
        return verdicts([HERE / file for file in self.files], [HERE / file for file in self.known])


PACKAGES = (
    Package("torch", ("torch_adams.py", "torch_squares.py", "torch_others.py")),
    Package("adabelief-pytorch", ("from_adabelief_pytorch.py",), ("papers.py",)),
    Package("pytorch_optimizer", ("from_pytorch_optimizer.py",), ("papers.py",)),
    Package("timm", ("from_timm.py",), ("papers.py", "torch_adams.py")),
    Package("optax", ("from_optax.py",)),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 if a description does not say what was found."""
    parser = argparse.ArgumentParser(prog="checks.audit", description="Audit other packages.")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that is renewed")
    parser.add_argument("packages", nargs="*", help="those that are audited; all by default")
    options = parser.parse_args(arguments)
    chosen = [each for each in PACKAGES if not options.packages or each.name in options.packages]
    failed = False
    for package in chosen:
        if package.version is None:
            print(f"{package.name} is not installed: its table is left as it was made")
            continue
        found = list(package.verdicts())
        print(*(line for verdict in found for line in lines(verdict)), sep="\n")
        wrong = [str(problem) for verdict in found for problem in verdict.problems()]
        print(*wrong, sep="\n", file=sys.stderr)
        failed = failed or bool(wrong)
        renew(options.page, package, found)
    return int(failed)


def renew(page: Path, package: Package, found: Sequence[Verdict]) -> None:
    """Write the table of a package; one that has not changed keeps its date."""
    text = page.read_text("utf-8")
    begin, end = f"<!-- {package.name} -->", f"<!-- /{package.name} -->"
    before, rest = text.partition(begin)[::2]
    old, after = rest.partition(end)[::2]
    made = f"Made with {package.name} {package.version}"
    table = "\n".join([*TABLE, *map(row, found)])
    if made in old and table in old:
        return
    day = f"{date.today():%d %B %Y}".lstrip("0")
    new = f"\n\n{made} on {day}.\n\n{table}\n\n"
    page.write_text(f"{before}{begin}{new}{end}{after}", encoding="utf-8")


def row(verdict: Verdict) -> str:
    subject = verdict.subject
    description = f"checks/audit/{subject.block.partition('.')[0]}.md"
    count = f"{len(verdict.proved)} of {verdict.configurations}"
    cells = [
        f"[`{subject.name}`]({description})",
        f"**{verdict.word}**",
        count if verdict.word != "proved" else str(verdict.configurations),
        str(verdict.ways or "–"),
        "<br>".join(differences(verdict)),
    ]
    return f"| {' | '.join(cells)} |"


def differences(verdict: Verdict) -> Iterator[str]:
    """In words, then where it was seen, and whether the mended algorithm holds."""
    if verdict.tested:
        reasons = ", ".join(dict.fromkeys(map(named, verdict.tested.values())))
        yield f"{len(verdict.tested)} on floats: {reasons}"
    if verdict.single:
        places = dict.fromkeys(line(single.where) for single in verdict.single)
        yield f"only one answer at the first step: {', '.join(places)}"
    if not verdict.differs:
        return
    yield verdict.subject.remark
    first = next(iter(verdict.differs.values()))
    yield f"seen at {seen(first)}"
    if verdict.mended:
        yield f"mended: {verdict.mended.word}, {verdict.mended.ways} ways"


def seen(problem: Problem) -> str:
    """The row of the algorithm that gives another value than the code."""
    assert isinstance(problem.place, Place)
    return f"${cell(problem.place.tex)}$"


def line(where: str) -> str:
    """
    >>> line("/somewhere/adam.py:12")
    'adam.py, line 12'
    """
    path, number = where.rsplit(":", 1)
    return f"{Path(path).name}, line {number}"


def named(reason: str) -> str:
    """Why there is no exact number, without what differs from run to run."""
    return cell(re.sub(r" at 0x[0-9a-f]+", "", reason))


def cell(text: str) -> str:
    r"""
    A formula in a table: a bar would end the cell.

    >>> cell("|g_t|")
    '\\lvert g_t\\rvert'
    """
    text = re.sub(r"\|([^|]*)\|", r"\\lvert \1\\rvert", " ".join(text.split()))
    return text.replace("|", r"\vert ")


if __name__ == "__main__":
    sys.exit(main())
