r"""
# What a docstring says of arguments

A docstring tells of arguments in bullets, one for each, or in a sentence that only names them:

```
* `lr` is the learning rate, `1e-3` by default
* `m` and `v` are the two moments

The other arguments are those of Adam: `params`, `betas`.
```

This file reads both; [`signatures`](signatures.py) compares them with what there is. The rules:

1. A bullet is of the arguments that it begins with, in backticks. What else stands in backticks is
   not its subject. A bullet within a bullet is a part of it.
2. A list below a sentence that ends with a colon belongs to that sentence. It is of arguments only
   if the sentence says so.
3. Names are listed in a sentence with the word `arguments` before its colon. If it says that they
   are those of something, it is held to that.
4. A default is stated as `` `x` by default``, `` `x`, the default`` and `` `x` (default)``, or as
   `` by default `x` ``, `` defaults to `x` `` and `` default: `x` ``. A number, `True`, `False` and
   `None` need no backticks. If there are as many values as subjects, each has its own; else the
   last one is for all. `` `x`, the default of … `` and `` … in … `` speak of something else.

>>> note = "* `m` and `v` are means, `0.9` and\n  `0.99` by default\n\nOther arguments: `x`."
>>> for argument in arguments(note, first=10):
...     print(argument.line, argument.name, argument.defaults)
10 m ('0.9',)
10 v ('0.99',)
13 x ()
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..fences import hidden, indented


@dataclass(frozen=True)
class Argument:
    """One documented argument, and the line on which it is named."""

    name: str
    line: int
    # As they are written; a bullet may say it twice.
    defaults: tuple[str, ...] = ()
    # Whose argument it is said to be, besides.
    of: str = ""


# ## Patterns
#
# A blank in them is any white space, since a sentence may go on in the next line.
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex.replace(" ", r"\s+"))


_AND = r"(?:, (?:and |or )?| and | or |/)"
_NAME = r"`\*{0,2}(?!(?:True|False|None)`)[^\W\d]\w*`"
_ONE = re.compile(r"`\*{0,2}(\w+)`")
_NAMES = rf"{_NAME}(?:{_AND}{_NAME})*"
_VALUE = r"(?:`[^`]+`|(?<![\w`.+-])(?:[-+]?\d[\w.+-]*|True\b|False\b|None\b))"
_VALUES = rf"{_VALUE}(?:{_AND}{_VALUE})*"
_BULLET = re.compile(r"[*+-][ \t]+")
_LATER = r"(?:,? by default|(?:, | \(| is )the default| \(default(?=\)))"
# In `x`, `y` by default, `y` is a value and not a second subject.
_SUBJECT = _pattern(rf"{_NAMES}(?!{_LATER})")
_EARLIER = (
    r"(?:\b[Bb]y default(?: it is| is)?|\bBy default,|\b[Dd]efaults to|\b[Aa] default of"
    r"|\b[Dd]efault(?: value)?(?: is|:)|\(default)"
)
_DEFAULT = _pattern(
    rf"(?P<before>{_VALUES}){_LATER}\b(?!(?: value)? (?:of|in)\b)|{_EARLIER} (?P<behind>{_VALUES})"
)
_LIST = _pattern(
    rf"\b[Aa]rguments?\b(?P<about>(?:`[^`]*`|\[[^]]*\]\([^)]*\)|[^:.`[])*): (?P<names>{_NAMES})"
)
_OF = _pattern(r"\bthose of [`[]*([\w.]*\w)")


def arguments(note: str, first: int) -> list[Argument]:
    """The arguments that a note documents whose first line is line `first` of the file."""
    found: list[Argument] = []
    for line, text, bullet in _items(note, first):
        subject = _SUBJECT.match(text) if bullet else None
        found += _bullet(line, text, subject) if subject else _lists(line, text)
    return found


def _bullet(line: int, text: str, subject: re.Match[str]) -> Iterator[Argument]:
    names = [name[1] for name in _ONE.finditer(subject[0])]
    stated = [_each(found, len(names)) for found in _DEFAULT.finditer(text, subject.end())]
    for name, *defaults in zip(names, *stated, strict=True):
        yield Argument(name, line, tuple(defaults))


def _each(found: re.Match[str], count: int) -> list[str]:
    """The default that is stated for each of the subjects."""
    values = re.findall(_VALUE, found["before"] or found["behind"])
    plain = [value.strip("`") for value in values]
    return plain if len(plain) == count else plain[-1:] * count


def _lists(line: int, text: str) -> Iterator[Argument]:
    for found in _LIST.finditer(text):
        of = _OF.search(found["about"])
        for name in _ONE.finditer(text, *found.span("names")):
            at = line + text.count("\n", 0, name.start())
            yield Argument(name[1], at, of=of[1] if of else "")


def _items(note: str, first: int) -> Iterator[tuple[int, str, bool]]:
    """
    The bullets and the paragraphs of a note: the line of each, its text without the mark, and
    whether it is a bullet that may be of arguments.
    """
    above = ""
    for line, lines in _parts(note):
        text = "\n".join(lines).rstrip()
        mark = _BULLET.match(text)
        foreign = above.endswith(":") and not re.search(r"\barguments?\b", above, re.IGNORECASE)
        yield first + line, text[mark.end() :] if mark else text, bool(mark) and not foreign
        above = above if mark else text


def _parts(note: str) -> list[tuple[int, list[str]]]:
    """The note in pieces: each begins with a bullet, or after a blank line at the margin."""
    skip, blank = hidden(note) | indented(note), True
    parts: list[tuple[int, list[str]]] = []
    for number, line in enumerate(note.split("\n")):
        line = "" if number in skip else line
        if _BULLET.match(line) or (blank and line.strip() and not line[0].isspace()):
            parts.append((number, []))
        if parts:
            parts[-1][1].append(line)
        blank = not line.strip()
    return parts
