"""MkDocs and its plugins say which page a block is on, whatever they have made of the pages."""

import logging
import os
from pathlib import Path

import pytest
import reading
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

CONFIG = """
site_name: Demo
strict: true
docs_dir: {docs}
plugins: []
theme: {{ name: null, custom_dir: theme }}
validation: {{ unrecognized_links: warn, anchors: warn }}
hooks: [hooks.py]
markdown_extensions:
  - toc
  - sidenotes: {{ styles: false, symbols: symbols.yml }}
"""
BLOCK = "/// sidenotes | pkg/{}.py\n///\n"
FILES = {
    "theme/main.html": "<html><body>{{ page.content }}</body></html>",
    "hooks.py": "",
    "symbols.yml": "- {symbol: x, meaning: a number, names: [x]}\n",
    "pkg/__init__.py": "",
    "pkg/a.py": '"""The module A."""\n\n\ndef f():\n    """Does it."""\n',
    "pkg/b.py": '"""See [a](a.py#a.f)."""\n\nfrom pkg.a import f\n\nf()\n',
    "pages/index.md": "# Home\n",
}


class Project:
    """A project of which the site is built, by MkDocs in this process."""

    def __init__(self, root: Path):
        self.root = root
        for path, text in {**FILES, "mkdocs.yml": CONFIG.format(docs="pages")}.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def build(self, **options):
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.root / "site"))
        build(config, **options)
        return config

    def links(self, page: str) -> list[str]:
        targets = reading.Page((self.root / "site" / page).read_text("utf-8")).targets
        return [target for target in targets if not target.startswith("#")]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def failed(project, caplog) -> str:
    with caplog.at_level(logging.WARNING, "mkdocs"), pytest.raises(Abort):
        project.build()
    return caplog.text


TO_A = ["../a/#a.f"]


def test_the_folder_of_pages_and_the_place_of_the_configuration_are_as_they_are(project):
    project.write("pages/a.markdown", BLOCK.format("a"))
    project.write("pages/b.md", BLOCK.format("b"))
    project.build()
    assert project.links("b/index.html") == [*TO_A, *TO_A]
    assert list(reading.broken(project.root / "site", reading.read(project.root / "site"))) == []


def test_two_pages_may_have_one_body(project):
    for page in ("one", "deep/two"):
        project.write(f"pages/{page}.md", f"---\ntitle: {page}\n---\n{BLOCK.format('b')}")
    project.write("pages/a.md", BLOCK.format("a"))
    project.build()
    assert set(project.links("one/index.html")) == {"../a/#a.f"}
    assert set(project.links("deep/two/index.html")) == {"../../a/#a.f"}


GENERATES = """
from mkdocs.structure.files import File

def on_files(files, config):
    for name in "ab":
        text = f"# Page {name}\\n\\n/// sidenotes | pkg/{name}.py\\n///\\n"
        files.append(File.generated(config, f"api/{name}.md", content=text))
"""


def test_generated_pages_are_pages(project):
    project.write("hooks.py", GENERATES)
    project.build()
    assert set(project.links("api/b/index.html")) == {"../a/#a.f"}


def test_an_error_on_a_generated_page_names_it_and_its_line(project, caplog):
    project.write("hooks.py", GENERATES)
    project.write("pkg/b.py", "x = (\n")
    said = failed(project, caplog)
    assert "pages/api/b.md (generated), line 3: pkg/b.py, line 1:" in said


CHANGES = """
def on_page_markdown(markdown, page, config, files):
    if page.file.src_uri == "z.md":
        return f"{markdown}\\n\\n/// sidenotes | pkg/a.py\\n///\\n"
    return markdown.replace("BLOCK", "/// sidenotes | pkg/b.py\\n///")
"""


def test_a_page_that_a_hook_changes_has_its_block_and_can_be_linked_to(project):
    project.write("hooks.py", CHANGES)
    project.write("pages/b.md", "# B\n\nBLOCK\n")
    # It is built after the page that links to it.
    project.write("pages/z.md", "# Z\n")
    project.build()
    assert project.links("b/index.html") == ["../z/#a.f"]
    assert "Does it." in (project.root / "site/z/index.html").read_text()


def test_a_link_to_a_file_that_no_page_shows_in_the_end_is_an_error(project, caplog):
    project.write("pages/b.md", BLOCK.format("b"))
    said = failed(project, caplog)
    assert "pages/b.md: pkg/b.py, line 1: link to 'a.py', but no page shows 'pkg/a.py'" in said


def test_a_hook_that_takes_a_block_away_breaks_no_link_in_silence(project, caplog):
    project.write("pages/b.md", BLOCK.format("b"))
    project.write("pages/z.md", BLOCK.format("a"))
    taken = 'return "" if page.file.src_uri == "z.md" else markdown'
    project.write("hooks.py", f"def on_page_markdown(markdown, page, **kwargs):\n    {taken}\n")
    assert "it links to 'pkg/a.py' on the page 'z.md', but a plugin" in failed(project, caplog)


