r"""
# Bibliographies

A page cites by the keys of a BibTeX file. An entry is shown as it stands in the file, so only its
extent is looked for: like BibTeX itself, from the `@` to the brace that closes it, whatever
stands between. What is not in an entry is a comment.

>>> text = "See below.\n@book{knuth,\n  title = {The {\\TeX}book},\n}\n"
>>> print(parse(text, "references.bib")["knuth"])
@book{knuth,
  title = {The {\TeX}book},
}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ...errors import PageError, near

_ENTRY = re.compile(
    r"@\s*(?P<kind>\w+)\s*(?P<opening>[{(])\s*(?P<key>[^\s,{}()=]*)\s*(?P<comma>,?)"
)


def cited(root: Path, name: str, keys: Iterable[str], where: str) -> list[str]:
    """The entries of these keys, each once."""
    keys = list(dict.fromkeys(keys))
    if not keys:
        return []
    if not name:
        raise PageError(f"{where}: it cites '{keys[0]}', but no option 'bibliography' names a file")
    known = load(root / name, name)
    for key in keys:
        if key not in known:
            raise PageError(f"{where}: {name} has no entry '{key}'{near(key, known)}")
    return [known[key] for key in keys]


def load(path: Path, name: str) -> dict[str, str]:
    """The entries of a file by their keys. Messages call it by `name`."""
    try:
        return _load(path, name, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"{name}: this bibliography cannot be read: {error}") from error


@lru_cache(maxsize=8)
def _load(path: Path, name: str, changed: int) -> dict[str, str]:
    return parse(path.read_text(encoding="utf-8-sig"), name)


def parse(text: str, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while entry := _ENTRY.search(text, at):
        place = f"{name}, line {text.count(chr(10), 0, entry.start()) + 1}"
        kind, key = entry["kind"].lower(), entry["key"]
        if entry["opening"] == "(" or kind in ("string", "preamble"):
            what = f"@{entry['kind']}{entry['opening']}"
            raise PageError(f"{place}: '{what}' is not read; write whole entries, in braces")
        at = _end(text, entry.start("opening"), place)
        if kind == "comment":
            continue
        if not key or not entry["comma"]:
            raise PageError(f"{place}: this entry has no key")
        if key in found:
            raise PageError(f"{place}: the key '{key}' stands here a second time")
        found[key] = text[entry.start() : at]
    return found


def _end(text: str, start: int, place: str) -> int:
    """Where the brace that opens at `start` is closed."""
    depth = 0
    for brace in re.compile("[{}]").finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    raise PageError(f"{place}: the braces of this entry are not closed")
