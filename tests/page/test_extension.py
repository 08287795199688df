"""What is wrong on a page stops the build, and names page, line and thing."""

import pytest
from rendering import Project, Tree

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
    project.write("other/adam.py", SOURCE)
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
    "absolute path": (
        "/// sidenotes | /pkg/adam.py\n///\n",
        ["page.md, line 1:", "'/pkg/adam.py' does not begin at the project's folder"],
    ),
    "two slashes": (
        "One.\n\n// sidenotes | pkg/adam.py\n//\n",
        ["page.md, line 3:", "'// sidenotes | pkg/adam.py' does not begin a block", "'///'"],
    ),
    "colons": (
        "::: sidenotes | pkg/adam.py\n:::\n",
        ["page.md, line 1:", "'::: sidenotes | pkg/adam.py' does not begin a block"],
    ),
    "two files of one stem": (
        BLOCK + "\n/// sidenotes | other/adam.py\n///\n",
        ["page.md, line 4:", "'other/adam.py'", "'pkg/adam.py'", "same anchors"],
    ),
    "block in raw HTML": (
        "Text.\n\n<div>\n/// sidenotes | pkg/adam.py\n///\n</div>\n",
        ["page.md, line 4:", "not taken for one"],
    ),
    "anchor twice": (
        BLOCK + "\n## Mine {#adam.Adam}\n",
        ["page.md", "'adam.Adam'", "twice"],
    ),
    "anchor of a line": (BLOCK + "\n## Mine {#L6}\n", ["page.md", "'L6'", "twice"]),
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
    "block in a note": (
        '"""\nNote.\n\n/// sidenotes | pkg/adam.py\n///\n"""\n',
        ["page.md, line 1:", "pkg/bad.py, line 4:", "a note cannot hold a 'sidenotes' block"],
    ),
    "link to a file that no page shows": (
        'x = "other.py"\n"""\nSee.\n"""\n# And\n# [that](other.py).\ny = 1\n',
        ["page.md", "pkg/bad.py, line 6:", "'other.py'", "no page shows"],
    ),
    "deep nesting": (
        "x = " + "-" * 100_000 + "1\n",
        ["page.md, line 1:", "pkg/bad.py", "too deep"],
    ),
    "not UTF-8 as it claims": ("# coding: utf-99\n", ["page.md, line 1:", "pkg/bad.py", "utf-99"]),
}


@pytest.mark.parametrize("source, expected", SOURCES.values(), ids=SOURCES)
def test_a_wrong_source_stops_the_build(project, source, expected):
    with pytest.raises(PageError) as caught:
        project.show(source, "pkg/bad.py")
    for part in expected:
        assert part in str(caught.value)


def test_a_long_chain_is_shown_or_named(project):
    # Whether it can be parsed depends on the version of Python.
    try:
        page = project.show("x = " + "+".join(["1"] * 5000) + "\n", "pkg/bad.py")
        assert page.count('<span class="m">1</span>') == 5000 or page.count(">1<") == 5000
    except PageError as error:
        assert "page.md, line 1:" in str(error) and "pkg/bad.py" in str(error)


