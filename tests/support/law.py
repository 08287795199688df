"""What holds for the sections of any file: they tile it, and no line is in both columns."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

from sidenotes.languages.sections import Section

BOM = "\ufeff"


def check_tiling(text: str, sections: list[Section]) -> None:
    raw = [line for section in sections for line in section.raw]
    assert "".join(raw) == text
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(raw) == unified.count("\n") + (not unified.endswith("\n") and text != "")
    end = 0
    for section in sections:
        assert section.first == end + 1
        assert len(section.raw) == section.last - section.first + 1 > 0
        end = section.last
    assert end == len(raw)
    names = Counter(section.name for section in sections)
    assert all(count == 1 for count in names.values()), names


def note_lines(section: Section) -> list[int]:
    """The lines with text on them that the section does not show as code."""
    filled = [n for n, line in enumerate(section.raw, section.first) if line.strip(BOM).strip()]
    return [n for n in filled if n not in section.code]


def check_columns(sections: list[Section]) -> None:
    for section in sections:
        assert set(section.code) <= set(range(section.first, section.last + 1))
        assert list(section.code) == sorted(set(section.code))
        if section.code:
            edges = [section.raw[section.code[i] - section.first] for i in (0, -1)]
            assert all(edge.strip() for edge in edges)
        notes = note_lines(section)
        if section.kind == "code":
            assert (section.note, section.note_first, notes) == ("", 0, [])
            continue
        # One note, in one piece: no code stands between its first line and its last.
        assert not set(section.code) & set(range(notes[0], notes[-1] + 1))
        lines = section.note.split("\n")
        assert lines[0] and lines[-1]
        for n, line in enumerate(lines, section.note_first):
            # Without white space, since a tab in a note becomes spaces, and without backslashes,
            # since of two one may be left.
            said, written = (
                "".join(text.replace("\\", "").split())
                for text in (line, section.raw[n - section.first])
            )
            assert said in written


def work(action: Callable[[], object]) -> int:
    """
    How many functions are called meanwhile, Python's own among them: what a computer has to do,
    whatever else it does, and in contrast to time the same on each.
    """
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return calls


def check_growth(parse: Callable[[str], object], text: str, times: int) -> None:
    """Eight times the text takes eight times the work; sixty-four times were it the square."""
    short, long = (work(lambda n=n: parse(text * n)) for n in (times, 8 * times))
    assert long < 12 * short
