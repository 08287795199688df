"""The numbers that a page tells, and whether they are those of their sources.

A line of the ledger is what a page says, with `{}` for each number, and where these come from.
"""

import math
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
WORDS = "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
WORDS = {"two": 2, "twice": 2, **{word: number for number, word in enumerate(WORDS, 3)}}
WORDS |= {"twenty": 20, "thirty": 30, "twentyfold": 20, "thousand": 1000, "million": 10**6}
SMALL = {
    "two",
    "twice",
    "0",
    "1",
}  # as in "one of the two", "1 is the distance", "with a gradient of 0"
POWER = r"(?:(?P<of>\d+(?:\.\d+)?)\\cdot)?(?P<base>2|10)\^\{(?P<power>-?\d+)\}"
PLAIN = r"\d+(?:,\d{3})*(?:\.\d+)*(?:e-?\d+)?"
# Not the end of a name, an index, or a power of a symbol.
BEFORE = r"(?<![\w.^{_\\])"
NUMBER = re.compile(rf"(?:{POWER}|{BEFORE}{PLAIN}(?![\w^])|(?i:\b(?:{'|'.join(WORDS)})\b))")
HEAD = re.compile(r"\A---\n.*?^---$", re.M | re.S)
KEPT = re.compile(r"^(?:title|description): (.*)$", re.M)
MADE = re.compile(r"^<!-- ([\w-]+) -->$.*?^<!-- /\1 -->$", re.M | re.S)
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
EXAMPLE = re.compile(r"^[ \t]*>>>.*?(?=\n[ \t]*\n|\Z)", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`|\]\([^)]*\)|^///.*$|^    [\w-]+: .*$|\{[ #.][^}\n]*\}", re.M)
# A numbered list, a year, a type, and the name of a norm, a font or a package.
NO_NUMBER = re.compile(
    r"^\d+\. |\b(?:19|20)\d\d\b|\b(?:b?float|int)\d+|\bL_?2\b|\bFSDP2\b|Source Serif 4"
    r"|--8<--|^## Rule 0",
    re.M,
)


class Told(NamedTuple):
    """A number on a page: where it stands, and how it is written."""

    start: int
    text: str


def blanked(text, *patterns):
    for pattern in patterns:
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return text


def head(text):
    """The page without its head, save what readers see of that."""
    found = HEAD.match(text)
    if not found:
        return text
    kept = [match.span(1) for match in KEPT.finditer(found[0])]
    inside = lambda n: any(start <= n < end for start, end in kept)  # noqa: E731
    own = "".join(c if c == "\n" or inside(n) else " " for n, c in enumerate(found[0]))
    return own + text[found.end() :]


def numbers(text, code=False):
    """The numbers of a page, in its code only if that is asked for."""
    text = blanked(head(text), MADE)
    text = blanked(text, *([] if code else [FENCE, EXAMPLE, CODE]), NO_NUMBER)
    for found in NUMBER.finditer(text):
        if code or found[0].lower() not in SMALL:
            yield Told(found.start(), found[0])


def value(text):
    """The number that is written, and in which unit of its last place."""
    word = text.lower()
    if word in WORDS:
        return WORDS[word], 0.5
    if power := re.fullmatch(POWER, text):
        scale = float(power["base"]) ** int(power["power"])
        mantissa = power["of"] or "1"
        digits = len(mantissa.partition(".")[2])
        return float(mantissa) * scale, scale * 10.0**-digits if power["base"] == "10" else 0.0
    plain = text.replace(",", "")
    if plain.count(".") > 1:
        return math.nan, 0.0  # the version of something
    mantissa, _, exponent = plain.partition("e")
    digits = len(mantissa.partition(".")[2])
    return float(plain), 10.0 ** (int(exponent or 0) - digits)


def is_told(text, source):
    """Whether a number is that of its source, to as many digits as it has."""
    if isinstance(source, str):
        return text == source
    found, unit = value(text)
    return abs(found - source) <= unit / 2 * (1 + 1e-9)


def pattern(words):
    """What finds a line of the ledger on a page, however its lines are broken."""
    parts = [r"\s+".join(map(re.escape, part.split(" "))) for part in words.split("{}")]
    return re.compile(f"({POWER_ONLY}|{PLAIN}|{'|'.join(WORDS)})".join(parts), re.I)


POWER_ONLY = re.sub(r"\?P<\w+>", "?:", POWER)


def compare(text, entries, code=False):
    """What is wrong: words that are not there, other numbers, and numbers without a source."""
    covered = set()
    for words, sources in entries:
        found = [*pattern(words).finditer(text)]
        if not found:
            yield f"not on the page: {words}"
        for match in found:
            for group, source in enumerate(sources, 1):
                covered.add(match.start(group))
                if not is_told(match[group], source):
                    yield f"{match[0]}: {match[group]} is {source}"
        if not sources:
            covered.update(n for match in found for n in range(*match.span()))
    for told in numbers(text, code):
        if told.start not in covered:
            line = text.count("\n", 0, told.start) + 1
            yield f"line {line}: nothing makes {told.text}"
