"""
# A check, and what came of it

A check is a function that measures. It returns what it found, or raises what went wrong.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Unavailable(Exception):
    """Why a check cannot be made on this machine. That is no failure."""


class Failed(Exception):
    """What is wrong, in the words of the check."""


class Measured(NamedTuple):
    """
    * `detail` says what was done
    * `error` is the largest difference that was found, and `allowed` how large it may be, if the
      check compares numbers
    """

    detail: str
    error: float | None = None
    allowed: float | None = None


@dataclass(frozen=True)
class Row:
    """`state` is `passed`, `failed` or `not available`."""

    check: str
    subject: str
    device: str
    state: str
    detail: str
    error: float | None = None
    allowed: float | None = None


@dataclass(frozen=True)
class Check:
    check: str
    subject: str
    device: str
    measure: Callable[[], Measured]

    def run(self) -> Row:
        """Return what came of it. Whatever is raised is in the row."""
        try:
            found = self.measure()
        except Unavailable as reason:
            return self.row("not available", str(reason))
        except Failed as failure:
            return self.row("failed", str(failure))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}, line {place.lineno}"
            return self.row("failed", f"{type(error).__name__}: {error} ({where})")
        # Not `error > allowed`, because a difference that is no number has not passed.
        if found.error is None or found.allowed is None or found.error <= found.allowed:
            return self.row("passed", *found)
        return self.row("failed", *found)

    def row(self, state: str, *found: str | float | None) -> Row:
        detail, error, allowed = (*found, None, None)[:3]
        return Row(self.check, self.subject, self.device, state, detail, error, allowed)  # type: ignore[arg-type]
