"""Which page shows which file; and the files beside the pages."""

import os

import pytest
from sidenotes.__main__ import copy, files, main
from sidenotes.sites import Site, Use, home, scan, stem


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
    assert site.find("/// sidenotes | pkg/adam.py\n///\n") == ("optim/adam.md", 4)
    assert site.find("Something else") == ("", 0)
    assert site.find("") == ("", 0)


def test_a_page_that_changes_is_read_again(site):
    page = site.docs / "new.md"
    page.write_text("One")
    assert site.find("One")[0] == "new.md"
    page.write_text("Two!")
    assert site.find("Two!")[0] == "new.md" and site.find("One") == ("", 0)


def test_the_page_with_the_whole_file_is_the_home_of_its_definitions(site):
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.step") == "optim/adam.md"
    assert home(site.uses(), "pkg/other.py", "other") == ""


def test_an_excerpt_is_home_to_what_it_shows_and_nothing_else(site):
    (site.docs / "optim/adam.md").unlink()
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.step") == "index.md"
    assert home(site.uses(), "pkg/adam.py", "adam.Adam.stepper") == ""


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
    assert main(["assets", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.startswith("sidenotes: ")


def _urls(css: str) -> list[str]:
    import re

    return re.findall(r"url\(([^)]+)\)", css)