def test_a_symlink_does_not_lead_out_of_the_project(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "secret.py").write_text("password = 1\n")
    project = Project(tmp_path / "project")
    (project.root / "link.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(PageError, match="outside the project"):
        project.render("/// sidenotes | link.py\n///\n")


@pytest.mark.parametrize("path", ["loop.py", "round/a.py"])
def test_a_link_to_itself_is_named(project, path):
    (project.root / "loop.py").symlink_to(project.root / "loop.py")
    (project.root / "round").symlink_to(project.root / "round")
    with pytest.raises(PageError, match=rf"page\.md, line 1: .*'{path}'"):
        project.render(f"/// sidenotes | {path}\n///\n")


def test_a_page_that_links_to_itself_is_no_page(project):
    (project.root / "docs/loop.md").symlink_to(project.root / "docs/loop.md")
    assert "sn-page" in project.render(BLOCK)


def test_a_page_that_is_not_known_has_its_files_and_links_within_itself(project):
    project.write("docs/page.md", "Another text.\n")
    project.write("pkg/user.py", "def f():\n    pass\n\n\nf()\n")
    html = project.markdown().convert("/// sidenotes | pkg/user.py\n///\n")
    assert "sn-page" in html and '<a href="#user.f">' in html
    project.write("pkg/user.py", "# See [that](adam.py).\nx = 1\n")
    with pytest.raises(PageError, match="user.py, line 1: no page has its text, so 'pkg/adam.py'"):
        project.markdown().convert("/// sidenotes | pkg/user.py\n///\n")


def test_two_pages_with_one_text_have_the_same_file(project):
    project.write("docs/a.md", f"---\ntitle: A\n---\n{BLOCK}")
    assert "sn-page" in project.render(f"---\ntitle: B\n---\n{BLOCK}", "b.md")
    project.write("pkg/adam.py", "x = (\n")
    with pytest.raises(PageError, match=r"docs/a\.md and .*docs/b\.md: pkg/adam\.py, line 1"):
        project.markdown().convert(BLOCK)


def test_a_page_that_ends_as_another_one_is_not_it(project):
    project.write("docs/a.md", f"# Another page\n\n{BLOCK}")
    project.write("docs/deep/page.md", BLOCK)
    project.write("pkg/bad.py", "x = (\n")
    with pytest.raises(PageError, match=r"docs/z\.md, line 1: pkg/bad\.py"):
        project.render("/// sidenotes | pkg/bad.py\n///\n", "z.md")


SPACES = {
    "ends of lines": "Text.\r\n\r\n/// sidenotes | pkg/bad.py\r\n///\r\n",
    "tabs": "* a\n\n\tb\n\n/// sidenotes | pkg/bad.py\n///\n",
    "spaces alone on a line": "Text.\n   \n/// sidenotes | pkg/bad.py\n///\n",
    "byte-order mark": "\ufeffText.\n\n/// sidenotes | pkg/bad.py\n///\n",
}


@pytest.mark.parametrize("text", SPACES.values(), ids=SPACES)
def test_white_space_hides_no_page(project, text):
    project.write("pkg/bad.py", "x = (\n")
    (project.root / "docs/page.md").write_bytes(text.encode())
    line = text.replace("\r", "").split("///")[0].count("\n") + 1
    with pytest.raises(PageError, match=rf"docs/page\.md, line {line}: pkg/bad\.py"):
        project.markdown().convert(text.removeprefix("\ufeff"))


def with_snippets(project, text):
    project.write("docs/page.md", text)
    project.write("more.txt", "One.\n\nTwo.\n\n/// sidenotes | pkg/adam.py\n///\n")
    project.write("some.txt", "One.\n\nTwo.\n")
    md = project.markdown(colours=["new"])
    base = {"base_path": [str(project.root)]}
    md.registerExtensions(["pymdownx.snippets"], {"pymdownx.snippets": base})
    return md.convert(text)


def test_a_page_with_snippets_is_known_and_its_lines_are_its_own(project):
    text = '--8<-- "some.txt"\n\n/// sidenotes | pkg/adam.py\n///\n'
    assert "sn-page" in with_snippets(project, text)
    with pytest.raises(PageError, match=r"page\.md, line 3: "):
        with_snippets(project, '--8<-- "some.txt"\n\n$\\foo$\n')


def test_a_snippet_may_bring_a_block(project):
    assert "sn-page" in with_snippets(project, '--8<-- "more.txt"\n')
    project.write("pkg/adam.py", "x = (\n")
    with pytest.raises(PageError, match=r"docs/page\.md: pkg/adam\.py, line 1"):
        with_snippets(project, '--8<-- "more.txt"\n')


def with_footnotes(project, source):
    project.write("pkg/notes.py", source)
    project.write("docs/page.md", text := "/// sidenotes | pkg/notes.py\n///\n")
    md = project.markdown()
    md.registerExtensions(["footnotes"], {})
    return md.convert(text)


def test_a_footnote_of_a_note_stands_below_the_page(project):
    html = with_footnotes(project, '"""\nOne[^1].\n\n[^1]: Its text.\n"""\n')
    read = "".join(text for tag, _, text in Tree(html).all("div"))
    assert "Its text" in html.partition('class="footnote"')[2] and "[^1]" not in read


def test_a_second_footnote_of_one_name_is_an_error(project):
    source = '"""\nOne[^1].\n\n[^1]: First.\n"""\n\nx = 1\n# Two[^1].\n#\n# [^1]: Second.\ny = 1\n'
    with pytest.raises(PageError, match=r"notes\.py, line 10: .*already has a footnote '\[\^1\]'"):
        with_footnotes(project, source)


SYMBOLS = {
    "malformed": ("- [", "not YAML: line 1"),
    "empty": ("", "empty"),
    "no list": ("a: 1", "not a list"),
    "bad TeX": ("- {symbol: 'x', meaning: x}\n- {symbol: '\\foo', meaning: x}", r"entry 2: symbol"),
    "bad meaning": ("- {symbol: x, meaning: 'the $\\foo$'}", "entry 1: meaning"),
    "open meaning": ("- {symbol: x, meaning: 'the $$x'}", "entry 1: meaning"),
}


@pytest.mark.parametrize("text, message", SYMBOLS.values(), ids=SYMBOLS)
def test_a_wrong_table_of_symbols_is_named_at_the_first_page(project, text, message):
    project.write("tools/checks/symbols.yml", text)
    md = project.markdown(symbols="tools/checks/symbols.yml")
    with pytest.raises(PageError, match=rf"^tools/checks/symbols\.yml: {message}"):
        md.convert("Text.\n")


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
    project.write("docs/page.md", BLOCK)
    md = project.markdown()
    first = md.convert(BLOCK)
    md.reset()
    assert md.convert(BLOCK) == first
