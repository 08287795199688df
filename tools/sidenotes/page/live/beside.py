r"""
# The code beside an algorithm that runs

A formula beside the code has its value behind it, and the lines and formulas that do not run in the
step that is shown are dimmed. Here they are those of the step that the page begins with, as the
real class made them; `assets/live-beside.js` shows others.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from .numbers import shown


class Beside:
    """What a block shows of the code beside its first algorithm that runs; nothing without one."""

    def __init__(self, panel: Mapping[str, Any] | None) -> None:
        code = (panel or {}).get("code") or {"lines": [], "ran": [], "formulas": []}
        self.formulas, self.told = code["formulas"], told(panel) if panel else ""
        ran = set(code["ran"])
        self.idle = {line for _, lines in code["lines"] for line in lines if line not in ran}

    def __bool__(self) -> bool:
        return bool(self.formulas)

    def value(self, line: int) -> str:
        """The value of the display that begins on this line of the file, as HTML."""
        numbers = [n for n, each in enumerate(self.formulas) if each["line"] == line]
        if not numbers:
            return ""
        made = [self.formulas[number]["made"] for number in numbers]
        text = ", ".join(shown(value) for value in made if value is not None)
        idle = "" if text else " data-idle"
        at = " ".join(map(str, numbers))
        return (
            f'<span class="sn-at" data-kind="sn-valued"{idle} data-at="{at}"'
            f' title="In {escape(self.told)}" data-search-exclude>{text}</span>'
        )


def told(panel: Mapping[str, Any]) -> str:
    """Which step is shown at first."""
    return f"step {panel['step']} of {len(panel['given'])}"
