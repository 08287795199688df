"""Which page shows which file; and the files beside the pages."""

import os

import pytest
from rendering import Project

from sidenotes.__main__ import copy, files, main
from sidenotes.page.site import Site, Use, home, scan, stem


@pytest.fixture
def site(tmp_path):
    pages = {
        "index.md": "# Home\n\n/// sidenotes | pkg/adam.py\n    only: adam.Adam.step\n///\n",
        "optim/adam.md": "---\ntitle: Adam\n---\n\n/// sidenotes | pkg/adam.py\n///\n",
        "how.md": "```\n/// sidenotes | pkg/none.py\n///\n```\n",
    }
    for name, text in pages.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Site(tmp_path, tmp_path / "docs")


def test_blocks_are_found_with_their_lines_and_examples_are_not(site):
    assert site.uses() == [
        Use("index.md", 3, "pkg/adam.py", "adam.Adam.step"),
        Use("optim/adam.md", 5, "pkg/adam.py"),
    ]


def test_a_page_is_known_by_its_text_without_the_front_matter(site):
    assert site.find("/// sidenotes | pkg/adam.py\n///\n") == [("optim/adam.md", 5)]
    assert site.find("Something else") == site.find("///") == []


def test_a_page_that_changes_is_read_again(site):
    page = site.docs / "new.md"
    page.write_text("One")
    assert site.find("One") == [("new.md", 1)]
    page.write_text("Two!")
    assert site.find("Two!") == [("new.md", 1)] and site.find("One") == []


def test_the_page_with_the_whole_file_is_the_home_of_its_definitions(site):
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.step").page == "optim/adam.md"
    assert home(site.uses(), "pkg/other.py", "other") is None


def test_an_excerpt_is_home_to_what_it_shows_and_nothing_else(site):
    (site.docs / "optim/adam.md").unlink()
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.step").page == "index.md"
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.stepper") is None


URLS = {"index.md": "", "a.md": "a/", "b/index.md": "b/", "b/c.md": "b/c/", "b/README.md": "b/"}


@pytest.mark.parametrize("page, url", URLS.items())
def test_addresses(site, page, url):
    assert site.url(page) == url


LINKS = {
    ("index.md", "a.md"): "a/#x",
    ("a.md", "index.md"): "../#x",
    ("b/c.md", "b/d.md"): "../d/#x",
    ("b/index.md", "b/d.md"): "d/#x",
    ("a.md", "a.md"): "#x",
}


@pytest.mark.parametrize("ends, link", LINKS.items())
def test_links_between_pages_are_relative(site, ends, link):
    assert site.link(*ends, "x") == link


def test_links_without_directories(tmp_path):
    site = Site(tmp_path, tmp_path, directory_urls=False)
    assert site.link("b/c.md", "a.md", "x") == "../a.html#x"
    assert site.link("a.md", "index.md", "x") == "index.html#x"


def test_a_fence_may_hold_a_shorter_fence():
    text = "````\n```\n/// sidenotes | a.py\n///\n````\n/// sidenotes | b.py\n///\n"
    assert [use.source for use in scan("p.md", text)] == ["b.py"]


BLOCK = "/// sidenotes | a.py"
USES = {
    "in a list": (f"* item\n\n    {BLOCK}\n        only: a.b\n    ///\n", ["a.b"]),
    "in a tab": (f'=== "T"\n\n    {BLOCK}\n    ///\n', [""]),
    "deep in a list": (f"1. a\n    - b\n\n        {BLOCK}\n            only: a.b\n", ["a.b"]),
    "in a quotation": (f"> {BLOCK}\n>     only: a.b\n> ///\n", ["a.b"]),
    "in a comment": (f"<!--\n\n{BLOCK}\n///\n\n-->\n", []),
    "in indented code": (f"so\n\n    {BLOCK}\n    ///\n", []),
    "in a fence with another's beginning": (f"````text\n```python\n{BLOCK}\n````\n", []),
    "after a fence with one": (f"```text\n```python\n{BLOCK}\n```\n\n{BLOCK}\n", [""]),
    "after a comment's mark in code": (f"`<!--`\n\n{BLOCK}\n", [""]),
    "with attributes first": (f"{BLOCK}\n    attrs: {{id: x}}\n    only: a.b\n///\n", ["a.b"]),
    "with a YAML comment": (f"{BLOCK}\n    only: a.b # this one\n///\n", ["a.b"]),
    "quoted": (f'{BLOCK}\n    only: "a.b"\n///\n', ["a.b"]),
    "with a capital": (f"{BLOCK.title()}\n///\n", [""]),
    "option not indented enough": (f"{BLOCK}\n  only: a.b\n", [""]),
    "option behind a blank line": (f"{BLOCK}\n\n    only: a.b\n", [""]),
}


@pytest.mark.parametrize("text, expected", USES.values(), ids=USES)
def test_blocks_are_found_as_the_parser_finds_them(text, expected):
    assert [use.only for use in scan("p.md", text)] == expected


WHOLE = {name: text for name, (text, _) in USES.items() if "///\n" in text.replace(BLOCK, "")}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_the_parser_of_blocks_agrees(tmp_path, text):
    project = Project(tmp_path)
    for name in ("a.py", "A.Py"):
        project.write(name, "def b():\n    pass\n")
    project.write("docs/page.md", text)
    md = project.markdown()
    md.registerExtensions(["pymdownx.tabbed"], {"pymdownx.tabbed": {"alternate_style": True}})
    assert md.convert(text).count("data-source") == len(scan("page.md", text))


def test_front_matter_of_both_kinds_is_no_part_of_the_text(site):
    (site.docs / "yaml.md").write_text("---\na: |\n  b\n...\n\nYAML\n")
    (site.docs / "keys.md").write_text("title: A\n    b\nauthor: C\n\nKeys\n")
    (site.docs / "rule.md").write_text("---\n\nRule\n\n---\n")
    assert site.find("YAML") == [("yaml.md", 6)]
    assert site.find("Keys") == [("keys.md", 5)]
    assert site.find("---\n\nRule\n\n---\n") == [("rule.md", 1)]


def test_stems():
    assert [stem(p) for p in ("pkg/adam.py", "pkg/__init__.py", "pkg/__main__.py")] == [
        "adam",
        "pkg",
        "__main__",
    ]


def test_assets_arrive_whole_and_are_left_alone_the_second_time(tmp_path):
    assert copy(tmp_path / "new") == len(list(files()))
    css = tmp_path / "new" / "katex" / "katex.min.css"
    fonts = {f"katex/{name}" for name in _urls(css.read_text())}
    assert fonts and all((tmp_path / "new" / name).is_file() for name in fonts)
    os.utime(css, ns=(1, 1))
    assert copy(tmp_path / "new") == 0 and css.stat().st_mtime_ns == 1


def test_a_changed_asset_is_replaced_and_nothing_else_is_left_behind(tmp_path):
    copy(tmp_path)
    (tmp_path / "sidenotes.css").write_text("old")
    assert copy(tmp_path) == 1
    assert not [path for path in tmp_path.rglob("*.part")]


def test_an_asset_folder_that_cannot_be_is_an_error_in_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["assets", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith("sidenotes: ")


def _urls(css: str) -> list[str]:
    import re

    return re.findall(r"url\(([^)]+)\)", css)
