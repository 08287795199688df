"""What a page is made of."""

import re

import pytest
from rendering import Project, Tree

SOURCE = r'''r"""
# Adam

Essay with $m_t$ and $$v_t = a_b * c_d * e$$

## Why $\hat m_t$?

>>> 1 + 1
2

* item

    >>> 3
    3

```python
x = "$not maths$"
```
"""

import math


class Adam:
    """The class."""

    def step(self, m):
        r"""
        ### Update

        | a | b |
        |---|---|
        | $x$ | y |
        """
        # Reason first.
        #
        # $$m_t$$
        m = math.sqrt(m)
        return m
'''


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def tree(project):
    return Tree(project.show(SOURCE))


def test_every_line_of_code_is_there_once_with_its_number_and_text(project):
    tree = Tree(project.show(SOURCE))
    shown = {a["id"]: text for _, a, text in tree.all("span", class_="sn-line")}
    lines = SOURCE.split("\n")
    for anchor, text in shown.items():
        number = int(anchor[1:])
        assert text == f"{number}{lines[number - 1]}\n"
    code = [
        i
        for i, line in enumerate(lines, 1)
        if re.match(r"import|class|    def|        (m =|ret)", line)
    ]
    assert set(code) <= {int(anchor[1:]) for anchor in shown}


def test_all_anchors_of_a_page_differ(tree):
    assert len(tree.ids()) == len(set(tree.ids()))


def test_all_links_within_the_page_arrive(tree):
    targets = {a["href"][1:] for t, a, _ in tree.all("a") if a["href"].startswith("#")}
    assert targets <= set(tree.ids())


def test_the_heading_of_the_module_is_the_title_and_comes_first(project, tree):
    assert tree.elements[0][0] == "h1" and tree.elements[0][1]["id"] == "adam"
    assert [entry["id"] for entry in project.toc] == ["adam"]


def test_a_page_with_a_title_of_its_own_keeps_it_alone(project):
    project.write("pkg/adam.py", SOURCE)
    tree = Tree(project.render("# Mine\n\n/// sidenotes | pkg/adam.py\n///\n"))
    assert [text for _, _, text in tree.all("h1")] == ["Mine"]
    assert "Adam" in [text for _, _, text in tree.all("h2")]


def test_a_heading_with_a_formula_has_a_readable_anchor_and_label(project, tree):
    (heading,) = [entry for entry in project.toc[0]["children"] if "Why" in entry["name"]]
    assert heading["id"] == "why-hat-m-t" and heading["name"] == "Why m̂ₜ?"


def test_a_definition_without_a_heading_gets_one_for_the_contents(project, tree):
    (adam,) = [entry for entry in project.toc[0]["children"] if entry["id"] == "adam.Adam"]
    assert adam["name"] == "Adam"
    assert [(c["id"], c["name"]) for c in adam["children"]] == [("adam.Adam.step", "Update")]


def test_the_contents_stand_beside_the_essay(tree):
    links = re.findall(
        r"Why m̂ₜ\?|Update", "".join(text for _, _, text in tree.all("nav", class_="sn-toc"))
    )
    assert links == ["Why m̂ₜ?", "Update"]


def test_doctests_are_console_blocks_in_lists_too_and_quotations_nowhere(tree):
    blocks = [text for _, _, text in tree.all("div", class_="highlight")]
    assert blocks[:2] == [">>> 1 + 1\n2\n", ">>> 3\n3\n"]
    assert not tree.all("blockquote")


def test_a_fence_is_no_maths(tree):
    assert 'x = "$not maths$"\n' in [text for _, _, text in tree.all("div", class_="highlight")]


def test_markdown_does_not_touch_formulas(tree):
    sources = [text for _, _, text in tree.all("annotation")]
    assert "v_t = a_b * c_d * e" in sources and not tree.all("em")


def test_a_formula_that_ends_a_comment_stands_at_the_height_of_its_line(tree):
    (lead,) = tree.all("div", class_="sn-lead")
    assert "Reason first." in lead[2]


def test_a_formula_in_a_table_is_typeset(tree):
    assert [text for _, _, text in tree.all("td")][1] == "y"


def test_only_shows_a_definition_and_what_is_in_it(project):
    tree = Tree(project.show(SOURCE, only="adam.Adam.step"))
    text = "".join(text for _, _, text in tree.all("span", class_="sn-line"))
    assert "def step" in text and "sqrt" in text and "import math" not in text
    assert not tree.all("input")


def test_two_files_on_a_page_share_no_anchor(project):
    project.write("pkg/adam.py", SOURCE)
    block = "/// sidenotes | pkg/adam.py\n///\n"
    tree = Tree(project.render(f"Text.\n\n{block}\n{block}"))
    assert len(tree.ids()) == len(set(tree.ids()))


def test_line_numbers_link_to_the_source_where_it_is_known(project):
    tree = Tree(project.show(SOURCE, source_url="https://example.org/{path}#L{line}"))
    (link,) = [a for _, a, text in tree.all("a", class_="sn-num") if text == "27"]
    assert link["href"] == "https://example.org/pkg/adam.py#L27"


