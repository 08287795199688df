"""What is wrong on a page stops the build, and names page, line and thing."""

import pytest
from rendering import Project
from sidenotes.errors import PageError

SOURCE = '''"""
# Title
"""


class Adam:
    """Note."""

    def step(self):
        """Step."""
'''


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("pkg/adam.py", SOURCE)
    return project


BLOCK = "/// sidenotes | pkg/adam.py\n///\n"
OPTION = "/// sidenotes | pkg/adam.py\n    {}\n///\n"

WRONG = {
    "unknown block": (
        "Text.\n\n/// sidenote | pkg/adam.py\n///\n",
        ["page.md, line 3:", "unknown block 'sidenote'", "'sidenotes'"],
    ),
    "unknown option": (
        OPTION.format("onyl: adam.Adam"),
        ["page.md, line 1:", "no option 'onyl'", "'only'"],
    ),
    "option of a wrong kind": (
        OPTION.format("only: [1, 2]"),
        ["page.md, line 1:", "'sidenotes'"],
    ),
    "no argument": ("/// sidenotes\n///\n", ["page.md, line 1:", "'sidenotes'"]),
    "missing file": (
        "One.\n\n/// sidenotes | pkg/adm.py\n///\n",
        ["page.md, line 3:", "'pkg/adm.py'", "'adam.py'"],
    ),
    "file outside": (
        "/// sidenotes | ../secret.py\n///\n",
        ["page.md, line 1:", "'../secret.py' is outside the project"],
    ),
    "nothing of that name": (
        OPTION.format("only: adam.Adam.stop"),
        ["page.md, line 1:", "pkg/adam.py", "'adam.Adam.stop'", "'adam.Adam.step'"],
    ),
    "text inside the block": (
        "/// sidenotes | pkg/adam.py\n\nText.\n///\n",
        ["page.md, line 1:", "nothing may stand inside"],
    ),
    "block that is never closed": (
        "/// sidenotes | pkg/adam.py\n\nThe rest of the page.\n",
        ["page.md, line 1:", "closing '///' missing"],
    ),
    "stray end": ("Text.\n\n///\n", ["page.md, line 3:", "'///'"]),
    "bad formula on a page": (
        "---\ntitle: T\n---\nText.\n\nAnd $\\foo$.\n",
        ["page.md, line 6:", r"\foo"],
    ),
    "unknown colour": ("$\\textcolor{nwe}{x}$\n", ["page.md, line 1:", "nwe"]),
}


@pytest.mark.parametrize("text, expected", WRONG.values(), ids=WRONG)
def test_a_wrong_page_stops_the_build(project, text, expected):
    with pytest.raises(PageError) as caught:
        project.render(text, colours=["new"])
    for part in expected:
        assert part in str(caught.value)


SOURCES = {
    "syntax error": ('"""Note."""\n\nx = (\n', ["page.md, line 1:", "pkg/bad.py, line 3:"]),
    "bad formula": (
        '"""\nNote.\n\nBad $\\foo$.\n"""\n',
        ["page.md, line 1:", "pkg/bad.py, line 4:", r"\foo"],
    ),
    "bad formula in a comment": (
        '"""Note."""\n\nx = 1\n# One.\n# $\\frac{1$\ny = 2\n',
        ["pkg/bad.py, line 5:", r"\frac{1"],
    ),
    "unknown block in a note": (
        '"""\nNote.\n\n/// nota\n///\n"""\n',
        ["pkg/bad.py, line 4:", "'nota'"],
    ),
    "link to a file that no page shows": (
        '"""\nSee [that](other.py).\n"""\n',
        ["page.md", "pkg/bad.py", "'other.py'", "no page shows"],
    ),
    "not UTF-8 as it claims": ("# coding: utf-99\n", ["page.md, line 1:", "pkg/bad.py", "utf-99"]),
}


@pytest.mark.parametrize("source, expected", SOURCES.values(), ids=SOURCES)
def test_a_wrong_source_stops_the_build(project, source, expected):
    with pytest.raises(PageError) as caught:
        project.show(source, "pkg/bad.py")
    for part in expected:
        assert part in str(caught.value)


def test_a_symlink_does_not_lead_out_of_the_project(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "secret.py").write_text("password = 1\n")
    project = Project(tmp_path / "project")
    (project.root / "link.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(PageError, match="outside the project"):
        project.render("/// sidenotes | link.py\n///\n")


def test_a_missing_table_of_symbols_stops_the_build(project):
    with pytest.raises(PageError, match=r"none\.yml: no such file"):
        project.render("Text.\n", symbols="none.yml")


def test_an_example_in_a_fence_is_left_alone(project):
    html = project.render("```\n/// sidenote | x\n///\n```\n\nAnd `/// x` in a line.\n")
    assert "/// sidenote | x" in html


def test_other_blocks_of_the_site_still_work(project):
    project.write("docs/page.md", text := "/// note | Title\nText.\n///\n")
    md = project.markdown()
    md.registerExtensions(["pymdownx.blocks.admonition"], {})
    assert '<p class="admonition-title">Title</p>' in md.convert(text)


def test_the_second_page_does_not_see_the_first(project):
    md = project.markdown()
    first = md.convert(BLOCK)
    md.reset()
    assert md.convert(BLOCK) == first
