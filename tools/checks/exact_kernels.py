r"""
# The kernels on exact numbers

The [engines](engines/__init__.py) on numbers that stand for all values, each against the algorithm
of the class, and with the claims beside its own lines. Every setting of the flags is proved, with
each mode of weight decay in turn; a test proves all others as well.
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
        for setting in settings(row):
            yield from (proof(engine, row, setting) for engine in ENGINES)


def proof(engine: str, row: Entry, setting: Flags) -> Proof:
    start = exact.Start(row, setting, ENGINES[engine], shown)
    found = exact.configuration(row, setting, start)
    own = {**setting, **constants(row.kind, setting)}
    return replace(found, name=f"{engine} {found.name}", flags=own, source=SOURCES.get(engine))


def shown(item: Item) -> Item:
    return replace(renamed(item), read=interpreted.number)


def settings(row: Entry) -> list[Flags]:
    """Every setting of the flags, with each mode of decay in turn, and those of the runs."""
    found: list[Flags] = [
        {**values, **mode} for values, mode in zip(flags(row), cycle(MODES.values()), strict=False)
    ]
    for kind, on, (_, mode) in [*many(), *few()]:
        if kind is row.kind:
            found.append({**{name: name in on for name in row.flags}, **mode})
    return [setting for n, setting in enumerate(found) if setting not in found[:n]]


def flags(row: Entry) -> Iterator[Flags]:
    for values in product([True, False], repeat=len(row.flags)):
        yield dict(zip(row.flags, values, strict=True))


# ## The others


def others(row: Entry) -> Iterator[Proof]:
    """Every setting of the flags with the modes of decay that are not among the proofs."""
    for setting in [{**values, **mode} for values in flags(row) for mode in MODES.values()]:
        if setting not in settings(row):
            yield from (proof(engine, row, setting) for engine in ENGINES)
