"""Zensical, MkDocs' successor, makes the same annotated pages from the same files."""

import importlib.util
import json
import re
from html import unescape

import pytest
from building import run, served

pytestmark = pytest.mark.skipif(
    not importlib.util.find_spec("zensical"), reason="Zensical is not installed"
)


@pytest.fixture(scope="module")
def other(project, site, tmp_path_factory):
    """The folder with the site that Zensical builds, beside MkDocs' own."""
    config = (project / "mkdocs.yml").read_text("utf-8")
    (project / "zensical.yml").write_text(config + "site_dir: zensical\n", "utf-8")
    run("zensical", "build", "--strict", "-f", "zensical.yml", cwd=project)
    return project / "zensical"


def annotated(path):
    """The annotated part of a page, without what the two themes add to it."""
    html = path.read_text("utf-8")
    part = html[html.index('<div class="sn-') : html.index("</article>")]
    # Zensical shows the words that a page has for the search alone; the style sheet hides them.
    part = part.partition('<nav class="md-tags"')[0].rstrip()
    # Zensical reads this mark for its search, as MkDocs does, and then takes it out.
    return re.sub(r"\s+", " ", re.sub(r' data-search-exclude(="")?', "", part)).rstrip()


def test_both_builders_make_the_same_annotated_pages(site, other):
    pages = [
        path.relative_to(site)
        for path in site.rglob("*.html")
        if '<div class="sn-' in path.read_text("utf-8")
    ]
    assert len(pages) > 10
    assert [p.as_posix() for p in pages if annotated(site / p) != annotated(other / p)] == []


def test_what_only_the_tool_reads_is_not_published_either(other):
    told = ("optimizers.py", "kernels.py", "catalog.py", "symbols.yml")
    assert [p for name in told for p in other.rglob(name)] == []


# ## What Zensical keeps

STALE = """
site_name: Stale
extra_css: [s.css]
markdown_extensions: [sidenotes]
"""


@pytest.mark.parametrize("watch", ["", "watch: [pkg]\n"], ids=["not watched", "watched"])
def test_a_build_shows_the_module_as_it_is_now(tmp_path, watch):
    files = {
        "zensical.yml": STALE + watch,
        "docs/s.css": ".sn-row {}",
        "docs/index.md": "# A\n\n/// sidenotes | pkg/a.py\n///\n",
        "docs/more.md": "# More\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "pkg").mkdir()
    for word in ("First", "Second", "Third"):
        (tmp_path / "pkg/a.py").write_text(f'"""{word}."""\n', "utf-8")
        run("zensical", "build", "-f", "zensical.yml", cwd=tmp_path)
        assert word in (tmp_path / "site/index.html").read_text("utf-8")


def test_links_lead_to_pages_with_either_kind_of_address(tmp_path):
    pages = {"index.md": "# Home\n"}
    for name, folder in (("a", ""), ("b", "deep/")):
        pages[f"{folder}{name}.md"] = f"# {name}\n\n/// sidenotes | pkg/{name}.py\n///\n"
    sources = {
        "__init__.py": "",
        "a.py": '"""The module A."""\n\n\ndef f():\n    """Does it."""\n',
        "b.py": '"""See [a](a.py#a.f)."""\n\nfrom pkg.a import f\n\nf()\n',
    }
    for kind, files in (("docs", pages), ("pkg", sources)):
        for path, text in files.items():
            (tmp_path / kind / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / kind / path).write_text(text, "utf-8")
    (tmp_path / "docs/s.css").write_text(".sn-row {}")
    for directories in (True, False):
        config = STALE + f"use_directory_urls: {str(directories).lower()}\n"
        (tmp_path / "zensical.yml").write_text(config, "utf-8")
        run("zensical", "build", "--clean", "--strict", "-f", "zensical.yml", cwd=tmp_path)
        page = "deep/b/index.html" if directories else "deep/b.html"
        html = (tmp_path / "site" / page).read_text("utf-8")
        address = "../../a/#a.f" if directories else "../a.html#a.f"
        assert html.count(f'href="{address}"') == 2


# ## The frame


def test_the_frame_is_the_same_under_zensical(site, other):
    wanted = r'<title>.*?</title>|<meta property="og:[^>]*>|<script defer src="[^"]*search.js">'
    for page in ("index.html", "optimizers/adam.html", "use/torch.html"):
        found = [
            re.findall(wanted, unescape((folder / page).read_text("utf-8")).replace('"./', '"'))
            for folder in (site, other)
        ]
        assert found[0] == found[1] and len(found[0]) >= 6
    lost = (other / "404.html").read_text("utf-8")
    assert re.search('<li><a href="[^"]*optimizers/adabelief.html">AdaBelief</a>', lost)


def test_its_search_knows_the_names_in_the_code(other):
    entries = json.loads((other / "search.json").read_text("utf-8"))["items"]
    found = {e["location"] for e in entries if "exp_avg_var" in e["text"]}
    assert "optimizers/adabelief.html#adabelief.AdaBelief.get_mv" in found


def test_its_index_is_fetched_when_the_search_is_opened(browser, other):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    with served(other) as address:
        page.goto(address + "index.html")
        page.wait_for_function("window.component$")
        page.wait_for_timeout(200)
        assert [url for url in requests if url.endswith("search.json")] == []
        with page.expect_response("**/search.json"):
            page.locator(".md-search").first.click()
        page.close()
