"""Each page of the navigation has a picture, small and the same in each run, with its formula."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from sidenotes.__main__ import main
from sidenotes.previews.pages import Words, formula, words
from sidenotes.previews.picture import escaped, mathtext, png, title

ROOT = Path(__file__).parents[2]
MODULE = r'''r"""
# A running mean

$$
\begin{align*}
& \text{for each value:} \\
& \quad m_t \leftarrow \textcolor{new}{\beta m_{t-1} + (1 - \beta)\,x_t} \\
& \quad y_t \leftarrow m_t
\end{align*}
$$
"""
'''
CONFIG = """
site_name: Means
repo_url: !ENV [REPO_URL, ""]
nav:
  - index.md
  - Means: [guides/mean.md, https://example.org/x.md]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    files = {
        "mkdocs.yml": CONFIG,
        "pkg/mean.py": MODULE,
        "docs/index.md": "---\ntitle: Home\ndescription: All about means.\n---\n# Means\n",
        "docs/guides/mean.md": "/// sidenotes | pkg/mean.py\n///\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run():
    return main(["previews", "mkdocs.yml", "docs/assets/previews"])


def test_words_come_from_the_page_and_from_the_file_that_it_shows(project):
    assert words(Path("mkdocs.yml")) == {
        "index.md": Words("Means", "Means", "All about means.", ""),
        "guides/mean.md": Words("Means", "A running mean", "", r"y_t \leftarrow m_t"),
    }


def test_what_has_not_changed_is_not_drawn_again_and_what_is_gone_is_removed(project, capsys):
    folder = project / "docs/assets/previews"
    assert run() == 0 and "2 pictures, 2 drawn, 0 removed" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == ["guides-mean.png", "index.png"]
    assert run() == 0 and "2 pictures, 0 drawn, 0 removed" in capsys.readouterr().out
    (project / "mkdocs.yml").write_text("nav: [guides/mean.md]\n", "utf-8")
    assert run() == 0 and "1 pictures, 1 drawn, 1 removed" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["guides-mean.png"]


def test_a_page_that_is_not_there_is_named(project, capsys):
    (project / "mkdocs.yml").write_text("nav: [no.md]\n", "utf-8")
    assert run() == 2
    assert "docs/no.md: the navigation names it" in capsys.readouterr().err


def test_the_new_row_is_taken_and_of_those_the_longest():
    rows = (
        r"a \leftarrow 1 \\ \textcolor{new}{b \leftarrow a} \\ \textcolor{new}{c \leftarrow a + b}"
    )
    assert formula(f"$${rows}$$") == r"\textcolor{new}{c \leftarrow a + b}"


def test_what_cannot_be_set_is_left_out_of_a_title():
    assert title(r"Is $\hat m_t$ `right`?") == r"Is $\hat m_t$ right?"
    assert title(r"A $\begin{cases} a \end{cases}$") == r"A \begin{cases} a \end{cases}"
    assert escaped("5 $ and *more*") == r"5 \$ and more"


def test_each_page_of_this_site_has_a_small_picture_that_is_the_same_twice():
    # Those of generated pages have no source in a fresh clone.
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = [
        page for page in re.findall(r"[\w/.]+\.md\b", config) if (ROOT / "docs" / page).is_file()
    ]
    found = {page: each for page, each in all_words().items() if page in pages}
    assert len(found) > 30
    for each in list(found.values())[::8]:
        data = png(each)
        assert len(data) < 60_000 and png(each) == data
        assert Image.open(io.BytesIO(data)).size == (1200, 630)


def all_words():
    return words(ROOT / "mkdocs.yml")


@pytest.mark.parametrize("name", ["adam", "amsgrad", "radam", "nadam", "adabelief", "weight_decay"])
def test_each_optimizer_shows_a_formula(name):
    each = all_words()[f"optimizers/{name}.md"]
    assert mathtext(each.formula)


def test_the_formula_is_on_the_picture():
    assert png(Words("Site", "Title", "", r"m_t")) != png(Words("Site", "Title", "", ""))
