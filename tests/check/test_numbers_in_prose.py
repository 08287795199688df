"""A number in the prose of a module stands in an example, or in the code, that makes it."""

import ast
import re
from doctest import DocTestParser
from pathlib import Path

import pytest

from sidenotes.languages.registry import language

ROOT = Path(__file__).parents[2]
FOLDERS = ("labml_optim", "docs/notes")
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
# One with a point, or of three digits and more: smaller ones are words, as in "two groups".
NUMBER = re.compile(r"(?<![\w.,^{_\\#/-])(\d[\d,]*\.\d+|\d{3,})(?![\w.]*\w)")
EXAMPLES = re.compile(r"^[ \t]*>>>.*?(?=\n[ \t]*\n|\Z)", re.M | re.S)
# Code, where links lead, displays, a year, and a part of a paper.
OTHERS = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)|^\$\$.*?\$\$$|\b(?:19|20)\d\d\b|section \d\.\d", re.M | re.S
)


def notes(path, text):
    """The docstrings of a file, and the comments."""
    return [section.note for section in language(path).parse(text, path.stem)]


def prose(path, text):
    """The numbers in the prose of a file."""
    for note in notes(path, text):
        yield from NUMBER.findall(OTHERS.sub(" ", EXAMPLES.sub(" ", note)))


def made(path, text):
    """The numbers in the examples and in the code of a file, and of what its notes link to."""
    code = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    yield from (float(value) for value in code if isinstance(value, int | float))
    for note in notes(path, text):
        examples = "".join(e.source + e.want for e in DocTestParser().get_examples(note))
        examples = re.sub(r"(?<=\d)[_,](?=\d{3})", "", examples)
        yield from map(float, re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", examples))


def beside(path, text):
    """The files that a file links to, and the figures that it shows."""
    linked = [path.parent / name for name in re.findall(r"\]\(([\w./]+\.py)", text)]
    shown = [ROOT / name for name in re.findall(r"/// figure \| (\S+\.py)", text)]
    return [each for each in {*linked, *shown} if each.is_file() and each != path]


def untold(path, text):
    """The numbers of the prose that nothing makes, to as many digits as it says."""
    values = [*made(path, text)]
    for other in beside(path, text):
        values += made(other, other.read_text("utf-8"))
    # A share may be told in percent.
    values += [100 * value for value in values]
    for number in prose(path, text):
        told = number.replace(",", "")
        digits = len(told.partition(".")[2])
        if not any(abs(round(abs(value), digits) - float(told)) < 1e-12 for value in values):
            yield number


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_number_in_prose_is_made_by_an_example_or_by_the_code(path):
    assert [*untold(path, path.read_text("utf-8"))] == []


def test_a_number_that_nothing_makes_is_found():
    path = ROOT / "docs/notes/belief.py"
    text = path.read_text("utf-8")
    assert text.count("$0.853\\,\\sigma^2$") == 1
    assert [*untold(path, text.replace("$0.853\\,", "$0.953\\,"))] == ["0.953"]
    assert sum(len([*prose(each, each.read_text("utf-8"))]) for each in FILES) > 100