@pytest.mark.parametrize("end", ["", "/"])
def test_line_numbers_link_into_the_repository_where_it_is_known(project, end):
    tree = Tree(project.show(SOURCE, repo_url=f"https://example.org/means{end}"))
    links = [a["href"] for _, a, text in tree.all("a", class_="sn-num") if text == "27"]
    assert links == ["https://example.org/means/blob/main/pkg/adam.py#L27"]
    both = {"repo_url": "https://example.org/means", "source_url": "https://other.org/{path}"}
    tree = Tree(project.show(SOURCE, **both))
    assert {a["href"] for _, a, _ in tree.all("a", class_="sn-num")} == {
        "https://other.org/pkg/adam.py"
    }
    tree = Tree(project.show(SOURCE, repo_url=""))
    assert all(a["href"].startswith("#") for _, a, _ in tree.all("a", class_="sn-num"))


def test_what_the_search_leaves_out_has_no_element_of_the_same_name_inside(project):
    html = project.show(SOURCE, symbols="symbols.yml") if _symbols(project) else ""
    for tag, inner in re.findall(r"<([\w-]+)[^>]*data-search-exclude[^>]*>(.*?)</\1>", html, re.S):
        assert f"<{tag}" not in inner


def _symbols(project):
    return project.write("symbols.yml", "- {symbol: m_t, meaning: the $m_t$, names: [m]}\n")


def test_symbols_are_listed_tagged_and_lit_together(project):
    _symbols(project)
    html = project.show(SOURCE, symbols="symbols.yml")
    tree = Tree(html)
    assert "the" in tree.all("section", class_="sn-legend")[0][2]
    tagged = [(t, text) for t, _, text in tree.all(data_symbol="m_t")]
    assert ("span", "m") in tagged and len(tagged) > 5
    # A rule that asks what the pointer is on costs the browser a look through the whole page.
    assert ":has(" not in html and "<style" not in html


def test_a_variable_is_no_symbol_on_a_page_without_its_formula(project):
    _symbols(project)
    html = project.show('"""No formula."""\n\nm = 1\n', symbols="symbols.yml")
    assert "data-symbol" not in html and "sn-legend" not in html


def test_a_link_to_a_source_file_leads_to_its_page(project):
    project.write("docs/deep/other.md", "/// sidenotes | pkg/sub/other.py\n///\n")
    project.write("pkg/sub/other.py", "x = 1\n")
    html = project.show('"""See [that](sub/other.py#other.x)."""\n')
    assert '<a href="deep/other.md#other.x">that</a>' in html


def test_an_empty_file_is_an_empty_page(project):
    assert not Tree(project.show("")).all("span", class_="sn-line")


def test_html_in_the_code_stays_text(project):
    html = project.show('x = "<script>alert(1)</script>"\n')
    assert "<script" not in html


ATTRIBUTES = {
    "picture": ("![Plot of $m_t$](p.png)", 'alt="Plot of mₜ"'),
    "title": ('[a](b.md "The $m_t$")', 'title="The mₜ"'),
    "address": ("[a](https://e.org/$m_t$)", 'href="https://e.org/$m_t$"'),
    "tag": ('<span title="$m_t$">a</span>', '<span title="$m_t$">'),
}


@pytest.mark.parametrize("text, expected", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_no_formula_is_typeset_inside_an_attribute(project, text, expected):
    html = project.render(f"{text}\n")
    assert expected in html and "katex" not in html
    assert expected in project.show(f'"""Note.\n\n{text}\n"""\n'.replace("$m", "$m"))


def test_a_formula_in_a_line_has_a_plain_form_for_the_search_and_a_display_has_none(project):
    tree = Tree(project.render("The $\\hat m_t$ and\n\n$$v_t$$\n"))
    plain = tree.all("span", class_="sn-plain")
    assert [(a["aria-hidden"], text) for _, a, text in plain] == [("true", "m̂ₜ")]


def test_a_doctest_that_ends_a_note_is_no_part_of_a_paragraph(project):
    html = project.show(
        '"""Note.\n\n>>> 1\n1\n"""\n\n\ndef f():\n    """F.\n\n    >>> 2\n    2\n    """\n'
    )
    assert not re.search(r"<p>\s*<div", html) and html.count('<div class="highlight">') == 2


def test_an_excerpt_loses_the_indentation_that_all_its_lines_have(project):
    tree = Tree(project.show(SOURCE, only="adam.Adam.step"))
    lines = [(a.get("style"), text) for _, a, text in tree.all("span", class_="sn-line")]
    assert lines[0][0] is None and lines[0][1].endswith("def step(self, m):\n")
    assert all(re.match(r"\d+    \S", text) and s == "--i:4" for s, text in lines[1:]), lines


def test_headings_make_way_for_the_anchors_of_the_author(project):
    tree = Tree(project.render("## The $x$\n\n## Other {#the-x}\n"))
    assert [a["id"] for _, a, _ in tree.all("h2")] == ["the-x-2", "the-x"]


def test_a_section_whose_heading_has_an_anchor_of_its_own_keeps_its_name(project):
    tree = Tree(project.show('"""\n# Title {#mine}\n"""\n\n\ndef f():\n    """## F {#his}"""\n'))
    assert {"mine", "adam", "his", "adam.f"} <= set(tree.ids())


def test_the_contents_come_before_the_body(project):
    html = project.show(SOURCE)
    assert html.index('id="sn-contents"') < html.index("sn-essay") < html.index("sn-body")
    assert 'aria-keyshortcuts="c"' in html
