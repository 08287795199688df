r"""
# What stays text in a note

A page is written for Markdown, a docstring often is not. Read as Markdown, `<nothing>` is a tag,
`__init__` a bold word, `{a}` an attribute and `[1]: x` a definition, and each of them vanishes from
the page. So in a note these are markup only where they can be nothing else; the rest stays text.

It is done where Python-Markdown decides: its patterns and processors are asked whether what they
have found is markup. So nothing is changed in code, which they do not look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX

Found = tuple[Element | str | None, int | None, int | None]
NOTHING: Found = (None, None, None)


class Literals:
    """Keeps text in notes, for one page; while `note` is not set, nothing is kept."""

    def __init__(self, md: Markdown):
        self.md = md
        # The note that is being read, and the code beside the notes of its file.
        self.note: str | None = None
        self.code = ""
        for number, (pattern, keep) in enumerate(KEPT):
            # After code (190), before escapes (180).
            md.inlinePatterns.register(_Kept(self, pattern, keep), f"sidenotes-{number}", 185)
        for name, accepts in MARKUP.items():
            if name in md.inlinePatterns:
                _ask_first(self, md.inlinePatterns[name], "handleMatch", accepts, NOTHING)
        for name, accepts_block in BLOCKS.items():
            if name in md.parser.blockprocessors:
                processor = md.parser.blockprocessors[name]
                _ask_first(self, processor, "test", accepts_block, False)

    @contextmanager
    def reading(self, note: str) -> Iterator[None]:
        header: Any = self.md.parser.blockprocessors["hashheader"]
        self.note, header.RE, lenient = note, HEADER, header.RE
        try:
            yield
        finally:
            self.note, header.RE = None, lenient


class _Kept(InlineProcessor):
    """A pattern whose matches are text, if `keep` says so."""

    def __init__(self, literals: Literals, pattern: str, keep: Callable[..., str]):
        super().__init__(pattern)
        self.literals, self.keep = literals, keep

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        text = "" if self.literals.note is None else self.keep(self.literals, m, data)
        return (text, m.start(), m.end()) if text else NOTHING


def _ask_first(
    literals: Literals, owner: Any, method: str, accepts: Callable[..., bool], refused: Any
) -> None:
    """Let a method of Python-Markdown's give `refused` for what is not accepted in a note."""
    original = getattr(owner, method)

    def asked(*arguments: Any) -> Any:
        if literals.note is not None and not accepts(literals, *arguments):
            return refused
        return original(*arguments)

    setattr(owner, method, asked)


# ## Text that looks like markup
#
# What is returned here is not looked at again.


def _name(literals: Literals, found: re.Match[str], data: str) -> str:
    """A name that begins or ends with an underscore, such as `_order`, if the code has it."""
    return found[0] if re.search(rf"\b{re.escape(found[0])}\b", literals.code) else ""


def _underscores(literals: Literals, found: re.Match[str], data: str) -> str:
    """Two underscores, as in `__init__`: what is bold has asterisks. And one that stands alone."""
    return found[0]


# What may stand before emphasis, and after it. Elsewhere an asterisk is a product or a wildcard,
# and an underscore a subscript. Between these two signs stand what other patterns have found.
_BEFORE = rf"(?:^|[\s(\[\"'*_/{STX}{ETX}-])"
_BEHIND = rf"(?=$|[\s)\]\"'*_/.,;:!?{STX}{ETX}-]|\{{[.:#])"
_OPENS = {sign: re.compile(rf"{_BEFORE}\{sign}+(?=[^\s{sign}])") for sign in "*_"}
_CLOSES = {sign: re.compile(rf"[^\s{sign}]\{sign}+(?!\{sign}){_BEHIND}") for sign in "*_"}


def _emphasis(literals: Literals, found: re.Match[str], data: str) -> str:
    """Signs that can neither open emphasis nor close it, or have no partner, as in `*args`."""
    (start, end), sign = found.span(), found[0][0]
    opens = (_OPENS[sign].match(data, max(start - 1, 0))) is not None
    closes = start > 0 and _CLOSES[sign].match(data, start - 1) is not None
    partner = opens and _CLOSES[sign].search(data, end) or closes and sign in data[:start]
    return "" if partner else found[0]


_ATTRIBUTES = re.compile(
    r"""
    \{:? \s*
    (?: (?: [#.] [A-Za-z] [\w:.-]* | [\w:-]+ = (?: "[^"]*" | '[^']*' | [^\s{}'"]+ ) ) \s* )+ \}
    """,
    re.VERBOSE,
)


