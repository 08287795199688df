"""The page shows what the data says, and no figure on it is typed by hand."""

import json
import re
from pathlib import Path

import pytest
from rendering import Project, Tree

from checks.peers.block import PeersExtension, number
from checks.peers.rows import DATA, load
from sidenotes.errors import PageError

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/notes/adabeliefs.md"
BLOCK = "/// peers | docs/peers.jsonl\n///\n"
FIRST = {
    "peer": "abacus",
    "versions": {"abacus": "7.1", "beads": "2.0"},
    "theirs": "Bead(_a_)",
    "ours": "AdaBelief(params)",
    "as_called": 0.0,
    "visible": 2.4e-13,
}
ROWS = [
    FIRST,
    {**FIRST, "theirs": "Bead(b)", "as_called": 0.5, "apart": "`b` *is* blue"},
    {**FIRST, "theirs": "Bead(c)", "as_called": 4e-9, "single": True, "writes": True, "note": "n"},
    {**FIRST, "peer": "other", "versions": {"other": "3"}, "visible": 0.0},
]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, [PeersExtension(root=str(tmp_path))])


def render(project, rows=ROWS, block=BLOCK):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    project.write("docs/peers.jsonl", "\n".join(lines))
    return Tree(project.render(block))


def texts(tree, tag, **attributes):
    return [text.strip() for _, _, text in tree.all(tag, **attributes)]


def test_a_row_for_each_peer_and_below_it_all_its_calls(project):
    tree = render(project)
    cells = texts(tree, "td")
    assert texts(tree, "th", scope="row") == ["abacus 7.1", "other 3"]
    summary = ["Bead(_a_)", "AdaBelief(params)", "2.4e-13", "2 of 3 have one of ours, 4.0e-9"]
    assert cells[:4] == summary
    assert cells[4:8] == ["Bead(_a_)", "AdaBelief(params)", "0", "1 of 1 have one of ours, 0"]
    calls = ["AdaBelief(params)", "0.5", "2.4e-13", "no call of ours: b is blue"]
    assert cells[13:18] == ["Bead(b)", *[c.replace("0.5", "5.0e-1") for c in calls]]
    assert cells[18:23][2:] == [
        "4.0e-9",
        "2.4e-13",
        "the same; n; writes into the gradient; its hyper-parameters are float32",
    ]
    assert texts(tree, "summary") == [
        "All calls of abacus 7.1, run with beads 2.0",
        "All calls of other 3",
    ]


def test_calls_are_code_and_remarks_are_markdown(project):
    tree = render(project)
    codes = texts(tree, "code")
    assert codes[0] == "Bead(_a_)" and "b" in codes
    assert texts(tree, "em") == ["is"]


def test_the_search_finds_the_overview_alone(project):
    folded = [a for _, a, _ in render(project).all("details")]
    assert folded and all("data-search-exclude" in attributes for attributes in folded)


def test_a_peer_that_none_of_our_calls_matches(project):
    tree = render(project, [{**FIRST, "as_called": 1.0, "apart": "x"}])
    assert "0 of 1 have one of ours" in texts(tree, "td")


def test_nothing_is_fetched_and_no_script_runs(project):
    tree = render(project)
    assert not [t for t, a, _ in tree.elements if t == "script" or "src" in a or "href" in a]


WRONG = {
    "no file": (ROWS, BLOCK.replace("peers.j", "pears.j"), ["no such file", "peers.jsonl"]),
    "no rows": ([], BLOCK, ["no rows", "make peers"]),
    "not JSON": ([FIRST, "{"], BLOCK, ["peers.jsonl, line 2: "]),
    "unknown key": ([{**FIRST, "vizible": 1}], BLOCK, ["line 1: ", "vizible"]),
    "no argument": (ROWS, "/// peers\n///\n", ["'peers'"]),
}


@pytest.mark.parametrize("rows, block, said", WRONG.values(), ids=WRONG)
def test_what_is_wrong_stops_the_build(project, rows, block, said):
    with pytest.raises(PageError) as caught:
        render(project, rows, f"Text.\n\n{block}")
    for part in said:
        assert part in str(caught.value)


# ## The page itself


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("page"), [PeersExtension(root=str(ROOT))])
    return Tree(project.render(PAGE.read_text("utf-8")))


def test_the_page_has_every_figure_call_and_version_of_the_data(page):
    cells, codes = texts(page, "td"), texts(page, "code")
    for row in load(DATA):
        assert row.theirs in codes and row.ours in codes, row
        assert number(row.as_called) in cells and number(row.visible) in cells, row
        assert f"{row.peer} {row.versions[row.peer]}" in texts(page, "th", scope="row"), row
        beside = {name: version for name, version in row.versions.items() if name != row.peer}
        shown = f"All calls of {row.peer} {row.versions[row.peer]}, run with "
        shown += ", ".join(f"{name} {version}" for name, version in beside.items())
        assert shown in texts(page, "summary"), row


def test_no_remark_is_shown_with_its_marks(page):
    remarks = [cell for cell in texts(page, "td") if re.match("the same|no call of ours", cell)]
    assert len(remarks) == len(load(DATA))
    assert [remark for remark in remarks if re.search(r"[$`*\\]", remark)] == []


def test_no_version_and_no_difference_is_typed_into_the_page():
    text = re.sub(r"\]\([^)]*\)", "]", PAGE.read_text("utf-8"))
    assert not re.findall(r"\d+\.\d+|\d+e-?\d+", text)


def test_what_the_page_says_in_words_is_said_of_the_packages_that_were_run():
    text = PAGE.read_text("utf-8")
    named = re.findall(r"^\| \[([\w-]+)\]", text, re.MULTILINE)
    assert named == list(dict.fromkeys(row.peer for row in load(DATA)))


def test_the_number_of_implementations_is_the_number_that_is_run():
    number_of = len({row.peer for row in load(DATA)})
    word = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"][number_of]
    for path in (PAGE, ROOT / "docs/notes/two_forms.py"):
        text = " ".join(path.read_text("utf-8").split())
        found = re.findall(r"(\w+) published implementations", text)
        assert found and {"the", word} >= set(found), (path.name, found)