def test_an_error_on_a_changed_page_names_the_line_of_its_file(project, caplog):
    adds = 'return "One.\\n\\nTwo.\\n\\n" + markdown'
    project.write("hooks.py", f"def on_page_markdown(markdown, **kwargs):\n    {adds}\n")
    project.write("pages/c.md", "---\ntitle: C\n---\n\nText.\n\nSo $\\foo$.\n")
    assert "pages/c.md, line 7: \\foo" in failed(project, caplog)


# As a plugin for languages does: each language is a build of its own, of its own files.
LANGUAGES = """
import os
from mkdocs.structure.files import Files

def on_files(files, config):
    language = os.environ["DEMO_LANGUAGE"]
    kept = [f for f in files if f.src_uri.endswith(".fr.md") == (language == "fr")]
    for file in kept:
        if language == "fr":
            name = file.src_uri.removesuffix(".fr.md")
            file.dest_uri = f"fr/{name}/index.html"
            file.url = f"fr/{name}/"
    return Files(kept)
"""


@pytest.mark.parametrize("language, page", [("en", "b/index.html"), ("fr", "fr/b/index.html")])
def test_links_lead_to_the_page_of_the_same_language(project, monkeypatch, language, page):
    project.write("hooks.py", LANGUAGES)
    for suffix, title in (("", "in English"), (".fr", "en francais")):
        project.write(f"pages/a{suffix}.md", f"# A, {title}\n\n{BLOCK.format('a')}")
        project.write(f"pages/b{suffix}.md", f"# B, {title}\n\n{BLOCK.format('b')}")
    monkeypatch.setenv("DEMO_LANGUAGE", language)
    project.build()
    assert project.links(page) == [*TO_A, *TO_A]


def test_a_server_watches_the_files_that_pages_show(project):
    project.write("pages/a.md", BLOCK.format("a"))
    config = project.build()
    watched = []
    server = type("Server", (), {"watch": lambda self, path: watched.append(path)})()
    config.plugins.on_serve(server, config=config, builder=None)
    assert watched == [str(project.root / "pkg/a.py"), str(project.root / "symbols.yml")]


def test_a_server_shows_drafts(project):
    project.write("mkdocs.yml", CONFIG.format(docs="pages") + "draft_docs: drafts/\n")
    project.write("pages/drafts/a.md", BLOCK.format("a"))
    project.write("pages/drafts/b.md", BLOCK.format("b"))
    project.build(serve_url="http://localhost/")
    assert project.links("drafts/b/index.html") == TO_A * 2


def test_a_page_that_is_left_as_it_was_keeps_its_blocks(project):
    project.write("mkdocs.yml", CONFIG.format(docs="pages").replace("strict: true", ""))
    project.write("pages/a.md", BLOCK.format("a"))
    project.write("pages/b.md", BLOCK.format("b"))
    project.build()
    project.write("pages/b.md", "Changed.\n\n" + BLOCK.format("b"))
    os.utime(project.root / "pages/b.md", (4e9, 4e9))
    project.build(dirty=True)
    assert project.links("b/index.html") == TO_A * 2


def test_each_page_is_read_once_for_all_and_not_at_all_without_blocks(project, monkeypatch):
    from sidenotes.page.site import mkdocs

    scanned = []
    scan = mkdocs.scan
    monkeypatch.setattr(mkdocs, "scan", lambda *page: scanned.append(page[0]) or scan(*page))
    for number in range(20):
        project.write(f"pages/plain{number}.md", f"Page {number}.\n")
    project.build()
    assert scanned == []
    for number in range(20):
        project.write(f"pages/p{number}.md", f"# {number}\n\n{BLOCK.format('a')}")
    project.build()
    assert len(scanned) == len(set(scanned)) == 41


# ## The style sheets


def with_styles(project, *names):
    text = (project.root / "mkdocs.yml").read_text("utf-8").replace("styles: false, ", "")
    entries = "".join(f"  - {name}\n" for name in names)
    project.write("mkdocs.yml", text + (f"extra_css:\n{entries}" if names else ""))
    project.write("pages/a.md", BLOCK.format("a") + "\nAnd $x$.\n")


def test_a_site_without_the_style_sheet_is_told_and_a_strict_build_fails(project, caplog):
    with_styles(project)
    said = failed(project, caplog)
    assert said.count("no style sheet of the site is sidenotes.css") == 1
    assert "sidenotes assets docs/assets/sidenotes" in said and "extra_css" in said
    assert said.count("katex.min.css") > 0


def test_a_site_with_the_style_sheets_under_any_name_is_not_told(project):
    with_styles(project, "style/all.css", "https://example.org/other.css")
    project.write("pages/style/all.css", ".sn-row {} .katex {}")
    project.build()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\ndef f(:\n", "bad.py, line 2: cannot be read"),
        (b"x = 1\0\n", "bad.py: cannot be read"),
        (b'"""\xe9"""\n', "bad.py: cannot be read"),
    ],
)
def test_a_source_that_cannot_be_read_is_named_and_nothing_is_written(tmp_path, data, words):
    from sidenotes.errors import PageError
    from sidenotes.page.generate import write

    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/bad.py").write_bytes(data)
    (tmp_path / "pkg/a.py").write_text("x = 1\n")
    with pytest.raises(PageError, match=words):
        write(tmp_path / "pkg", tmp_path / "docs")
    assert not (tmp_path / "docs").exists()
