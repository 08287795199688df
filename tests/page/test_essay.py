"""What comes first on a page, what is folded, and what stands beside the prose."""

import re

import pytest
from rendering import Project, Tree
from test_layout import SOURCE

from sidenotes.errors import PageError


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


FIRST = "/// sidenotes | pkg/adam.py\n    first: adam.Adam.step\n    fold: adam.Adam.step\n///\n"


def test_rows_that_come_first_stand_above_the_essay_without_anchors(project):
    project.write("pkg/adam.py", SOURCE)
    html = project.render(FIRST)
    tree = Tree(html)
    assert html.index("sn-head") < html.index("<sn-first") < html.index("sn-essay")
    assert len(tree.ids()) == len(set(tree.ids()))
    shown = [text for _, a, text in tree.all("span", class_="sn-line") if "id" not in a]
    # Without the indentation that they have in common, and each with its number.
    assert [text.lstrip("0123456789") for text in shown] == [
        "def step(self, m):\n",
        "    m = math.sqrt(m)\n",
        "    return m\n",
    ]
    # The formula of a line stands at both, the words in their place alone.
    assert html.count("Update</h") == 1 and html.count("<p>Reason first.") == 1
    assert html.count("sn-display") == 3


def test_of_a_folded_definition_the_first_line_is_seen(project):
    source = (
        "class A:\n    def __init__(self, x):\n        super().__init__()\n        self.x = x\n"
    )
    project.write("pkg/a.py", source + "\n    y = 1\n")
    html = project.render("/// sidenotes | pkg/a.py\n    fold: a.A.__init__\n///\n")
    (folded,) = re.findall(r'<details class="sn-folded">(.*?)</details>', html, re.S)
    summary, _, rest = folded.partition("</summary>")
    assert 'data-more="2 more lines"' in summary and 'id="L2"' not in folded
    assert 'id="L3"' in rest and 'id="L4"' in rest and 'id="L6"' not in folded
    lines = {a["id"]: text for _, a, text in Tree(html).all("span", class_="sn-line")}
    assert lines["L4"] == "4        self.x = x\n"


@pytest.mark.parametrize("option", ["first", "fold"])
def test_a_name_that_is_not_there_is_an_error_with_the_nearest(project, option):
    project.write("pkg/adam.py", SOURCE)
    with pytest.raises(PageError, match=rf"{option}: nothing is named 'adam.Adam.stop'.*step"):
        project.render(f"/// sidenotes | pkg/adam.py\n    {option}: adam.Adam.stop\n///\n")


def test_several_names_make_one_excerpt(project):
    source = "\n\n".join(f'def {name}():\n    """A note."""\n' for name in "fgh")
    html = project.show(source, "pkg/a.py", only="a.f  a.h")
    lines = [a["id"] for _, a, _ in Tree(html).all("span", class_="sn-line")]
    assert lines == ["L1", "L9"]
    with pytest.raises(PageError, match="nothing is named 'a.k'"):
        project.show(source, "pkg/a.py", only="a.f a.k")


ESSAY = r'''r"""
# Title

The idea, in one sentence.

Prose before.

>>> 1 + 1
2

More prose.

| a | b |
|---|---|
| 1 | 2 |

## A heading

$$
\begin{align*}
a &= b \\
c &= d \\
e &= f \\
g &= h \\
i &= j
\end{align*}
$$

$$k = l$$
"""
'''


def test_an_essay_is_laid_out_in_rows_with_what_it_speaks_of_at_the_right(project):
    html = project.show(ESSAY, "pkg/essay.py")
    (idea,) = re.findall(r'<p class="sn-idea">(.*?)</p>', html)
    assert idea == "The idea, in one sentence."
    pairs = html.split('<div class="sn-pair">')[1:]
    sides = [pair.split('<div class="sn-beside">') for pair in pairs]
    assert ["Prose before." in sides[0][0], "&gt;&gt;&gt;" in sides[0][1]] == [True, True]
    assert ["More prose." in sides[1][0], "<table>" in sides[1][1]] == [True, True]
    assert ["A heading" in sides[2][0], "mtable" in sides[2][1]] == [True, True]
    # A display of one row is a part of the prose.
    assert len(sides) == 4 and len(sides[3]) == 1 and "katex" in sides[3][0]


def test_a_class_shows_folded_displays_below_its_first_line_and_examples_beside_their_words(
    project,
):
    rows = " \\\\\n    ".join(f"a_{i} &= b" for i in range(20))
    source = (
        'class A:\n    r"""\n    ## A\n\n    Arguments.\n\n    This leads to it:\n\n'
        "    >>> 1\n    1\n\n    All the rows:\n\n    $$\n"
        f"    \\begin{{align*}}\n    {rows}\n    \\end{{align*}}\n    $$\n"
        '    """\n\n    x = 1\n'
    )
    html = project.show(source, "pkg/a.py")
    begins, goes_on = html.split('<div class="sn-row sn-goes-on">')
    assert "Arguments." in begins and "This leads to it:" not in begins
    assert "<summary>All the rows</summary>" in begins and "mtable" in begins
    assert "This leads to it:" in goes_on and "&gt;&gt;&gt;" in goes_on


def test_an_excerpt_may_have_the_formulas_of_its_notes_alone(project):
    project.write("pkg/adam.py", SOURCE)
    html = project.render(
        "/// sidenotes | pkg/adam.py\n    only: adam.Adam.step.m\n    words: false\n///\n"
    )
    assert "Reason first." not in html.partition("data-file")[0] and "sn-display" in html
