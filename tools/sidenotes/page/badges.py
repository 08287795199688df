r"""
# The badge beside a checked formula

`sidenotes check --json FILE` writes down what became of each formula. With that file as the option
`checked`, the pages show it: a small sign beside a formula, which opens to say what was done. It
opens as a popover, above the page, so nothing on the page moves. What is wrong is said at once.
The sign, its label and the words are written into the report by [the checker](../check/report.py);
here they are put on the page.

A report holds for what was checked only. Where a file has changed since, its formulas have no mark
until it is checked again; and if anything that was read or imported for the check has changed, no
formula has, since what one module computes may depend on any other. `make site` builds no site from
a report with failures; `make serve` does, so that the author sees where they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import sha256
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from ..errors import PageError


@dataclass(frozen=True)
class Marks:
    """What a report says; nothing, if there is none."""

    report: dict[str, Any]
    # Whether something has changed that the check has read.
    stale: bool = False
    # A page is given a fresh object, and its badges are numbered.
    _numbers: Iterator[int] = field(default_factory=partial(count, 1))

    def mark(self, path: str, text: str, line: int, tex: str) -> str:
        """The mark for a display that begins on a line of a file, if it has that text."""
        file = self._file(path, text)
        if not file:
            return ""
        # The dollars can stand on lines of their own.
        near = [b for b in file["badges"] if b["line"] in (line, line + 1)]
        badge = next((b for b in near if _bare(b["tex"]) == _bare(tex)), None)
        if not badge:
            return ""
        label, words = escape(badge["label"]), _html(badge["words"])
        if badge["wrong"]:
            said = f"<b>{badge['sign']} {label}</b> {words}"
            return f'<div class="sn-wrong" data-search-exclude>{said}</div>'
        anchor = f"sn-badge-{next(self._numbers)}"
        return (
            f'<button type="button" class="sn-badge" popovertarget="{anchor}" aria-label="{label}"'
            f' title="{label}" data-search-exclude>{badge["sign"]}</button>'
            f'<div class="sn-said" id="{anchor}" popover data-search-exclude>{words}</div>'
        )

    def panels(self, path: str, text: str) -> list[dict[str, Any]]:
        """The algorithms of a file that its page can run, if it has that text."""
        return list((self._file(path, text) or {}).get("panels", ()))

    def algorithms(self) -> list[tuple[str, str]]:
        """The names of all algorithms that a page can run, and their files."""
        files = {} if self.stale else self.report.get("files", {})
        return [(each["name"], path) for path in files for each in files[path].get("panels", ())]

    def _file(self, path: str, text: str) -> dict[str, Any] | None:
        """What the report says of a file, if it has that text, and nothing has changed since."""
        file: dict[str, Any] | None = self.report.get("files", {}).get(path)
        if self.stale or not file or file["sha256"] != sha256(text.encode()).hexdigest():
            return None
        return file

    def totals(self) -> str:
        """What the report says of all files, for a page that speaks of the whole."""
        if not self.report:
            return "In this build of the site the formulas were not checked."
        if self.stale:
            return "The formulas were checked, and since then the code has changed."
        return escape(self.report["summary"])


def _html(words: str) -> str:
    """The words with their code and their lines."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(words).replace("\n", "<br>"))


def _bare(tex: str) -> str:
    return "".join(tex.split())


@lru_cache(maxsize=4)
def _load(path: Path, changed: int) -> dict[str, Any]:
    report = json.loads(path.read_text(encoding="utf-8"))
    if "summary" not in report:
        raise ValueError("it was made by another version of the tool")
    return dict(report)


def _changed(path: Path, digest: str) -> bool:
    return not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest


def load(root: Path, name: str, warn: Callable[[str], None] = lambda text: None) -> Marks:
    """The report at `name`, or none if the option is empty or, with a warning, there is none."""
    path = root / name
    if not name:
        return Marks({})
    if not path.is_file():
        warn(f"checked: there is no {path.as_posix()}: write it with 'sidenotes check --json'")
        return Marks({})
    try:
        report = _load(path, path.stat().st_mtime_ns)
        inputs = report.get("inputs", {})
        return Marks(report, any(_changed(root / file, inputs[file]) for file in inputs))
    except (OSError, ValueError) as error:
        raise PageError(f"{path.as_posix()}: not a report of 'sidenotes check': {error}") from error
