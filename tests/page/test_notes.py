"""What a note says is on the page: nothing vanishes, and blocks stay where they stand."""

import re
from html import unescape

import pytest
from rendering import Project, Tree

from sidenotes.errors import PageError


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n")) + "x = 1\n"


def cell(project, text, path="pkg/note.py", **options) -> str:
    """The HTML of a note that is a comment."""
    html = project.show(comment(text) if path.endswith(".py") else text, path, **options)
    html = re.sub(r'<a [^>]*class="sn-anchor"[^>]*></a>', "", html)
    found = re.search(r'(?s)(<div class="sn-(?:lead|note)".*?)<div class="sn-code"', html)
    assert found
    return found[1]


def visible(html: str) -> str:
    html = re.sub(r"(?s)<(math|style|script)\b.*?</\1>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


STAYS = [
    "Gives <class 'Point'>, or <nothing> if there is none.",
    "<a>, <b> and <table> are tags; so is <!-- a comment -->.",
    "A <script>alert(1)</script> and a <style>p {}</style>.",
    "Before <?xml version='1'?> and <!DOCTYPE html> comes nothing.",
    "It calls __init__ and __new__, and then __call__, but __r<op>__ or '_' and '_' never.",
    "def f(*args, **kwargs): 2*x*y, a*b*c and *.py, *.txt",
    "a power of 2**n or 5**n, x**y, (x + 1)**2 + f(x)**(1/2) - g(*a)*h",
    "handlers[name](event), table[i](j, k) and recvmsg[_into]()",
    "A dictionary\n{a: 1}",
    "`code`{a} and *word*{b}, {:d} and {:.2f}",
    "[1]: one note",
    "[2]: http://example.org/unused",
    "#123 is a number, #!shebang no heading",
    "!!! do not do that",
    "[TOC]",
    "/// C:/x is a path",
    "///C|/foo/bar/spam.foo",
    "$$, $HOME and '$'",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_markup_stays_text(project, text):
    extensions = ("abbr", "footnotes", "def_list", "pymdownx.details", "md_in_html")
    project.extensions = extensions
    said = " ".join(text.replace("`", "").split())
    assert visible(cell(project, text)).replace("*word*", "word") == said.replace("*word*", "word")


MARKUP = {
    "emphasis": ("*a* and **b** and _not_", "<em>a</em> and <strong>b</strong> and <em>not</em>"),
    "code": ("`__init__` and `<b>`", "<code>__init__</code> and <code>&lt;b&gt;</code>"),
    "tags in pairs": ("<b>bold</b> and a<br>b", "<b>bold</b> and a<br>b"),
    "an address": ("<https://e.org>", '<a href="https://e.org">https://e.org</a>'),
    "a link": ("[a](b.html)", '<a href="b.html">a</a>'),
    "a link to an anchor": ("[a](#note.x)", '<a href="#note.x">a</a>'),
    "attributes": ('word\n{: .big title="A B"}', '<p class="big" title="A B">word</p>'),
    "attributes of an element": ("*a*{.big}", '<em class="big">a</em>'),
    "a heading": ("Text.\n\n## Head", ">Head</h2>"),
    "an admonition": ("!!! note\n    Text.", '<div class="admonition note">'),
    "a titled one": ('!!! danger red "Title"\n    Text.', '<p class="admonition-title">Title</p>'),
    "an entity": ("a &mdash; b", "a &mdash; b"),
    "an HTML block": ("<details>\n<summary>S</summary>\nText\n</details>", "<summary>S</summary>"),
    "a table": ("| a | b |\n|---|---|\n| $x$ | c |", "<td>c</td>"),
}


@pytest.mark.parametrize("text, expected", MARKUP.values(), ids=MARKUP)
def test_markup_is_markup(project, text, expected):
    assert expected in cell(project, text)


def test_a_word_in_underscores_is_a_name_if_the_code_has_it(project):
    html = project.show("# The _order_ of _a and b_, and _not_ that.\n_order_ = _a = b_ = 1\n")
    assert "The _order_ of _a and b_, and <em>not</em> that." in html


# ## Each note for itself

TWO = """def f():
    '''
    See the [paper]{more}.

    [paper]: https://one.example
    '''


def g():
    '''
    See the [paper].

    [paper]: https://two.example
    '''


def h():
    '''
    No [paper] here, but the [page].
    '''
"""


def test_references_of_one_note_do_not_reach_into_another(project):
    project.write("pkg/two.py", TWO.replace("{more}", ""))
    page = "/// sidenotes | pkg/two.py\n///\n\n[page]: https://page.example\n"
    tree = Tree(project.render(page))
    links = [(text, a["href"]) for _, a, text in tree.all("a") if a["href"].startswith("http")]
    assert links == [
        ("paper", "https://one.example"),
        ("paper", "https://two.example"),
        ("page", "https://page.example"),
    ]


def test_abbreviations_of_one_note_do_not_reach_into_another(project):
    project.extensions = ("abbr",)
    source = comment("The SGD.\n\n*[SGD]: descent") + comment("No SGD, but HTML.")
    project.write("pkg/two.py", source)
    html = project.render("/// sidenotes | pkg/two.py\n///\n\n*[HTML]: text\n")
    assert html.count('<abbr title="descent">SGD</abbr>') == 1
    assert '<abbr title="text">HTML</abbr>' in html and "No SGD" in html


def test_an_abbreviation_that_the_note_does_not_use_is_what_it_says(project):
    project.extensions = ("abbr",)
    assert "*[SGD]: descent" in visible(cell(project, "*[SGD]: descent"))


def test_a_reference_that_the_note_uses_is_not_shown(project):
    said = visible(cell(project, "See [1] and [two][2].\n\n[1]: a.html\n[2]: b.html"))
    assert said == "See 1 and two."


# ## Displays and doctests

IN_PLACE = {
    "below a dash": "Where\n- $a$ is one\n- $b$ is two\n$$c$$",
    "below a year": "It was found in\n1984. It says\n$$c$$",
    "below a plus": "The value is $a\n+ b$ and then\n$$c$$",
    "indented below text": "Text:\n    $$c$$",
    "a line": "so $$c$$, and",
    "lines": "so\n$$\nc\n$$\nand",
    "an environment": "so\n\\begin{align}\nc &= d\n\\end{align}\nand",
    "brackets": "so \\[c_1 = d\\] and",
}


@pytest.mark.parametrize("text", IN_PLACE.values(), ids=IN_PLACE)
def test_a_display_is_a_block_of_its_own_and_never_code(project, text):
    html = cell(project, text)
    assert html.count('<div class="sn-display"') == 1
    assert not re.search(r'<(?:p|code)>[^<]*<div class="sn-display"', html)
    assert not re.search(r"</div>[^<]*</p>", html)
    Tree(html)


@pytest.mark.parametrize(
    "text",
    [
        "* item $$x$$ more\n* next",
        "* item\n  $$x$$\n  more\n* next",
        "* item\n$$\nx\n$$\nmore\n* next",
        "* item\n\n    $$x$$\n\n    more\n\n* next",
    ],
)
def test_a_display_stays_in_its_list_item(project, text):
    html = cell(project, text)
    first, _, rest = html.partition("</li>")
    assert "sn-display" in first and "<p>more</p>" in first
    assert rest.count("<li>") == 1 and html.count("<ul>") == 1


def test_a_display_in_an_inner_list_leaves_the_outer_list_as_it_is(project):
    html = cell(project, "* a\n    * b\n        $$y$$\n    * c\n* d")
    assert re.sub(r"\s+|<div class=\"sn-display.*?</div>|<div[^>]*>|</?p>", "", html) == (
        "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul></div>"
    )


def test_what_follows_a_display_is_a_block_again(project):
    html = cell(project, "so\n$$x$$\n* item\n* more")
    assert html.count("<li>") == 2 and html.index("sn-display") < html.index("<ul>")


def test_a_display_stays_in_its_quotation(project):
    html = cell(project, "> so\n> $$\n> x\n> $$\n> more")
    assert html.count("<blockquote>") == 1 and html.index("more") < html.index("</blockquote>")


def test_a_doctest_below_indented_text_is_no_code_in_code(project):
    html = cell(project, "Example:\n\n    text\n\n    >>> f()\n    1\n\n    more")
    assert html.count('<div class="highlight">') >= 1
    assert not re.search(r"<code>[^<]*<div", html)


# ## Maths switched off


def test_maths_can_be_switched_off_for_a_block_and_for_a_site(project):
    project.write("pkg/note.py", comment("Here $x$ and\n$$y$$"))
    block = "/// sidenotes | pkg/note.py\n    math: false\n///\n"
    html = project.render(block)
    assert "Here $x$ and" in html and "katex" not in html
    html = project.render("The $z$.\n\n" + block, "more.md")
    assert html.count("sn-math") == 2 and "Here $x$ and" in html
    html = project.render(block.replace("    math: false\n", ""), "off.md", math=False)
    assert "Here $x$ and" in html and "katex" not in html


# ## Errors that remain

ERRORS = {
    "a misspelt block": ("/// sidenots | a.py\n///", "line 1: unknown block 'sidenots'"),
    "a block in a note": ("/// sidenotes | a.py\n///", "line 1: a note cannot hold"),
    "an emoji in a formula": ("So $😀 + \\foo$.", "line 1: 😀 \\+ \\\\foo: .*'😀'"),
}


@pytest.mark.parametrize("text, message", ERRORS.values(), ids=ERRORS)
def test_what_is_wrong_in_a_note_is_named(project, text, message):
    with pytest.raises(PageError, match=message) as caught:
        cell(project, text)
    # It can be printed.
    assert str(caught.value).encode("utf-8")


def test_a_display_whose_environment_does_not_begin_is_told(project, caplog):
    html = cell(project, "$$\nx & y \\end{array}\n$$")
    assert "x &amp; y" in html and "katex" not in html
    assert "pkg/note.py, line 1: not a formula, since \\begin and \\end do not match" in caplog.text


@pytest.mark.parametrize("name", ["notes.rs", "notes.txt", "notes"])
def test_a_file_in_an_unknown_language_is_refused_by_name(project, name):
    project.write(f"pkg/{name}", "# Text\n")
    with pytest.raises(PageError, match=rf"page\.md, line 1: pkg/{name}: .*no reader.*\.py"):
        project.render(f"/// sidenotes | pkg/{name}\n///\n")
