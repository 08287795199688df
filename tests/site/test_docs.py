"""The examples on the pages are what the code does."""

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [path for path in (ROOT / "docs").rglob("*.md") if ">>>" in path.read_text("utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_it_says(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    tests = doctest.DocTestParser().get_doctest(
        page.read_text("utf-8"), {"__name__": "__main__"}, page.name, str(page), 0
    )
    failed, tried = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(tests)
    assert tried and not failed


def test_the_walk_has_examples():
    assert ROOT / "docs/tool/walk.md" in PAGES
