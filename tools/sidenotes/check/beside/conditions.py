r"""
# Under which condition does a line run?

A line ran at some of the steps that were made. Flags, and what the algorithm compares, held at some
of them. Sets of steps are numbers here, a bit for each step. The condition of a line is a
conjunction of at most three of these, or what is left of one, if that is exactly where it ran:

>>> known = [("a", 0b1100), ("b", 0b1010)]
>>> condition(0b1100, known, 0b1111), condition(0b0010, known, 0b1111)
('a', ['and', 'b', ['not', 'a']])
>>> condition(0b1110, known, 0b1111)
['not', ['and', ['not', 'a'], ['not', 'b']]]
>>> condition(0b1111, known, 0b1111), condition(0b0111, [("a", 0b1100)], 0b1111)
(True, None)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from typing import Any

# More of them at once would fit by chance.
MOST = 3
# A condition, as the page's evaluator has it, and the steps at which it held.
Known = Sequence[tuple[Any, int]]


def condition(ran: int, known: Known, every: int) -> Any:
    """
    The condition; `True` or `False` if it always holds, or never, and `None` if there is none. Of
    two that would do, it is the first of `known`.
    """
    if ran in (0, every):
        return ran == every
    found = _conjunction(ran, known, every)
    if found is None:
        other = _conjunction(every ^ ran, known, every)
        return None if other is None else ["not", other]
    return found


def _conjunction(ran: int, known: Known, every: int) -> Any:
    literals = [*known, *((["not", node], every ^ held) for node, held in known)]
    wide = [(node, held) for node, held in literals if held & ran == ran]
    for size in range(1, MOST + 1):
        for chosen in combinations(wide, size):
            if reduce(lambda a, b: a & b, (held for _, held in chosen)) == ran:
                return reduce(lambda a, b: ["and", a, b], (node for node, _ in chosen))
    return None
