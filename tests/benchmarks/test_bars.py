"""A figure has the numbers of its file, twice; a wrong file stops the build at its line."""

import json

import pytest
from rendering import Project, Tree

from benchmarks.bars import BarsExtension
from sidenotes.errors import PageError

ABOUT = {"about": {"device": "abacus", "beads": 7}}
FULL = {
    "figure": "time",
    "panel": "small",
    "label": "our_own_",
    "value": 1234.5,
    "low": 1000,
    "high": 2000,
    "unit": "ms",
    "note": "a *word*",
    "at_most": 2500,
    "mark": True,
}
ROWS = [
    ABOUT,
    FULL,
    {"figure": "time", "panel": "small", "label": "theirs", "value": 2469, "at_least": 2500},
    {"figure": "time", "panel": "large", "label": "theirs", "value": 0},
    {"figure": "time", "panel": "large", "label": "late", "value": 3},
    {"figure": "space", "panel": "small", "label": "ours", "value": 1},
]
BLOCK = "/// bars | docs/data.jsonl\n    figure: time\n\nThe *caption*, $x$.\n///\n"


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, [BarsExtension(root=str(tmp_path))])


def render(project, rows=ROWS, text=BLOCK):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    project.write("docs/data.jsonl", "\n".join(lines))
    return Tree(project.render(text))


def texts(tree, tag="", **attributes):
    return [text.strip() for _, _, text in tree.all(tag, **attributes)]


def test_the_table_has_all_numbers_of_the_figure_and_no_others(project):
    tree = render(project)
    assert texts(tree, "th") == ["", "small", "large", "our_own_", "theirs", "late"]
    assert texts(tree, "td") == [
        "1,234.5\N{NO-BREAK SPACE}ms (1,000 to 2,000), at most 2,500 reached, a *word*",
        "–",
        "2,469, at least 2,500 missed",
        "0",
        "–",
        "3",
    ]


def test_a_bar_is_as_long_as_its_value_and_the_largest_mark_of_a_panel_fills_it(project):
    tree = render(project)
    fills = [a["style"] for _, a, _ in tree.all(class_="sn-fill")]
    assert fills == ["width:49.38%", "width:98.76%", "width:0.00%", "width:100.00%"]
    assert [a["style"] for _, a, _ in tree.all(class_="sn-spread")] == ["left:40.00%;width:40.00%"]
    assert [a["style"] for _, a, _ in tree.all(class_="sn-tick")] == ["left:100.00%"] * 2


def test_a_panel_of_zeros_is_drawn(project):
    row = {"figure": "time", "panel": "small", "label": "ours", "value": 0}
    (fill,) = render(project, [row]).all(class_="sn-fill")
    assert fill[1]["style"] == "width:0.00%"


def test_a_goal_that_is_missed_says_so(project):
    tree = render(project)
    assert texts(tree, class_="sn-goal") == ["≤ 2,500 ✓", "≥ 2,500 ✗"]
    assert texts(tree, class_="sn-missed") == ["≥ 2,500 ✗"]


def test_bars_of_a_label_are_on_one_row_in_all_panels(project):
    tree = render(project)
    rows = [a["style"] for _, a, _ in tree.all(class_="sn-bar")]
    assert rows == ["--r:2", "--r:3", "--r:3", "--r:4"]
    # The first panel names the rows, those too that it has no bar for.
    assert texts(tree, class_="sn-elsewhere") == ["late"]


def test_the_figure_says_on_what_it_was_measured_and_what_it_shows(project):
    tree = render(project)
    assert texts(tree, class_="sn-about") == ["device abacus, beads 7"]
    (caption,) = texts(tree, "figcaption")
    assert caption.startswith("The caption, ")
    assert len(tree.all("em")) == 1


def test_the_search_and_screen_readers_get_the_table_alone(project):
    ((_, attributes, _),) = render(project).all(class_="sn-plot")
    assert attributes["role"] == "img" and "table below" in attributes["aria-label"]
    assert "data-search-exclude" in attributes


def test_nothing_is_fetched_and_no_script_runs(project):
    tree = render(project)
    assert not [t for t, a, _ in tree.elements if t == "script" or "src" in a or "href" in a]


def test_without_a_file_the_page_says_what_it_is_told_to(project):
    text = "/// bars | none.jsonl\n    missing: Not *yet*.\n\nThe caption.\n///\n"
    tree = Tree(project.render(text))
    assert texts(tree, "figure") == texts(tree, "p") == ["Not *yet*."]


def test_a_file_that_has_changed_is_read_again(project):
    render(project)
    row = {"figure": "time", "panel": "small", "label": "new", "value": 77}
    assert texts(render(project, [row]), "td") == ["77"]


def wrong(**change):
    return [ABOUT, {**FULL, **change}]


WRONG = {
    "not JSON": ([ABOUT, {}, "{"], ["data.jsonl, line 3: "]),
    "not an object": ([ABOUT, [1]], ["line 2: "]),
    "no value": ([ABOUT, {k: v for k, v in FULL.items() if k != "value"}], ["line 2: ", "value"]),
    "unknown key": (wrong(lable="x"), ["line 2: ", "lable"]),
    "no such figure": (wrong(figure="tme"), ["no figure 'time'", "'tme'"]),
    "empty": ([], ["no figure 'time'"]),
}


@pytest.mark.parametrize("rows, expected", WRONG.values(), ids=WRONG)
def test_a_wrong_file_stops_the_build(project, rows, expected):
    with pytest.raises(PageError) as caught:
        render(project, rows)
    for part in ["the block 'bars | docs/data.jsonl'", *expected]:
        assert part in str(caught.value)


PAGES = {
    "no such file": (
        "/// bars | docs/dta.jsonl\n///\n",
        ["docs/dta.jsonl", "no such file", "data"],
    ),
    "unknown option": (
        "/// bars | docs/data.jsonl\n    figur: time\n///\n",
        ["no option 'figur'", "'figure'"],
    ),
    "no argument": ("/// bars\n///\n", ["'bars'"]),
}


@pytest.mark.parametrize("text, expected", PAGES.values(), ids=PAGES)
def test_a_wrong_block_stops_the_build(project, text, expected):
    with pytest.raises(PageError) as caught:
        render(project, text=f"Text.\n\n{text}")
    for part in expected:
        assert part in str(caught.value)
