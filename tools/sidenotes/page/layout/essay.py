r"""
# An essay as rows

A text that runs down the left of a page leaves the right half of a screen empty. So it is laid out
like code: what the prose speaks of stands at the right of it, on the same height. That is what has
a width of its own: a doctest, a figure, a table, and a display of many rows, such as an algorithm.

Each belongs to the prose before it, back to the one before or to a heading:

>>> def row(*tags):
...     return [Element(tag) for tag in tags]
>>> parts = pairs(row("p", "p", "table", "h2", "p", "ul"), lambda e: e.tag == "table")
>>> [([e.tag for e in prose], [e.tag for e in beside]) for prose, beside in parts]
[(['p', 'p'], ['table']), (['h2', 'p', 'ul'], [])]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, SubElement

from markdown.util import HTML_PLACEHOLDER_RE

from ..notes.headings import HEADINGS
from ..notes.prose import Prose

# A display with more rows than this stands beside the prose; in the note of a class or function,
# one with more than this is folded.
WIDE_ROWS, LONG_ROWS = 4, 16
# Prose with nothing beside it that has more letters than this takes both columns.
LONG_PROSE = 700

Pair = tuple[list[Element], list[Element]]


def pairs(children: Iterable[Element], is_beside: Callable[[Element], bool]) -> list[Pair]:
    """The elements of a text as rows, in order: the prose, and what stands beside it."""
    rows: list[Pair] = []
    for child in children:
        if is_beside(child):
            if not rows:
                rows.append(([], []))
            rows[-1][1].append(child)
        else:
            if not rows or rows[-1][1] or child.tag in HEADINGS:
                rows.append(([], []))
            rows[-1][0].append(child)
    return rows


def led(
    note: Iterable[Element], is_beside: Callable[[Element], bool]
) -> tuple[list[Element], list[Pair]]:
    """
    The elements of a note up to the paragraph that leads to the first that stands beside it; then
    rows like those of `pairs`, each of which begins with such a paragraph.
    """
    rows = pairs(note, is_beside)
    if not any(beside for _, beside in rows):
        return [child for words, _ in rows for child in words], []
    first: list[Element] = []
    while not rows[0][1]:
        first += rows.pop(0)[0]
    words = rows[0][0]
    lead = words[-1:] if words and words[-1].tag == "p" else []
    first += words[: len(words) - len(lead)]
    return first, [(lead, rows[0][1]), *rows[1:]]


def lay_out(essay: Element, prose: Prose) -> None:
    """Put the children of `essay` into rows."""
    children = list(essay)
    essay[:] = []
    for left, right in pairs(children, lambda child: is_beside(child, prose)):
        row = SubElement(essay, "div", {"class": "sn-pair"})
        SubElement(row, "div", {"class": "sn-prose"}).extend(left)
        if right:
            SubElement(row, "div", {"class": "sn-beside"}).extend(right)
        elif sum(len("".join(child.itertext())) for child in left) > LONG_PROSE:
            row.set("class", "sn-pair sn-columns")


def is_beside(child: Element, prose: Prose) -> bool:
    """Whether an element stands beside the prose."""
    if child.tag in ("figure", "table", "pre", "details"):
        return True
    word = (child.text or "").strip()
    if word in prose.displays:
        return rows_of(prose.formulas[word]) > WIDE_ROWS
    return word in prose.blocks or _is_fence(word, prose)


def rows_of(tex: str) -> int:
    r"""
    How many rows a display has.

    >>> rows_of(r"\begin{align*} a &= b \\[1em] c &= d \end{align*}"), rows_of("a = b")
    (2, 1)
    """
    return tex.count(r"\\") + 1


def _is_fence(word: str, prose: Prose) -> bool:
    """Code between fences has been put aside, and stands in no list of ours."""
    found = HTML_PLACEHOLDER_RE.fullmatch(word)
    blocks = prose.md.htmlStash.rawHtmlBlocks
    stored = blocks[int(found[1])] if found and int(found[1]) < len(blocks) else ""
    return isinstance(stored, str) and stored.startswith('<div class="highlight')


def fold_long_displays(note: Element, prose: Prose) -> None:
    """
    Fold the displays of a note that are longer than a screen has room for. The paragraph before
    one says what it is.
    """
    for child in list(note):
        word = (child.text or "").strip()
        if word not in prose.displays or rows_of(prose.formulas[word]) <= LONG_ROWS:
            continue
        index = list(note).index(child)
        folded = Element("details", {"class": "sn-fold"})
        summary = SubElement(folded, "summary")
        before = note[index - 1] if index else None
        if before is not None and before.tag == "p" and (before.text or "") not in prose.blocks:
            note.remove(before)
            summary.text, summary[:] = (before.text or "").rstrip(":"), list(before)
        else:
            summary.text = "The formulas"
        note.insert(list(note).index(child), folded)
        note.remove(child)
        folded.append(child)


# ## Rows with code


def move_beside(parent: Element, row: Element, note: Element, prose: Prose) -> None:
    """
    What the note of a definition shows stands at the right: what is folded below the line that
    begins it, and the rest in rows of their own, each beside the paragraph before it.
    """
    fold_long_displays(note, prose)
    folded = [child for child in note if child.tag == "details"]
    if folded:
        row.set("class", f"{row.get('class')} sn-shows")
        beside = SubElement(row, "div", {"class": "sn-beside"})
        for child in folded:
            move(child, note, beside)
    note[:], others = led(note, lambda child: is_beside(child, prose))
    for words, shown in others:
        below = SubElement(parent, "div", {"class": "sn-row sn-goes-on"})
        SubElement(below, "div", {"class": "sn-note"}).extend(words)
        if shown:
            SubElement(below, "div", {"class": "sn-beside"}).extend(shown)


def move_lead(row: Element, note: Element) -> Element:
    """
    A formula that ends a comment is that of the next line of code. What comes before it moves to
    a cell above, so that formula and line stand at one height. Return the cell that is on top.
    """
    before = list(note)[:-1]
    if not before:
        return note
    lead = Element("div", {"class": "sn-lead"})
    for child in before:
        move(child, note, lead)
    row.insert(0, lead)
    return lead


def move(child: Element, parent: Element, other: Element) -> None:
    parent.remove(child)
    other.append(child)
