r"""
# A source file, read once

Many pages ask about the same file: the one that shows it, and every other whose code uses a name
from it. So what is read and parsed is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path, PurePath

from .registry import language
from .sections import BYTE_ORDER_MARK, Section


def text_of(file: Path) -> str:
    r"""The text with `\n` at the end of each line, and without a byte-order mark."""
    return _text(file, file.stat().st_mtime_ns, file.stat().st_size)


# The time and the size are there for the cache alone: a file that has changed is read again.
@lru_cache(maxsize=256)
def _text(file: Path, changed: int, size: int) -> str:
    text = language(file).read(file).removeprefix(BYTE_ORDER_MARK)
    return text.replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=256)
def sections(text: str, path: str) -> Sequence[Section]:
    return language(path).parse(text, stem(path))


def select(sections: Sequence[Section], only: str) -> Sequence[Section]:
    """
    The sections of each definition that `only` names, and those that it names themselves; all if
    it is empty.
    """
    return [s for s in sections if not only or shows(only, s.name)]


def shows(only: str, name: str) -> bool:
    """Whether a section or a definition is among those that `only` names, with spaces between."""
    return any(f"{name}.".startswith(f"{one}.") for one in only.split())


def line_with(text: str, path: str, words: str) -> int:
    """The line of the file on which a note has these words; 0 if none has."""
    for section in sections(text, path):
        for number, line in enumerate(section.note.split("\n"), section.note_first):
            if words in line:
                return number
    return 0


def stem(source: str) -> str:
    """
    What the anchors of a file begin with: `adam` for `labml_optim/adam.py`, the package's name
    for its `__init__`, and `kernel.c` for `labml_optim/kernel.c`, since there may be a `kernel.py`.
    What no address can have is a dash; and no file takes the anchor of a line, `L1`.
    """
    path = PurePath(source)
    name = path.name.removesuffix(".py")
    if path.name == "__init__.py":
        name = path.parent.name or "init"
    name = re.sub(r"[^\w.-]+", "-", name)
    return f"{name}.py" if re.fullmatch(r"L\d+", name) else name
