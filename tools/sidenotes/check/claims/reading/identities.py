r"""
# An identity, taken apart

$$
\text{RAdam}\big|_{r_t \leftarrow 1,\ \texttt{amsgrad} \leftarrow 0} \equiv \text{Adam}
\quad \text{if } \rho_t \ge 5
$$

Left and right of $\equiv$ stand names of algorithms. What they are altered by stands behind a bar:
flags that are 0 or 1, and symbols with what they are instead.

>>> tex = r"\text{A}\big|_{x \leftarrow 2y, \texttt{fast\_er} \leftarrow 0} \equiv \text{B}"
>>> one, other, condition = identity(tex, ())
>>> one.name, one.flags, [each.target.key for each in one.assigns], other.name, condition
('A', {'fast_er': False}, ['x'], 'B', None)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...algorithm.rows import RowParser, rows
from ...formula.tokens import tokenize
from ...formula.tree import Assign, Condition

SIGN = re.compile(r"\\equiv(?![A-Za-z])")
_NAME = r"\\text(?:tt)?\{(?P<name>[\w.\\]+)\}"
_BAR = r"(?:\\(?:big|Big|bigg|Bigg)\b)?\s*(?:\||\\vert\b)\s*_\{(?P<changes>.*)\}"
_SIDE = re.compile(rf"\s*{_NAME}\s*(?:{_BAR})?\s*", re.DOTALL)
_GUARD = re.compile(r"(?:&&|\\q?quad)?\s*\\text\{\s*if\s*\}", re.DOTALL)
_FLAG = re.compile(r"\s*\\texttt\{(?P<name>[^{}]+)\}\s*\\leftarrow\s*(?P<value>[01])\s*")
# Changes one below the other.
_STACK = re.compile(r"\s*\\substack\{(?P<changes>.*)\}\s*", re.DOTALL)
FORM = r"an identity is \text{A}|_{x \leftarrow \dots} \equiv \text{B}, with one sign in a display"


@dataclass(frozen=True)
class Side:
    """An algorithm, the flags that are fixed, and the symbols that are something else in it."""

    name: str
    flags: Mapping[str, bool] = field(default_factory=dict)
    assigns: Sequence[Assign] = ()


def identity(tex: str, symbols: Collection[str]) -> tuple[Side, Side, Condition | None]:
    """The sides and the condition; a `ValueError` says what is wrong."""
    left, *others = SIGN.split(tex)
    if len(others) != 1:
        raise ValueError(FORM)
    right, *guard = _GUARD.split(others[0], maxsplit=1)
    condition = _condition(guard[0], symbols) if guard else None
    return _side(left, symbols), _side(right, symbols), condition


def _side(tex: str, symbols: Collection[str]) -> Side:
    found = _SIDE.fullmatch(tex)
    if not found:
        raise ValueError(f"{FORM}: {tex.strip()} is no such side")
    flags: dict[str, bool] = {}
    assigns: list[Assign] = []
    targets: list[str] = []
    changes = found["changes"] or ""
    stack = _STACK.fullmatch(changes)
    parts = stack["changes"].split(r"\\") if stack else [changes]
    for change in (each for part in parts for each in _split(part)):
        flag = _FLAG.fullmatch(change)
        if flag:
            flags[_plain(flag["name"])] = flag["value"] == "1"
            targets.append(_plain(flag["name"]))
        else:
            assigns += _assigned(change, symbols)
    targets += [each.target.key for each in assigns]
    twice = sorted({name for name in targets if targets.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is two things behind one bar")
    return Side(_plain(found["name"]), flags, assigns)


def _assigned(change: str, symbols: Collection[str]) -> Iterator[Assign]:
    for row in rows(change, symbols):
        if row.role != "assign" or row.condition:
            raise ValueError(
                f"{change.strip()}: behind the bar, a symbol is something else, always"
            )
        yield from row.assigns


def _plain(name: str) -> str:
    return name.replace("\\_", "_")


def _split(text: str) -> Iterator[str]:
    """What stands between commas that are in no brackets."""
    depth, found = 0, ""
    for character in re.sub(r"\\[,\s]", " ", text):
        depth += (character in "({[") - (character in ")}]")
        if character == "," and not depth:
            yield found
            found = ""
        else:
            found += character
    if found.strip():
        yield found


def _condition(tex: str, symbols: Collection[str]) -> Condition:
    parser = RowParser(tex, tokenize(tex), len(tex), symbols)
    found = parser.condition()
    parser.finish()
    return found
