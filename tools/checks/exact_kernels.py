r"""
# The kernels on exact numbers

The [engines](engines/__init__.py) on numbers that stand for all values, each against the algorithm
of the class, and with the claims beside its own lines. Every setting of the flags is proved, with
each mode of weight decay in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, product
from typing import Any

from checks import exact
from checks.catalog import MODES, Entry, Flags
from checks.engines import compiled, interpreted, traced
from checks.kernels import COMPUTED, IN_C, constants, few, many, renamed
from sidenotes.check.proof.task import Proof
from sidenotes.check.runs import Item

ENGINES: dict[str, Callable[..., Any]]
ENGINES = {
    "traced": traced.engine,
    "compiled": compiled.engine,
    "interpreted": interpreted.engine,
}
SOURCES = {"compiled": IN_C}


def proofs() -> Iterator[Proof]:
    """The engines on exact numbers. They run anywhere, so nothing is absent."""
    for row in COMPUTED:
        for flags in settings(row):
            yield from (proof(engine, row, flags) for engine in ENGINES)


def proof(engine: str, row: Entry, flags: Flags) -> Proof:
    start = exact.Start(row, flags, ENGINES[engine], shown)
    found = exact.configuration(row, flags, start)
    own = {**flags, **constants(row.kind, flags)}
    return replace(found, name=f"{engine} {found.name}", flags=own, source=SOURCES.get(engine))


def shown(item: Item) -> Item:
    return replace(renamed(item), read=interpreted.number)


def settings(row: Entry) -> list[Flags]:
    """Every setting of the flags, with each mode of decay in turn, and those of the runs."""
    every = product([True, False], repeat=len(row.flags))
    found: list[Flags] = [
        {**dict(zip(row.flags, values, strict=True)), **mode}
        for values, mode in zip(every, cycle(MODES.values()), strict=False)
    ]
    for kind, on, (_, mode) in [*many(), *few()]:
        if kind is row.kind:
            found.append({**{name: name in on for name in row.flags}, **mode})
    return [flags for n, flags in enumerate(found) if flags not in found[:n]]
