"""What a page carries so that its file can be copied, downloaded, looked at and cited."""

import doctest
import json
import re
from pathlib import Path

import pytest
from rendering import Project, Tree

from sidenotes.__main__ import main
from sidenotes.errors import PageError
from sidenotes.page.actions import bibliography
from sidenotes.page.actions.bibliography import parse

ROOT = Path(__file__).parents[2]
SOURCE = '''"""The mean."""


@dec(
    1,
)
class Mean:
    """A mean."""

    def of(self, x):
        """
        Of two.
        """
        # The first.

        # The second.
        text = """
        stays
    here"""
        return f"""{x}
        {text}"""


def f():
    return 1
'''
BIB = "Comment.\n@book{knuth,\n  title = {The {T}},\n}\n@misc{own, title = {Own}}\n"


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("pkg/mean.py", SOURCE)
    project.write("docs/refs.bib", BIB)
    return project


def carried(html):
    """What the script of a page is given, for each block."""
    return [json.loads(a["data-file"]) for _, a, _ in Tree(html).all("div", class_="sn-source")]


def page(options=""):
    return f"/// sidenotes | pkg/mean.py\n{options}///\n"


# ## What the buttons copy


def test_the_page_carries_the_file_as_it_is(project):
    text = '"""Ends: </script> <!-- \u03b2 & \x0c."""\r\nx = 1\ry = "\\n"\n\n\nz = 2'
    (project.root / "pkg/mean.py").write_bytes(text.encode())
    (data,) = carried(project.render(page()))
    assert "".join(data["lines"]) == text and data["first"] == 1 and data["utf8"]
    assert "whole" not in data


def test_a_file_in_another_encoding_is_not_taken_for_the_text_of_the_page(project):
    text = '# coding: latin-1\n"""\xe4."""\n'
    (project.root / "pkg/mean.py").write_bytes(text.encode("latin-1"))
    (data,) = carried(project.render(page()))
    assert "".join(data["lines"]) == text and "utf8" not in data


def test_each_definition_is_there_with_its_lines_decorators_and_strings(project):
    html = project.render(page())
    (data,) = carried(html)
    definitions = [["L4", "Mean", 4, 21], ["L10", "Mean.of", 10, 21], ["L24", "f", 24, 25]]
    assert data["definitions"] == definitions
    assert [data["lines"][n - 1] for n in data["strings"]] == [
        "        stays\n",
        '    here"""\n',
        '        {text}"""\n',
    ]
    assert {anchor for anchor, *_ in definitions} <= set(Tree(html).ids())


def test_a_definition_in_c_has_its_comment(project):
    project.write("pkg/mean.c", "/* Text. */\n\n/* Halves. */\nint f(int x)\n{\n  return x;\n}\n")
    (data,) = carried(project.render("/// sidenotes | pkg/mean.c\n///\n"))
    assert data["definitions"] == [["L4", "f", 3, 7]]


def test_an_excerpt_carries_its_own_lines_and_whole_definitions(project):
    (data,) = carried(project.render(page("    only: mean.Mean.of\n")))
    assert data["first"] == 10 and data["lines"][0] == "    def of(self, x):\n"
    assert [name for _, name, *_ in data["definitions"]] == ["Mean.of"]


def test_blank_lines_between_two_boxes_are_counted_and_those_of_notes_are_not(project):
    boxes = Tree(project.render(page())).all("div", class_="sn-code")
    counts = {text.split("\n")[0].lstrip("0123456789"): a.get("data-blank") for _, a, text in boxes}
    assert counts == {
        "@dec(": None,
        "    def of(self, x):": "1",
        '        text = """': None,
        "def f():": "2",
    }


# ## The row


def rows(html):
    return [
        (tag, text, {k: v for k, v in a.items() if k in ("href", "download", "popovertarget")})
        for tag, a, text in Tree(html).all()
        if tag in ("a", "button")
        and not a.get("class")
        and not a.get("href", "").startswith("#")
        # What opens the lists of the page has tests of its own.
        and a.get("popovertarget") not in ("sn-contents", "sn-symbols")
    ]


OPTIONS = {"sources": "assets/source", "bibliography": "docs/refs.bib", "cite": ["own"]}


def copied(project, monkeypatch):
    monkeypatch.chdir(project.root)
    assert main(["sources", "docs", "docs/assets/source"]) == 0


def test_a_whole_file_has_its_row(project, monkeypatch):
    project.write("docs/deep/page.md", text := page("    cite: knuth\n"))
    copied(project, monkeypatch)
    html = project.render(text, "deep/page.md", **OPTIONS)
    address = "../../assets/source/pkg/mean.py.txt"
    assert rows(html) == [
        ("a", "Download", {"href": address, "download": "mean.py"}),
        ("a", "Source", {"href": address}),
        ("button", "Cite", {"popovertarget": "sn-cite"}),
    ]
    (box,) = Tree(html).all("div", class_="sn-cite")
    assert box[1]["id"] == "sn-cite"
    assert box[2] == "@book{knuth,\n  title = {The {T}},\n}\n\n@misc{own, title = {Own}}\n"


