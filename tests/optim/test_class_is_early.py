"""A module shows its code early: what is longer than a screen is a note of its own."""

import ast
import inspect
from pathlib import Path

import pytest

import labml_optim

LAST = 79
LEAD = 160


@pytest.mark.parametrize("name", labml_optim.__all__)
def test_a_class_begins_in_the_first_eighty_lines_of_its_file(name):
    path = Path(inspect.getfile(getattr(labml_optim, name)))
    (found,) = [
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == name
    ]
    assert found.lineno <= LAST


@pytest.mark.parametrize("name", labml_optim.__all__)
def test_a_module_begins_with_its_idea_in_a_sentence_or_two(name):
    # The page shows it under its title, above the code.
    module = inspect.getmodule(getattr(labml_optim, name))
    title, lead, *_ = inspect.getdoc(module).split("\n\n")
    assert title.startswith("# ") and "\n" not in title
    words = " ".join(lead.split())
    assert len(words) <= LEAD and words.endswith(".") and "](" not in words
