r"""
Mutants of `around.py` that nothing has to find, or that nothing finds, each with its reason.

A line says which mutants it speaks of: the file, the operator, and a part of the line as it stands
and with the slip; an empty one means any.
"""

from __future__ import annotations

from typing import NamedTuple

from surroundings import Mutant


class Known(NamedTuple):
    file: str
    operator: str
    old: str
    new: str
    reason: str
    # Whether both are the same, but for time and memory.
    equal: bool = True

    def speaks_of(self, mutant: Mutant) -> bool:
        old, new = mutant.change()
        return (
            self.file in ("", mutant.file)
            and self.operator in ("", mutant.operator)
            and self.old in old
            and self.new in new
        )


KNOWN: list[Known] = []
