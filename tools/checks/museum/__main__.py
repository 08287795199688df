"""
# The page

`python -m checks.museum` gives all exhibits to the check, and writes what it says into the page.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from checks.museum.exhibits import Exhibit, Verdict, exhibits, verdict

PAGE = Path(__file__).parents[3] / "docs/tool/museum.md"
BEGIN, END = "<!-- museum -->", "<!-- /museum -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 if the check does not find a slip, or says something of what is right."""
    parser = argparse.ArgumentParser(prog="checks.museum", description="Check published slips.")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that is renewed")
    page = parser.parse_args(arguments).page
    found = [(exhibit, verdict(exhibit)) for exhibit in exhibits()]
    missed = [exhibit.title for exhibit, said in found if not said.text]
    missed += [exhibit.title for exhibit, _ in found if verdict(exhibit.mended()).text]
    print(*(f"not told apart: {title}" for title in missed), sep="\n", file=sys.stderr)
    text = page.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    table = "\n".join(
        [
            "| slip | wrong | as it should be | the check says |",
            "|---|---|---|---|",
            *map(row, found),
        ]
    )
    page.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
    print(f"{len(found)} slips, {len(found) - len(missed)} found")
    return 1 if missed else 0


def row(pair: tuple[Exhibit, Verdict]) -> str:
    exhibit, said = pair
    formula, line = f"${exhibit.formula}$", f"`{exhibit.line}`"
    wrong, other = (formula, line) if exhibit.slip == "formula" else (line, formula)
    source = f"**{exhibit.title}**<br>{exhibit.where} ([report]({exhibit.report}))"
    return f"| {source} | {wrong} | {other} | {_cell(said.text)} |"


def _cell(text: str) -> str:
    """What the check says, in short: the numbers to four digits, and no place in the formula."""
    short = re.sub(r"-?\d+\.\d{5,}(?:e-?\d+)?", lambda number: f"{float(number[0]):.4g}", text)
    # What follows the advice is the formula, once more.
    short = re.sub(r"^cannot be read: offset \d+: (.*\\leftarrow).*", r"\1", short)
    return f"`{short}`"


if __name__ == "__main__":
    sys.exit(main())
