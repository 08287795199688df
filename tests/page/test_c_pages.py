"""A C file is shown as a module is: essay, rows, anchors, links, symbols, excerpts, errors."""

from __future__ import annotations

import html
import re
import sysconfig
from pathlib import Path

import pytest
from rendering import Project, Tree

from sidenotes.errors import PageError
from sidenotes.languages import highlight
from sidenotes.languages.c.notes import parse
from sidenotes.languages.files import stem
from sidenotes.languages.registry import PYTHON, C, language

HEADERS = sorted(Path(sysconfig.get_path("include")).rglob("*.h"))
SOURCE = r"""/*
# The kernel

It knows $m_t$. The other is [in Python](adam.py#adam.Adam).

## Why C?

It is fast.
*/
#include <math.h>

/*
Moves all.

### How

Fast.
*/
void update(float *m, const float *g)
{
    // First this.
    //
    // $$m_t$$
    m[0] = sqrtf(m[0]) + g[0];
#pragma omp barrier
    /// Kept.
    update(m, g);
}

/* ## The other */
void other(void)
{
}
"""
PYTHON_SOURCE = '"""See [the kernel](kernel.c#kernel.c.update)."""\n\n\nclass Adam:\n    """A."""\n'


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("pkg/kernel.c", SOURCE)
    project.write("pkg/adam.py", PYTHON_SOURCE)
    project.write("docs/adam.md", "/// sidenotes | pkg/adam.py\n///\n")
    project.write("docs/deep/kernel.md", "---\n---\n/// sidenotes | pkg/kernel.c\n///\n")
    project.write("symbols.yml", "- {symbol: m_t, meaning: the mean, names: [m]}\n")
    return project


def show(project, only="", **options):
    option = f"    only: {only}\n" if only else ""
    text = f"/// sidenotes | pkg/kernel.c\n{option}///\n"
    return Tree(project.render(text, "deep/kernel.md", symbols="symbols.yml", **options))


@pytest.fixture
def tree(project):
    return show(project)


def lines(tree):
    return {a["id"]: text for _, a, text in tree.all("span", class_="sn-line")}


def test_every_line_of_code_is_there_once_with_its_number_and_text(tree):
    own = SOURCE.split("\n")
    shown = lines(tree)
    assert [*shown] == [f"L{n}" for n in (10, *range(19, 21), *range(24, 29), *range(31, 34))]
    assert all(
        text == f"{anchor[1:]}{own[int(anchor[1:]) - 1]}\n" for anchor, text in shown.items()
    )


def test_the_first_comment_is_the_essay_and_its_heading_the_title(project, tree):
    assert tree.elements[0][0] == "h1" and tree.elements[0][1]["id"] == "kernel.c"
    (head,) = tree.all("div", class_="sn-head")
    (essay,) = tree.all("div", class_="sn-essay")
    assert "pkg/kernel.c" in head[2] and "It is fast." in head[2] + essay[2]


def test_anchors_and_contents_have_stable_names(project, tree):
    assert len(tree.ids()) == len(set(tree.ids()))
    names = [name for name in tree.ids() if not re.match(r"L\d|sn-", name)]
    assert names == [
        "kernel.c",
        "why-c",
        "kernel.c.update",
        "kernel.c.update.how",
        "kernel.c.update.m",
        "kernel.c.other",
    ]
    (title,) = project.toc
    assert [(c["level"], c["name"]) for c in title["children"]] == [
        (2, "Why C?"),
        (2, "update"),
        (2, "The other"),
    ]


def test_the_rows_of_a_function_stand_together(tree):
    blocks = [text for _, _, text in tree.all("section", class_="sn-def")]
    assert len(blocks) == 3 and "First this." in blocks[1] and "Moves all." in blocks[1]
    (lead,) = tree.all("div", class_="sn-lead")
    assert "First this." in lead[2]


def test_the_code_is_highlighted_as_c(project):
    html = project.show("int x = 0; // while\n", "pkg/x.c")
    assert '<span class="kt">int</span>' in html and '<span class="c1">// while</span>' in html