def _brace(literals: Literals, found: re.Match[str], data: str) -> str:
    """A brace that begins no list of attributes."""
    return "" if _ATTRIBUTES.match(data, found.start()) else f"{STX}{ord('{')}{ETX}"


def _place_of_contents(literals: Literals, found: re.Match[str], data: str) -> str:
    return f"{STX}{ord('[')}{ETX}TOC]"


KEPT = (
    (r"_{2,}\w*_{2,}|_{2,}|(?<![\w])_(?!\w)", _underscores),
    (r"(?<!\w)_\w+|\w+_(?!\w)", _name),
    (r"\*+|(?<!\w)_|_(?!\w)", _emphasis),
    (r"\{", _brace),
    (r"\[TOC\]", _place_of_contents),
)


# ## Markup that may be text


PROSE_TAGS = set(
    """
    a abbr b big blockquote br center cite code dd del details dfn div dl dt em figcaption figure
    font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s samp small span strong
    sub summary sup table tbody td tfoot th thead tr u ul var video
    """.split()
)
VOID_TAGS = {"br", "hr", "img"}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>\Z")


def _is_tag(literals: Literals, found: re.Match[str], data: str) -> bool:
    """Whether a tag belongs to prose, and has its partner."""
    tag = _TAG.match(found[0])
    if not tag or tag[2].lower() not in PROSE_TAGS or not _are_attributes(tag[3]):
        return False
    if tag[2].lower() in VOID_TAGS:
        return True
    note = literals.note or ""
    return _has_pair(note, tag[2])


def _are_attributes(text: str) -> bool:
    attribute = r"""\s+[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?"""
    return re.fullmatch(rf"(?:{attribute})*\s*/?", text) is not None


def _has_pair(text: str, name: str) -> bool:
    return bool(re.search(rf"<{name}\b[^<>]*>.*?</{name}\s*>", text, re.DOTALL | re.IGNORECASE))


def _is_link(literals: Literals, found: re.Match[str], data: str) -> bool:
    """Whether `[a](b)` has an address: `call[name](argument)` has none."""
    target = re.compile(r"\[?[^\]]*\]\(\s*([^\s()]*)").match(data, found.end())
    return not target or bool(re.search(r"[/.#:\x02]", target[1]))


MARKUP = {"html": _is_tag, "link": _is_link, "image_link": _is_link}


def holds_html(note: str) -> bool:
    """Whether a note has an element of HTML that begins a line, with its end."""
    found = re.findall(r"^ {0,3}<([A-Za-z][A-Za-z0-9]*)\b[^<>]*>", note, re.MULTILINE)
    return any(name.lower() in PROSE_TAGS and _has_pair(note, name) for name in found)


# ## Blocks that may be text
#
# `#123` is the number of an issue; a heading has a space.
HEADER = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?=[ \t]|\n|$)(?P<header>(?:\\.|[^\\])*?)#*(?:\n|$)")
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]]*)\]:", re.MULTILINE)
_ABBREVIATION = re.compile(r"^\*\[([^\\]*?)\] ?:", re.MULTILINE)
_ADMONITION = re.compile(
    r"""
    (?: ^ | \n ) (?: !!! | \?\?\?\+? ) \x20? [\w-]+
    (?: (?: \x20+ [\w-]+ )* \x20+ "[^\n]*" | \x20* | [\w\x20-]* \n (?= \x20{4} ) ) \s* (?: \n | $ )
    """,
    re.VERBOSE,
)


def _is_reference(literals: Literals, parent: Element, block: str) -> bool:
    """Whether the note uses what it defines: else the definition is what it says."""
    labels = [" ".join(label.split()).lower() for label in _DEFINITION.findall(block)]
    note = " ".join((literals.note or "").split()).lower()
    return not labels or any(
        note.count(f"[{label}]") > note.count(f"[{label}]:") for label in labels
    )


def _is_abbreviation(literals: Literals, parent: Element, block: str) -> bool:
    words = _ABBREVIATION.findall(block)
    note = _ABBREVIATION.sub("", literals.note or "")
    return not words or any(re.search(rf"\b{re.escape(word)}\b", note) for word in words)


def _is_admonition(literals: Literals, parent: Element, block: str) -> bool:
    return not re.search(r"(?:^|\n)(?:!!!|\?\?\?)", block) or bool(_ADMONITION.search(block))


BLOCKS = {
    "reference": _is_reference,
    "abbr": _is_abbreviation,
    "admonition": _is_admonition,
    "details": _is_admonition,
}
