"""A page shows a figure with its values, and says so where that is not drawn or has changed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from figuring import CAPTION, ONE, drawn, fill, forget, run
from rendering import Project, Tree

from sidenotes.errors import PageError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    project = Project(tmp_path)
    fill(project)
    monkeypatch.chdir(tmp_path)
    yield project
    forget()


def test_a_page_shows_title_drawing_caption_and_values(project):
    assert run() == 0
    tree = Tree(project.render(f"# Page\n\n{CAPTION}"))
    (svg,) = tree.all("svg")
    names = svg[1]["aria-labelledby"].split()
    assert svg[1]["role"] == "img" and names == ["figure-one-title", "figure-one-desc"]
    assert tree.all("title", id=names[0])[0][2] == "Means of vₜ"
    assert "vₜ, one" in tree.all("desc", id=names[1])[0][2]
    assert tree.all("figcaption")[0][2].strip().endswith("and more.")
    assert [text for _, _, text in tree.all("th", scope="col")] == ["t", "vₜ", "one"]
    assert [text for _, _, text in tree.all("th", scope="row")] == ["1", "2", "3", "4"]
    assert [text for _, _, text in tree.all("td")] == ["1", "1", "2", "1", "4", "1", "3", "1"]


def test_a_note_may_hold_a_figure(project):
    assert run() == 0
    source = f'r"""\n# Title\n\nWords.\n\n>>> 1\n1\n\n{CAPTION}\nMore words.\n"""\n'
    html = project.show(source, "pkg/mean.py")
    (caption,) = Tree(html).all("figcaption")
    assert "katex" in html[html.index("<figcaption") : html.index("</figcaption")]
    assert "and more." in caption[2] and len(Tree(html).all("figure")) == 1


def test_a_figure_that_stands_twice_has_its_ids_once(project):
    assert run() == 0
    ids = Tree(project.render(f"# Page\n\n{CAPTION}\n{CAPTION}")).ids()
    assert "figure-one-2-title" in ids and len(ids) == len(set(ids))


def test_a_drawing_has_no_colours_and_no_letters_beside_its_words(project):
    assert run() == 0
    svg = json.loads(drawn(project))["svg"]
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|style=|font-family|url\(", svg)
    assert 'class="sn-l1"' in svg and 'class="sn-l2"' in svg


# ## What stops a build


def refused(project, text=CAPTION):
    with pytest.raises(PageError) as caught:
        project.render(f"# Page\n\n{text}")
    return str(caught.value)


def test_a_figure_that_is_not_drawn_or_has_changed_stops_the_build(project):
    command = "run 'sidenotes figures pkg/figures --output .cache/figures'"
    message = refused(project)
    assert "docs/page.md" in message and "'figure | pkg/figures/one.py'" in message
    assert "it is not drawn yet" in message and command in message
    run()
    project.write("pkg/figures/one.py", ONE.replace("1.0", "2.0"))
    message = refused(project)
    assert "its file has changed since it was drawn" in message and command in message


def test_a_figure_says_so_if_only_code_has_changed_that_it_runs(project):
    run()
    project.write("pkg/numbers.py", "VALUES = [1.0, 2.0, 4.0, 5.0]\n")
    page = project.render(f"# Page\n\n{CAPTION}")
    assert (
        Tree(page).all("p", class_="sn-stale")[0][2] == "Drawn before the last change of the code."
    )
    run()
    assert "sn-stale" not in project.render(f"# Page\n\n{CAPTION}")


def test_a_path_that_is_none_is_named(project):
    run()
    text = CAPTION.replace("one.py", "oen.py")
    assert "no such file: 'pkg/figures/oen.py'; did you mean 'one.py'?" in refused(project, text)
    for path in ("/etc/x.py", "../x.py", "pkg/figures/one.txt"):
        assert "not the path of a Python file" in refused(project, f"/// figure | {path}\n///\n")


def test_a_build_does_without_matplotlib():
    # Nor does it need what the figures run.
    program = (
        "import sys, sidenotes.page.extension, sidenotes.__main__;"
        "print([m for m in ('matplotlib', 'numpy', 'torch', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT,
                          env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"}, check=False)  # fmt: skip
    assert done.stdout.strip() == "[]", done.stderr
