"""The tool's README is a project: its files are written, and its commands run, in their order."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import reading
from building import ROOT, run

README = (ROOT / "tools/README.md").read_text("utf-8")
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The project of the README; the folder has nothing else in it."""
    folder = tmp_path_factory.mktemp("stranger")
    fences = FENCE.findall(README)
    for _, path, text in fences:
        if path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    for kind, _, text in fences:
        for command in text.splitlines() if kind == "sh" else ():
            program, *words = command.split()
            if program == "python":
                subprocess.run([sys.executable, *words], cwd=folder, check=True)
            else:
                run(program, *words, cwd=folder)
    return folder


def test_all_code_of_the_readme_is_a_file_or_a_command():
    others = {(kind, path) for kind, path, _ in FENCE.findall(README) if not path}
    # How it is installed depends on where it is.
    assert others == {("sh", ""), ("text", "")}
    assert README.count("```") == 2 * len(FENCE.findall(README))


def test_the_site_of_the_readme_has_its_pages_and_no_broken_link(folder):
    pages = reading.read(folder / "site")
    assert {"index.html", "corrected/index.html", "source/running/index.html"} <= set(pages)
    assert list(reading.broken(folder / "site", pages)) == []
    html = (folder / "site/index.html").read_text("utf-8")
    assert "A running mean" in html and 'data-symbol="m_t"' in html and "sn-legend" in html
    excerpt = (folder / "site/corrected/index.html").read_text("utf-8")
    assert 'id="corrected.corrected"' in excerpt and 'id="corrected"' not in excerpt


def test_the_page_without_a_site_generator_is_there(folder):
    html = (folder / "page.html").read_text("utf-8")
    assert "sn-row" in html and "katex" in html
    for sheet in re.findall(r'href="([^"]+\.css)"', html):
        assert (folder / sheet).is_file()


def test_a_wrong_formula_of_the_readme_is_found(folder):
    source = folder / "means/running.py"
    text = source.read_text("utf-8")
    try:
        source.write_text(text.replace(r"(1 - \beta)\,x_t", r"(2 - \beta)\,x_t"), "utf-8")
        command = ["check", "means", "--runs", "runs.py", "--symbols", "symbols.yml"]
        done = subprocess.run(
            [sys.executable, "-m", "sidenotes", *command],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    finally:
        source.write_text(text, "utf-8")
    assert done.returncode == 1 and "running.py" in done.stdout


def test_the_readme_names_every_option():
    from sidenotes.page.blocks import SidenotesBlock
    from sidenotes.page.extension import OPTIONS

    options = {name for name in OPTIONS if f"\n| `{name}` | " in README}
    assert options == set(OPTIONS)
    assert [name for name in SidenotesBlock.OPTIONS if f"| `{name}: " not in README] == []


def test_the_guide_is_the_readme():
    assert '--8<-- "tools/README.md"' in Path(ROOT / "docs/tool/guide.md").read_text("utf-8")