@pytest.mark.skipif(not HEADERS, reason="the headers of Python are not installed")
def test_the_text_of_each_line_is_kept():
    def text_of(line: str) -> str:
        return html.unescape(re.sub(r"<[^>]*>", "", line))

    for text in (SOURCE, *(path.read_text("utf-8") for path in HEADERS[:20])):
        shown = highlight.lines(C.highlighters[".c"](text))
        assert [text_of(line) for line in shown] == text.split("\n")


def test_symbols_light_up_in_code_and_formula(project, tree):
    tagged = [(t, text) for t, _, text in tree.all(data_symbol="m_t")]
    assert tagged.count(("span", "m")) == 4 and len(tagged) > 4
    assert tree.all("section", class_="sn-legend")


def test_only_shows_a_function_or_a_note_in_it(project):
    tree = show(project, only="kernel.c.update")
    assert [*lines(tree)] == [f"L{n}" for n in (19, 20, 24, 25, 26, 27, 28)]
    tree = show(project, only="kernel.c.update.m")
    assert [*lines(tree)] == ["L24", "L25", "L26", "L27", "L28"] and not tree.all("input")


def test_line_numbers_link_to_the_source_where_it_is_known(project):
    tree = show(project, source_url="https://example.org/{path}#L{line}")
    (link,) = [a for _, a, text in tree.all("a", class_="sn-num") if text == "24"]
    assert link["href"] == "https://example.org/pkg/kernel.c#L24"


def test_notes_in_c_and_in_python_link_to_each_other(project, tree):
    assert ("a", {"href": "../adam.md#adam.Adam"}, "in Python") in tree.all("a")
    html = project.render("/// sidenotes | pkg/adam.py\n///\n", "adam.md")
    link = ("a", {"href": "deep/kernel.md#kernel.c.update"}, "the kernel")
    assert link in Tree(html).all("a")


def test_a_python_file_of_the_same_name_can_stand_beside_it(project):
    project.write("pkg/kernel.py", '"""One."""\n\n\ndef update():\n    """Two."""\n')
    blocks = "/// sidenotes | pkg/kernel.py\n///\n\n/// sidenotes | pkg/kernel.c\n///\n"
    tree = Tree(project.render(f"# Both\n\n{blocks}", "both.md"))
    assert {"kernel.update", "kernel.c.update", "L4", "kernel.c:L24"} <= set(tree.ids())
    assert len(tree.ids()) == len(set(tree.ids()))


def test_names_in_python_code_never_link_into_c(project):
    project.write("pkg/__init__.py", "")
    project.write("pkg/user.py", "from pkg.kernel import update\nimport math\n\nupdate(math)\n")
    html = project.render("/// sidenotes | pkg/user.py\n///\n", "user.md")
    assert not [a for _, a, text in Tree(html).all("a") if text == "update"]


def test_a_c_file_does_not_change_where_the_names_of_python_lead(project):
    for path in ("pkg/__init__.py", "native/pkg/__init__.py", "native/pkg/adam.py"):
        project.write(path, "")
    project.write("pkg/adam.py", PYTHON_SOURCE)
    project.write("native/x.c", "int x;\n")
    project.write("docs/x.md", "/// sidenotes | native/x.c\n///\n")
    project.write("pkg/user.py", "from pkg.adam import Adam\n\nAdam()\n")
    html = project.render("/// sidenotes | pkg/user.py\n///\n", "user.md")
    assert [a["href"] for _, a, text in Tree(html).all("a") if text == "Adam"] == [
        "../adam/#adam.Adam"
    ]


def test_a_report_of_checked_formulas_may_speak_of_a_c_file(project):
    from hashlib import sha256
    from json import dumps

    badge = {"line": 23, "tex": "m_t", "sign": "∴", "label": "", "words": "", "wrong": False}
    digest = sha256(SOURCE.encode()).hexdigest()
    report = {"files": {"pkg/kernel.c": {"sha256": digest, "badges": [badge]}}, "summary": ""}
    assert not show(project).all("button", class_="sn-badge")
    project.write("report.json", dumps(report))
    (mark,) = show(project, checked="report.json").all("button", class_="sn-badge")
    assert mark[2].startswith("∴")


