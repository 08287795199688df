"""`make serve` renders what has changed: the pages that show a changed source, and no others."""

import os
import re

import pytest
from building import ROOT
from mkdocs.commands.build import build
from mkdocs.config import load_config
from test_generators import BLOCK, Project

NAV = "{% for item in nav %}<a>{{ item.title }}</a>{% endfor %}"


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    made.write("hooks.py", (ROOT / "tools/changed.py").read_text("utf-8"))
    made.write("theme/main.html", f"<html><body>{NAV}{{{{ page.content }}}}</body></html>")
    for name in "ab":
        made.write(f"pages/{name}.md", f"# Page {name}\n\n{BLOCK.format(name)}")
    render(made, dirty=False)
    for file in (tmp_path / "site").rglob("*.html"):
        os.utime(file, (1, 1))
    for file in [*tmp_path.rglob("*.md"), *tmp_path.rglob("*.py"), *tmp_path.glob("*.yml")]:
        os.utime(file, (0, 0))
    return made


def render(project, dirty):
    config = load_config(
        str(project.root / "mkdocs.yml"), site_dir=str(project.root / "site"), strict=False
    )
    build(config, dirty=dirty)


def rendered(project):
    """The pages that were written since the first build."""
    pages = (project.root / "site").rglob("index.html")
    return {page.parent.name for page in pages if page.stat().st_mtime > 1}


def test_nothing_is_rendered_where_nothing_has_changed(project):
    render(project, dirty=True)
    assert rendered(project) == set()


@pytest.mark.parametrize(
    ("path", "pages"),
    [("pages/a.md", {"a"}), ("pkg/b.py", {"b"}), ("symbols.yml", {"a", "b", "site"})],
)
def test_a_change_renders_the_pages_that_it_concerns(project, path, pages):
    file = project.root / path
    file.write_text(file.read_text("utf-8"), "utf-8")
    render(project, dirty=True)
    assert rendered(project) == pages


def test_what_is_rendered_alone_is_what_a_whole_build_makes(project):
    file = project.root / "pkg/b.py"
    file.write_text(file.read_text("utf-8").replace("See", "Look at"), "utf-8")
    render(project, dirty=True)
    page = project.root / "site/b/index.html"
    alone = page.read_text("utf-8")
    assert re.findall("<a>(.*?)</a>", alone) == ["Home", "Page a", "Page b"] and "Look at" in alone
    render(project, dirty=False)
    assert page.read_text("utf-8") == alone
