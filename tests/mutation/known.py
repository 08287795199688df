"""Which mutants a line of `survivors.py` or `surviving.py` speaks of, and why they live."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Slip(Protocol):
    @property
    def file(self) -> str: ...

    @property
    def operator(self) -> str: ...

    def change(self) -> tuple[str, str]: ...


class Known(NamedTuple):
    file: str
    operator: str
    old: str
    new: str
    reason: str
    # Whether both are the same, but for time and memory. `survivors.py` has two lists for that.
    equal: bool = True

    def speaks_of(self, mutant: Slip) -> bool:
        old, new = mutant.change()
        return (
            self.file in ("", mutant.file)
            and self.operator in ("", mutant.operator)
            and self.old in old
            and self.new in new
        )
