"""
# The page

[What was found](results.py) is written into the page as tables, each between two comments with its
name. What stands around them has no figure of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from exhaust.driver import KEPT
from exhaust.limits import BETWEEN, ORDINARY, number
from exhaust.results import Row, sums

PAGE = Path(__file__).parents[2] / "docs/speed/rounding.md"
STATES = ("first", "later")


def renew(page: Path, parts: dict[str, Any]) -> None:
    """Write the tables into the page. A part that was not run leaves its tables as they are."""
    text = page.read_text("utf-8")
    for name, rows in parts.items():
        for block, lines in BLOCKS[name](rows["rows"]).items():
            text = replaced(text, block, "\n".join(lines))
    text = replaced(text, "about", "\n".join(about(parts)))
    page.write_text(text, encoding="utf-8")


def replaced(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    if not found:
        raise ValueError(f"the page has no {begin}")
    return f"{before}{begin}\n\n{content}\n\n{end}{rest.partition(end)[2]}"


# ## The parts


def gradients(rows: Sequence[Row]) -> dict[str, list[str]]:
    blocks = {}
    for state in STATES:
        found = [row for row in rows if row["state"] == state]
        head = ("call", "form", "$t$", "parameter", "$m_t$", r"$v_t$, and the largest $\bar v_t$")
        blocks[state] = table(
            head, together([*call(row), str(row["t"]), *worst(row)] for row in found)
        )
    blocks["counts"] = [
        f"Together these are {sums(rows, 'tried'):,} steps. After {sums(rows, 'broken')} of them a "
        "number is not finite though the gradient and $v_t$ are, and after "
        f"{sums(rows, 'lost')} of the {sums(rows, 'nan'):,} with a gradient that is NaN it is not "
        "NaN all over."
    ]
    blocks |= squares([row for row in rows if row["adaptive"]])
    blocks["summary"] = [summary(rows)]
    return blocks


def squares(divided: Sequence[Row]) -> dict[str, list[str]]:
    head = (
        *("call", "form", "$v_t$ is infinite from", "and finite up to", "and 0 up to"),
        *("the step loses digits up to", "and is off by"),
    )
    first = (row for row in divided if row["state"] == "first")
    ends = {"overflow": 7, "finite": 7, "vanish": 3, "subnormal": 3, "faint": 3}
    lines = ([*call(row), *(short(row[end], ends[end]) for end in ends)] for row in first)
    still = (
        f"In {sums(divided, 'overflowed'):,} of the steps with a division, $v_t$ became infinite "
        f"with a finite gradient, and {sums(divided, 'moved')} of these moved the parameter."
    )
    return {"squares": table(head, together(lines)), "still": [still]}


def summary(rows: Sequence[Row]) -> str:
    first, later = ([row for row in rows if row["state"] == state] for state in STATES)
    most = [f"{max(row[name][0] for row in first):.2f}" for name in KEPT[:3]]
    after = max((row[KEPT[0]][0] for row in later if row["adaptive"]), default=0)
    from_here, others = (
        min(row["overflow"] for row in first if row["call"].startswith(kind))
        for kind in ("Adam(", "AdaBelief(rectify=False")
    )
    return (
        f"The first step, from zeros, is off by at most {most[0]} units of the last place, its "
        f"$m_t$ by {most[1]} and its $v_t$ by {most[2]}; a parameter of 0.5, after a later step "
        f"with a division, by {after:.2f}. From about {short(from_here)} on, in AdaBelief "
        f"{short(others)}, a gradient makes $v_t$ infinite and the step 0, silently, "
        "[in torch's Adam as well](#overflow)."
    )


def limits(rows: Sequence[Row]) -> dict[str, list[str]]:
    head = (
        *("call", "$v_t$ is infinite from", f"of {BETWEEN + 1:,} from there on, move it"),
        *(f"{ORDINARY:,} steps later", "$v_t$ is 0 up to", r"after $\infty$, $-\infty$, NaN"),
    )
    lines = (
        [code(row["call"]), short(row["overflow"], 7), str(row["moved"]), row["after"]]
        + [short(row["vanish"]), ", ".join(row["special"])]
        for row in rows
    )
    return {"limits": table(head, lines)}


def pairs(rows: Sequence[Row]) -> dict[str, list[str]]:
    head = ("call", "type", "$t$", "worst error", "not the nearest", "moments not those of float32")
    lines = (
        [code(row["call"]), row["type"], str(row["t"]), pair(row)]
        + [str(row.get(name, 0)) for name in ("misrounded", "unequal")]
        for row in rows
    )
    return {"pairs": table(head, together(lines))}


def conversions(rows: Sequence[Row]) -> dict[str, list[str]]:
    head = ("type", "read", "wrong", "written", "not the nearest", "not what torch writes")
    counts = ("read", "misread", "written", "misrounded", "unlike torch")
    lines = ([row["type"], *(f"{row[name]:,}" for name in counts)] for row in rows)
    return {"conversions": table(head, lines)}


BLOCKS = {"gradients": gradients, "limits": limits, "pairs": pairs, "conversions": conversions}


def about(parts: dict[str, Any]) -> Iterable[str]:
    head = ("part", "date", "device", "compiler", "torch", "minutes")
    lines = (
        [name, *(found["about"][key] for key in head[1:5])]
        + [f"{sums(found['rows'], 'seconds') / 60:.0f}"]
        for name, found in parts.items()
    )
    return table(head, lines)


# ## The words


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    rows = [head, ["---"] * len(head), *lines]
    return [f"| {' | '.join(row)} |" for row in rows]


def together(lines: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    """Lines that differ in the first cell only are one."""
    calls: dict[tuple[str, ...], list[str]] = {}
    for first, *others in lines:
        calls.setdefault(tuple(others), []).append(first)
    return (["<br>".join(first), *others] for others, first in calls.items())


def call(row: Row) -> tuple[str, str]:
    """The call without the flag of its form, and that."""
    flag = "optimized_update=False"
    form = "" if not row["adaptive"] else "textbook" if flag in row["call"] else "folded"
    return code(row["call"].replace(f", {flag}", "").replace(flag, "")), form


def code(call: str) -> str:
    return f"`{call}`"


def worst(row: Row) -> Iterable[str]:
    """The errors of parameter, $m$ and both $v$, each with the gradient that it was met at."""
    for size, at in (row["parameter"], row["m"], max(row["v"], row["largest v"])):
        yield f"{size:.2f}<br>at {short(float(number(int(at, 16))))}"


def pair(row: Row) -> str:
    size, at = row[KEPT[0]]
    return f"{size:.6f} at `{at}`"


def short(x: float, digits: int = 3) -> str:
    """
    >>> short(5.83337256353209e+20, 7), short(-1.234e-17), short(0.0)
    ('5.833373·10<sup>20</sup>', '−1.23·10<sup>−17</sup>', '0')
    """
    size, _, power = f"{x:.{digits}g}".partition("e")
    words = f"{size}·10<sup>{int(power)}</sup>" if power else size
    # With the minus sign, a number is not broken between two lines.
    return words.replace("-", "−")
