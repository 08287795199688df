r"""
# Names in the bundle

Each thing keeps its name if it can. Two things of one name, a name that a function which uses it
also gives to something else, and a name that elsewhere means a builtin: then one of them gets the
name of its module before its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .collect import Taken
from .source.modules import Refused, Statement
from .source.references import Reference
from .source.resolve import External, Item
from .text.definitions import movable

Thing = Item | External


def names(taken: Taken) -> dict[Thing, str]:
    """The name of each thing that the bundle has."""
    hidden: dict[Thing, set[str]] = defaultdict(set)
    fixed: dict[Thing, Reference | None] = {}
    for found, (target, _) in taken.targets.items():
        if isinstance(target, Item | External):
            hidden[target] |= found.hidden - ({found.node.id} if found.fixed else set())
            if found.fixed:
                fixed[target] = found
    order: list[Thing] = list(taken.roots)
    items = {name: s for s in taken.statements for name in s.binds}
    for statement in taken.statements:
        for name in sorted(statement.binds):
            item = Item(statement.module, name)
            order.append(item)
            # It is no name of its own in the text, as `error` in `except E as error`.
            if name not in movable(statement):
                fixed.setdefault(item, None)
    order += list(taken.externals)
    order.sort(key=lambda each: (each not in taken.roots, each not in fixed))
    chosen: dict[Thing, str] = {}
    used = set(taken.unknown)
    for thing in dict.fromkeys(order):
        own = thing.name if isinstance(thing, Item) else thing.local
        if own in used | hidden[thing] and (thing in taken.roots or thing in fixed):
            refuse(taken, thing, items.get(own))
        chosen[thing] = next(n for n in candidates(thing) if n not in used | hidden[thing])
        used.add(chosen[thing])
    return chosen


def refuse(taken: Taken, thing: Thing, statement: Statement | None) -> None:
    own = thing.name if isinstance(thing, Item) else thing.local
    if statement is None or not isinstance(thing, Item):
        raise ValueError(f"{own} means two things, and cannot be renamed")
    why = f"{own} means another thing elsewhere in the bundle, and cannot be renamed here"
    raise Refused(thing.module, statement.line, why)


def candidates(thing: Thing) -> Iterator[str]:
    own = thing.name if isinstance(thing, Item) else thing.local
    yield own
    if isinstance(thing, Item):
        stem = thing.module.name.rpartition(".")[2].strip("_")
    else:
        stem = thing.module.replace(".", "_").strip("_") if thing.name else "module"
    private = own.startswith("_") and "_" or ""
    other = f"{private}{stem}_{own.lstrip('_')}"
    yield other
    count = 2
    while True:
        yield f"{other}_{count}"
        count += 1