def test_a_file_without_a_note_of_its_own_has_its_row_too(project):
    project.write("pkg/mean.py", "x = 1\n")
    html = project.render(page("    cite: own\n"), bibliography="docs/refs.bib")
    assert [words for _, words, _ in rows(html)] == ["Cite"]
    assert [text for _, _, text in Tree(html).all("p", class_="sn-file")] == ["pkg/mean.py"]


def test_without_options_a_page_offers_what_it_carries(project):
    assert rows(project.render(page())) == []


def test_an_excerpt_has_no_row(project, monkeypatch):
    project.write("docs/page.md", text := page("    only: mean.f\n"))
    copied(project, monkeypatch)
    html = project.render(text, **OPTIONS)
    assert "sn-actions" not in html


def test_two_files_on_a_page_have_a_row_each(project):
    project.write("pkg/other.py", "x = 1\n")
    text = page() + "\n/// sidenotes | pkg/other.py\n///\n"
    html = project.render(text, bibliography="docs/refs.bib", cite=["own"])
    targets = [a["popovertarget"] for _, _, a in rows(html)]
    assert targets == ["sn-cite", "sn-cite-2"]
    assert {*targets} <= {*Tree(html).ids()}


def test_another_file_takes_the_place_of_the_one_that_is_shown(project, monkeypatch):
    project.write("docs/single/one.py", "single = '</script>'\n")
    project.write("docs/page.md", text := page("    file: single/one.py\n"))
    copied(project, monkeypatch)
    html = project.render(text, sources="assets/source")
    assert [(words, a) for _, words, a in rows(html)] == [
        ("Download", {"href": "../single/one.py", "download": "one.py"}),
        ("Source", {"href": "../assets/source/pkg/mean.py.txt"}),
    ]
    (data,) = carried(html)
    assert data["whole"] == "single = '</script>'\n" and "".join(data["lines"]) == SOURCE


WRONG = {
    "no such key": (
        "    cite: knuht\n",
        {"bibliography": "docs/refs.bib"},
        ["page.md, line 1:", "docs/refs.bib has no entry 'knuht'", "'knuth'"],
    ),
    "no bibliography": ("    cite: knuth\n", {}, ["page.md, line 1:", "'knuth'", "'bibliography'"]),
    "bibliography that is not there": (
        "",
        {"bibliography": "docs/none.bib", "cite": ["own"]},
        ["docs/none.bib", "cannot be read"],
    ),
    "no such file": ("    file: refs.bb\n", {}, ["page.md, line 1:", "'refs.bb'", "'refs.bib'"]),
    "file outside": ("    file: ../pkg/mean.py\n", {}, ["page.md, line 1:", "outside"]),
    "file that is no text": ("    file: bin\n", {}, ["page.md, line 1:", "no text"]),
    "copy that is not there": (
        "",
        {"sources": "assets/source"},
        ["page.md, line 1: pkg/mean.py: no copy", "mean.py.txt", "sidenotes sources"],
    ),
    "file for an excerpt": (
        "    only: mean.f\n    file: refs.bib\n",
        {},
        ["page.md, line 1:", "'file' is for a whole file"],
    ),
    "citation of an excerpt": (
        "    only: mean.f\n    cite: own\n",
        {"bibliography": "docs/refs.bib"},
        ["page.md, line 1:", "'cite' is for a whole file"],
    ),
}


@pytest.mark.parametrize("block, options, expected", WRONG.values(), ids=WRONG)
def test_what_cannot_be_offered_stops_the_build(project, block, options, expected):
    (project.root / "docs/bin").write_bytes(b"\xff\xfe")
    with pytest.raises(PageError) as caught:
        project.render(page(block), **options)
    for part in expected:
        assert part in str(caught.value)


# ## The copies


def test_a_copy_is_the_file_byte_for_byte_and_renewed_with_the_page(project, monkeypatch):
    (project.root / "pkg/mean.py").write_bytes(data := b"x = 1\r\n# coding: \xc3\xa4")
    project.write("docs/page.md", page())
    copied(project, monkeypatch)
    copy = project.root / "docs/assets/source/pkg/mean.py.txt"
    assert copy.read_bytes() == data
    project.write("pkg/mean.py", "y = 2\n")
    project.render(page(), sources="assets/source")
    assert copy.read_bytes() == b"y = 2\n"


def test_copies_go_with_their_pages_and_excerpts_have_none(project, monkeypatch, capsys):
    project.write("docs/page.md", page())
    copied(project, monkeypatch)
    assert "1 sources copied, 0 removed" in capsys.readouterr().out
    copied(project, monkeypatch)
    assert "0 sources copied, 0 removed" in capsys.readouterr().out
    project.write("docs/page.md", page("    only: mean.f\n"))
    copied(project, monkeypatch)
    assert "0 sources copied, 1 removed" in capsys.readouterr().out
    assert not (project.root / "docs/assets/source/pkg/mean.py.txt").exists()


