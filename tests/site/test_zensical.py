"""Zensical, MkDocs' successor, makes the same annotated pages from the same files."""

import importlib.util
import re

import pytest
from building import run

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
    # Zensical reads this mark for its search, as MkDocs does, and then takes it out.
    return re.sub(r"\s+", " ", re.sub(r' data-search-exclude(="")?', "", part))


def test_both_builders_make_the_same_annotated_pages(site, other):
    pages = [
        path.relative_to(site)
        for path in site.rglob("*.html")
        if '<div class="sn-' in path.read_text("utf-8")
    ]
    assert len(pages) > 10
    assert [p.as_posix() for p in pages if annotated(site / p) != annotated(other / p)] == []


def test_what_only_the_tool_reads_is_not_published_either(other):
    told = ("equations.py", "kernels.py", "symbols.yml")
    assert [p for name in told for p in other.rglob(name)] == []
