r"""
# What the buttons copy

The code on a page lacks the notes, and these are no longer as they were written. So a page carries
the lines of its file once more, for the script alone: exactly as they are, with their ends, and
with what else the script has to know. They stand below all that is read.

A definition is copied without the indentation that it has in its file. The lines within a string
keep theirs, since it belongs to the value of the string.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...languages.files import stem
from ...languages.registry import language
from ...languages.sections import Scope, Section, numbered


def carried(
    root: Path, source: str, shown: Sequence[Section], prefix: str, whole: str | None
) -> str:
    """
    The element that holds it all, for the `shown` sections of a file. `whole` is what the row's
    button copies, if not the file itself.
    """
    kind = language(source)
    text = kind.read(root / source)
    first, last = _extent(shown)
    strings = kind.within_strings(text)
    data: dict[str, Any] = {
        "first": first,
        "lines": numbered(text)[0][first - 1 : last],
        "strings": sorted(n for n in strings if first <= n <= last),
        "definitions": list(_definitions(kind.scopes(text, stem(source)), shown, prefix)),
    }
    if whole is not None:
        data["whole"] = whole
    if whole is not None or text.encode() == (root / source).read_bytes():
        # What the browser makes of the text is the file.
        data["utf8"] = True
    # In an attribute it is neither read aloud nor searched, and no theme takes it for a program.
    value = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    value = value.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return f"<div hidden class=\"sn-source\" data-file='{value}'></div>"


def _definitions(
    scopes: Sequence[Scope], shown: Sequence[Section], prefix: str
) -> Iterator[tuple[str, str, int, int]]:
    """
    The anchor of the first line that is code, the name, and the first and the last line of each
    definition that is shown from its first line to its last.
    """
    first, last = _extent(shown)
    code = sorted({number for section in shown for number in section.code})
    taken = set()
    for scope in scopes[1:]:
        within = first <= scope.first and scope.last <= last
        top = next((n for n in code if scope.first <= n <= scope.last), 0)
        # Of two that begin on one line, the outer one comes first.
        if within and top and top not in taken:
            taken.add(top)
            local = scope.name.removeprefix(f"{scopes[0].name}.")
            yield f"{prefix}{top}", local, scope.first, scope.last


def _extent(shown: Sequence[Section]) -> tuple[int, int]:
    return (shown[0].first, shown[-1].last) if shown else (1, 0)
