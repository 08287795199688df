"""The site links to its repository where that has an address, and to nothing where it has none."""

import re

import pytest
from building import run

ADDRESS = "https://github.com/example/labml_optim"


@pytest.fixture(scope="module")
def linked(project, tmp_path_factory):
    """The site of a repository that has an address."""
    folder = tmp_path_factory.mktemp("linked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPO_URL", ADDRESS)
        run("mkdocs", "build", "--strict", "--site-dir", folder, cwd=project)
    return folder


def test_every_page_links_to_the_repository(linked):
    pages = [path.read_text("utf-8") for path in linked.rglob("*.html")]
    assert len(pages) > 50
    assert [text for text in pages if f'<a href="{ADDRESS}" ' not in text] == []


def test_the_link_makes_no_request(linked):
    # What the theme's script looks for, before it asks for the number of stars.
    asks = 'data-md-component="source"'
    assert [path for path in linked.rglob("*.html") if asks in path.read_text("utf-8")] == []
    scripts = [path.read_text("utf-8") for path in linked.glob("assets/javascripts/bundle*.js")]
    assert scripts and all('"source"' in text for text in scripts)


def test_a_line_number_links_to_its_line_in_the_repository(linked):
    html = (linked / "optimizers/adam.html").read_text("utf-8")
    links = re.findall(r'<a [^>]*class="sn-num"[^>]*>', html)
    assert len(links) > 50
    assert all(re.search(rf'href="{ADDRESS}/blob/main/labml_optim/adam.py#L\d+"', a) for a in links)


def test_without_an_address_there_is_no_link(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        links = re.findall(r'href="[^"]*/blob/main/[^"]*"', text)
        assert 'class="md-source"' not in text and links == [], path
