"""MkDocs and Zensical make the same page of a C file, and its links lead somewhere in both."""

import importlib.util

import pytest
import reading
from building import ROOT, run
from test_zensical import annotated

CONFIG = """
site_name: Demo
use_directory_urls: false
theme: { name: material, font: false }
plugins: [search]
markdown_extensions:
  - toc: { permalink: true, toc_depth: 3 }
  - pymdownx.highlight
  - pymdownx.superfences
  - sidenotes: { symbols: symbols.yml, styles: false }
"""
PAGES = {
    "index.md": "# Home\n\n/// sidenotes | mean.c\n    only: mean.c.mean_update.m\n///\n",
    "python.md": "---\ntitle: Python\n---\n\n/// sidenotes | mean.py\n///\n",
    "deep/c.md": "---\ntitle: C\n---\n\n/// sidenotes | mean.c\n///\n",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c")
    for page, text in PAGES.items():
        path = folder / "docs" / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name in ("mean.c", "mean.py"):
        (folder / name).write_bytes((ROOT / "tools/examples" / name).read_bytes())
    (folder / "symbols.yml").write_text("- { symbol: m_i, meaning: a mean, names: [m] }\n")
    (folder / "mkdocs.yml").write_text(CONFIG, "utf-8")
    run("mkdocs", "build", "--strict", cwd=folder)
    return folder


def test_the_page_of_a_c_file_has_its_notes_its_lines_and_links_that_arrive(demo):
    pages = reading.read(demo / "site")
    assert {"mean.c", "mean.c.mean_update", "L22", "L29"} <= set(pages["deep/c.html"].ids)
    assert "../python.html" in pages["deep/c.html"].targets
    assert list(reading.broken(demo / "site", pages)) == []


@pytest.mark.skipif(not importlib.util.find_spec("zensical"), reason="Zensical is not installed")
def test_both_builders_make_the_same_page_of_a_c_file(demo):
    (demo / "zensical.yml").write_text(CONFIG + "site_dir: zensical\n", "utf-8")
    run("zensical", "build", "--strict", "-f", "zensical.yml", cwd=demo)
    for page in ("deep/c.html", "index.html"):
        assert annotated(demo / "site" / page) == annotated(demo / "zensical" / page)
        assert 'data-symbol="m_i"' in annotated(demo / "site" / page)
