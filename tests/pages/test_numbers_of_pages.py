"""A number on a page is that of its source: a doctest, data that a script wrote, a setting."""

from random import Random

import guides
import ledger
import pytest
from facts import ROOT, text
from marks import DURATIONS, OTHERS_SAY
from told import WORDS, compare, is_told, numbers

WRITTEN = ("*.md", "*/README.md", "docs/*.md", "docs/*/*.md")
PAGES = sorted({p.relative_to(ROOT).as_posix() for kind in WRITTEN for p in ROOT.glob(kind)})
FROM = ledger.FROM | guides.FROM
# Here code counts as well.
WHOLE = ("README.md", "docs/index.md")


def wrong(page, words):
    """What is wrong with the numbers of a page, if it has these words."""
    marked = [(mark, ()) for marks in (DURATIONS, OTHERS_SAY) for mark in marks.get(page, ())]
    return [*compare(words, [*FROM.get(page, ()), *marked], code=page in WHOLE)]


@pytest.mark.parametrize("page", PAGES)
def test_each_number_of_a_page_is_that_of_its_source(page):
    assert wrong(page, text(page)) == []


def slip(number, draw):
    """Another number, in as many letters or with one other digit."""
    if number.lower() in WORDS:
        return draw.choice([word for word in WORDS if WORDS[word] != WORDS[number.lower()]])
    at = draw.choice([n for n, sign in enumerate(number) if sign.isdigit()])
    return number[:at] + draw.choice("0123456789".replace(number[at], "")) + number[at + 1 :]


def slips(page):
    words, draw = text(page), Random(page)
    for told in numbers(words, code=page in WHOLE):
        other = slip(told.text, draw)
        yield told.text, other, words[: told.start] + other + words[told.start + len(told.text) :]


@pytest.mark.parametrize("page", PAGES)
def test_another_digit_in_any_number_of_a_page_is_found(page):
    assert [(number, other) for number, other, words in slips(page) if not wrong(page, words)] == []


def test_there_are_numbers_and_those_that_are_only_said_are_few():
    told = {page: len([*numbers(text(page), page in WHOLE)]) for page in PAGES}
    assert sum(told.values()) > 200 and told["README.md"] > 8 and told["docs/index.md"] == 4
    said = [mark for marks in (DURATIONS, OTHERS_SAY) for page in marks for mark in marks[page]]
    assert len(said) < 30 and "docs/index.md" not in DURATIONS | OTHERS_SAY
    assert FROM.keys() | DURATIONS.keys() | OTHERS_SAY.keys() <= {*PAGES}


@pytest.mark.parametrize(
    ("told", "source", "holds"),
    [
        *(("20.03", 20.028, True), ("20.03", 20.036, False), ("twentyfold", 20.03, True)),
        *(("1,797", 1797, True), ("1,797", 1798, False), (r"6\cdot10^{20}", 5.83e20, True)),
        *((r"6\cdot10^{20}", 5.4e20, False), ("10^{-16}", 1e-16, True), ("1e-8", 1e-7, False)),
        *(("2^{32}", 2.0**32, True), ("2^{32}", 2.0**33, False), ("3.10", "3.10", True)),
        *(("3.10", "3.1", False), ("Seven", 7, True), ("seven", 6, False)),
    ],
)
def test_a_number_is_that_of_its_source_to_as_many_digits_as_it_has(told, source, holds):
    assert is_told(told, source) == holds
