"""Which page shows which file, where pages are read from a folder; and the files beside them."""

import os

import pytest
from rendering import Project

from sidenotes.__main__ import copy, files, main
from sidenotes.languages.files import stem
from sidenotes.page.site.folder import Folder
from sidenotes.page.site.host import relative
from sidenotes.page.site.index import Use, scan
from sidenotes.page.site.standalone import url


@pytest.fixture
def folder(tmp_path):
    pages = {
        "index.md": "# Home\n\n/// sidenotes | pkg/adam.py\n    only: adam.Adam.step\n///\n",
        "optim/adam.md": "---\ntitle: Adam\n---\n\n/// sidenotes | pkg/adam.py\n///\n",
        "how.md": "```\n/// sidenotes | pkg/none.py\n///\n```\n",
        "long.markdown": "/// sidenotes | pkg/long.py\n///\n",
    }
    for name, text in pages.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = Folder(tmp_path, tmp_path / "docs")
    found.refresh()
    return found


def names(folder, text):
    return folder.with_text(text).bodies.get(text.strip("\n"), [])


def test_blocks_are_found_with_their_lines_and_examples_are_not(folder):
    assert folder.pages.index.pages == {
        "index.md": (Use("index.md", 3, "pkg/adam.py", "adam.Adam.step"),),
        "long.markdown": (Use("long.markdown", 1, "pkg/long.py"),),
        "optim/adam.md": (Use("optim/adam.md", 5, "pkg/adam.py"),),
    }


def test_a_page_is_known_by_its_text_without_the_front_matter(folder):
    assert names(folder, "/// sidenotes | pkg/adam.py\n///\n") == ["optim/adam.md"]
    assert names(folder, "Something else") == names(folder, "///") == []


def test_a_page_that_changes_is_read_again(folder):
    page = folder.docs / "new.md"
    page.write_text("One")
    assert names(folder, "One") == ["new.md"]
    page.write_text("Two!")
    assert names(folder, "Two!") == ["new.md"] and names(folder, "One") == []
    page.write_text("Three")
    assert folder.with_page("new.md", "Three").texts["new.md"] == "Three"


def test_a_folder_is_not_read_again_while_its_pages_are_as_they_were(folder, monkeypatch):
    reads = []
    monkeypatch.setattr(Folder, "refresh", lambda self: reads.append(self))
    for name, text in folder.pages.texts.items():
        folder.with_page(name, text)
        folder.with_text(text)
    assert reads == []


def test_the_page_with_the_whole_file_is_the_home_of_its_definitions(folder):
    index = folder.pages.index
    assert index.home("pkg/adam.py", "adam.Adam.step").page == "optim/adam.md"
    assert index.home("pkg/other.py", "other") is None


def test_an_excerpt_is_home_to_what_it_shows_and_nothing_else(folder):
    (folder.docs / "optim/adam.md").unlink()
    folder.refresh()
    index = folder.pages.index
    assert index.home("pkg/adam.py", "adam.Adam.step").page == "index.md"
    assert index.home("pkg/adam.py", "adam.Adam.stepper") is None


URLS = {"index.md": "", "a.md": "a/", "b/index.md": "b/", "b/c.md": "b/c/", "b/README.md": "b/"}
URLS |= {"a.markdown": "a/", "a.b.mkd": "a.b/"}


@pytest.mark.parametrize("page, address", URLS.items())
def test_addresses(page, address):
    assert url(page, directory_urls=True) == address


LINKS = {
    ("", "a/"): "a/",
    ("a/", ""): "../",
    ("b/c/", "b/d/"): "../d/",
    ("b/", "b/d/"): "d/",
    ("b/d/", "b/"): "../",
    ("b/c.html", "a.html"): "../a.html",
    ("a.html", "index.html"): "index.html",
    ("a.html", "b/c.html"): "b/c.html",
    ("fr/a/", "fr/b/"): "../b/",
    ("a/", "./"): "../",
}


@pytest.mark.parametrize("ends, link", LINKS.items())
def test_links_between_pages_are_relative(ends, link):
    assert relative(*ends) == link


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


def test_front_matter_of_both_kinds_is_no_part_of_the_text(folder):
    (folder.docs / "yaml.md").write_text("---\na: |\n  b\n...\n\nYAML\n")
    (folder.docs / "keys.md").write_text("title: A\n    b\nauthor: C\n\nKeys\n")
    (folder.docs / "rule.md").write_text("---\n\nRule\n\n---\n")
    assert names(folder, "YAML") == ["yaml.md"]
    assert names(folder, "Keys") == ["keys.md"]
    assert names(folder, "---\n\nRule\n\n---\n") == ["rule.md"]


STEMS = {
    "pkg/adam.py": "adam",
    "pkg/__init__.py": "pkg",
    "pkg/__main__.py": "__main__",
    "pkg/my file (2).py": "my-file-2-",
    "pkg/L1.py": "L1.py",
    "pkg/kernel.c": "kernel.c",
}


@pytest.mark.parametrize("path, expected", STEMS.items())
def test_what_anchors_begin_with(path, expected):
    assert stem(path) == expected


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