def test_no_example_and_no_python_in_a_note_breaks_it(project):
    html = project.show("/*\n>>> x = m\n1\n\n```c\nint $x$;\n```\n*/\n", "pkg/x.c")
    assert "int $x$;" in Tree(html).all("code")[1][2]


WRONG = {
    "a comment without an end": (
        "int x;\n\n/* a\nb\n",
        ["bad.c, line 3: this comment is never closed"],
    ),
    "a string without an end": (
        'int x;\ns = "a;\n',
        ["bad.c, line 2: this string is never closed"],
    ),
    "a bad formula": ("int x;\n// One.\n// $\\foo$\nint y;\n", ["bad.c, line 3", r"\foo"]),
    "a bad formula among stars": ("/*\n * One.\n *\n * $\\foo$\n */\n", ["bad.c, line 4", r"\foo"]),
    "a link to a file without a page": (
        'char *s = "other.c";\n/* See\n   [that](other.c). */\nint y;\n',
        ["bad.c, line 3: link to 'other.c', but no page shows 'pkg/other.c'"],
    ),
    "a link to a header without a page": (
        "/* [That](../other.h#other.h.x). */\n",
        ["bad.c, line 1: link to '../other.h', but no page shows 'other.h'"],
    ),
    "a block in a note": (
        "/*\nA.\n\n/// sidenotes | pkg/kernel.c\n///\n*/\n",
        ["bad.c, line 4: a note cannot hold a 'sidenotes' block"],
    ),
}


@pytest.mark.parametrize("source, expected", WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_c_file_stops_the_build(project, source, expected):
    with pytest.raises(PageError) as caught:
        project.show(source, "pkg/bad.c")
    assert "docs/page.md" in str(caught.value)
    assert [part for part in expected if part not in str(caught.value)] == []


def test_what_is_not_utf_8_is_named_with_its_line(project):
    (project.root / "pkg/bad.c").write_bytes(b"int x;\n// caf\xe9\n")
    with pytest.raises(PageError, match=r"pkg/bad\.c, line 2: .*can't decode"):
        project.render("/// sidenotes | pkg/bad.c\n///\n")


def test_no_line_of_c_declares_an_encoding(project):
    assert "klingon" in project.show('#define X "coding: klingon"\n', "pkg/x.c")


def test_a_missing_c_file_or_function_is_named_with_what_was_meant(project):
    with pytest.raises(PageError, match=r"no such file: 'pkg/kernal\.c'.*'kernel\.c'"):
        project.render("/// sidenotes | pkg/kernal.c\n///\n")
    with pytest.raises(PageError, match=r"nothing is named 'kernel\.c\.updat'.*'kernel.c.update'"):
        show(project, only="kernel.c.updat")


def test_the_name_of_a_file_decides_its_language():
    assert {language(f"pkg/x{end}") for end in (".c", ".h", ".cpp", ".hpp", ".cc", ".cu")} == {C}
    assert {language(f"pkg/x{end}") for end in (".py", ".pyi")} == {PYTHON}
    assert [stem(f"pkg/{name}") for name in ("x.c", "x.h", "x.py")] == ["x.c", "x.h", "x"]


def test_a_c_file_and_a_python_file_have_the_same_shape():
    """The same notes and statements, so the same sections."""
    c = "/* A. */\n\nx = 1;\n\n// B.\ny = 2;\n\nint f(int x)\n{\n    // C.\n    z = 3;\n}\n"
    python = '"""A."""\n\nx = 1\n\n# B.\ny = 2\n\ndef f(x):\n    w = 1\n    # C.\n    z = 3\n'
    shapes = [
        [(s.name.replace("k.c", "k"), s.kind, s.note) for s in parse_with("k.c", c)],
        [(s.name, s.kind, s.note) for s in parse_with("k.py", python)],
    ]
    assert shapes[0] == shapes[1]


def parse_with(path, text):
    return language(path).parse(text, stem(path))


def test_an_empty_c_file_is_an_empty_page(project):
    assert parse("", "k.c") == []
    assert not lines(Tree(project.show("", "pkg/empty.c")))