REFUSED = {
    "a file of someone else": ("docs", "docs", "docs/page.md: this is not a copy"),
    "no pages": ("pkg", "pkg/source", "pkg: no pages here"),
}


@pytest.mark.parametrize("docs, folder, message", REFUSED.values(), ids=REFUSED)
def test_the_command_names_what_is_wrong_and_writes_nothing(
    project, monkeypatch, capsys, docs, folder, message
):
    project.write("docs/page.md", page())
    before = sorted(project.root.rglob("*"))
    monkeypatch.chdir(project.root)
    assert main(["sources", docs, folder]) == 2
    assert message in capsys.readouterr().err
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.parametrize("path", ["pkg/none.py", "../secret.py"])
def test_a_file_that_cannot_be_shown_is_not_copied(project, monkeypatch, capsys, path):
    (project.root.parent / "secret.py").write_text("password = 1\n")
    project.write("docs/page.md", f"Text.\n\n/// sidenotes | {path}\n///\n")
    monkeypatch.chdir(project.root)
    assert main(["sources", "docs", "docs/assets/source"]) == 2
    assert f"docs/page.md, line 3: no such file in the project: '{path}'" in capsys.readouterr().err


# ## Bibliographies


def test_the_example_of_the_guide_is_so():
    failed, tried = doctest.testmod(bibliography)
    assert tried and not failed


def test_an_entry_is_shown_as_it_stands_in_the_file():
    text = '@comment{a {b}}\n@Book {k:1,\n  title = "{The}\n {\\"o}",\n}, and @misc{z,}\n'
    assert parse(text, "x.bib") == {
        "k:1": '@Book {k:1,\n  title = "{The}\n {\\"o}",\n}',
        "z": "@misc{z,}",
    }


MALFORMED = {
    "not closed": ("\n@book{a,\n title = {x}\n", "x.bib, line 2: .*not closed"),
    "no key": ("@book{title = {x}}", "x.bib, line 1: .*no key"),
    "empty key": ("@book{,title = {x}}", "x.bib, line 1: .*no key"),
    "twice": ("@book{a,}\n@misc{a,}", "x.bib, line 2: .*'a'.* second time"),
    "macro": ("@string{a = {x}}", "x.bib, line 1: '@string{' is not read"),
    "parentheses": ("@book(a,)", r"x.bib, line 1: '@book\(' is not read"),
}


@pytest.mark.parametrize("text, message", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_bibliography_is_refused_with_its_line(text, message):
    with pytest.raises(PageError, match=message):
        parse(text, "x.bib")


# ## This project's own

REQUIRED = {
    "inproceedings": {"author", "title", "booktitle", "year", "url"},
    "article": {"author", "title", "journal", "year", "url"},
    "misc": {"author", "title", "version", "note"},
}
OWN = parse((ROOT / "docs/references.bib").read_text("utf-8"), "references.bib")


def fields(entry):
    """The fields of an entry: `name = {value}`, one on a line or on several."""
    head, _, body = entry.partition(",")
    found = dict(re.findall(r"(?ms)^  (\w+) *= \{(.*?)\},$", body))
    rest = re.sub(r"(?ms)^  \w+ *= \{.*?\},$", "", body)
    assert re.fullmatch(r"\s*\}", rest), rest
    return head.partition("{")[0].strip("@").lower(), found


@pytest.mark.parametrize("key", OWN)
def test_each_entry_has_what_its_kind_requires(key):
    kind, found = fields(OWN[key])
    assert REQUIRED[kind] <= found.keys()
    for value in found.values():
        assert value.strip() and value.count("{") == value.count("}")


def test_the_entry_of_the_package_has_its_version():
    about = (ROOT / "pyproject.toml").read_text("utf-8")
    (version,) = re.findall('^version = "(.*)"$', about, re.M)
    _, found = fields(OWN["labml_optim"])
    assert found["version"] == version and version in found["note"]


CITING = sorted({*re.findall(r"(?:abs/|id=)([\w.-]+)", "".join(OWN.values()))})


def test_each_paper_has_one_entry():
    assert len(CITING) == len(OWN) - 1


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs/optimizers").glob("*.md")), ids=lambda p: p.stem
)
def test_the_page_of_an_optimizer_cites_the_paper_that_its_module_names_first(path):
    block = re.search(r"^/// sidenotes \| (\S+)\n((?: .*\n)*)", path.read_text("utf-8"), re.M)
    if not block:
        assert path.stem == "index"
        return
    head = (ROOT / block[1]).read_text("utf-8").partition('"""')[2].partition('"""')[0]
    named = re.search(r"(?:arxiv\.org/abs/|openreview\.net/forum\?id=)([\w.-]+)", head)
    keys = re.findall(r"cite: (\S+)", block[2])
    assert [named[1] in OWN[key] for key in keys] == [True] if named else keys == []
