"""A formula bears a mark if, and only if, the report is of the text that the page shows."""

import json
import re
from hashlib import sha256

import pytest
from rendering import Project

from sidenotes.errors import PageError

SOURCE = '''r"""
# Mean

$$
\\begin{align*}
& m_0 \\leftarrow 0 \\\\
& \\text{for each gradient } g_t\\text{:} \\\\
& \\quad m_t \\leftarrow m_{t-1} + g_t
\\end{align*}
$$

$$a = b$$

$$c = d$$
"""


def f(m, g):
    """Add."""
    # $$m_t \\leftarrow m_{t-1} + g_t$$
    m = m + g
    # $$x_t \\leftarrow m_t$$
    return m
'''


ALGORITHM = SOURCE.split("$$")[1].strip()


def badge(line, tex, sign="✓", words="Compared with `m`: 7 times.", wrong=False):
    label = {"✓": "Checked", "∴": "A derivation", "?": "Not checked", "✗": "Does not hold"}[sign]
    return {
        **{"line": line, "tex": tex, "sign": sign},
        **{"label": label, "words": words, "wrong": wrong},
    }


BADGES = [
    badge(5, ALGORITHM, words="Run as a program: 3 runs. torch 9.9, device <abacus>."),
    badge(12, "a = b", "∴"),
    badge(14, "c = d", "?"),
    badge(20, r"m_t \leftarrow m_{t-1} + g_t"),
]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def report(project, badges=BADGES, text=SOURCE):
    file = {"sha256": sha256(text.encode()).hexdigest(), "badges": badges}
    whole = {"summary": "7 formulas hold, <all> of them.", "files": {"pkg/mean.py": file}}
    project.write("report.json", json.dumps(whole))


def signs(html):
    shown = re.findall(
        r'<button[^>]*class="sn-badge"[^>]*>(.)|<div class="sn-wrong"[^>]*><b>(.)', html
    )
    return [badge or wrong for badge, wrong in shown]


def test_each_display_bears_its_own_mark(project):
    report(project)
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "?", "✓"]
    assert 'aria-label="A derivation" title="A derivation" data-search-exclude>∴</button>' in html
    assert "3 runs. torch 9.9, device &lt;abacus&gt;." in html
    assert "Compared with <code>m</code>: 7 times." in html


def test_a_display_on_another_line_or_with_another_text_is_bare(project):
    first, *rest = BADGES
    for other in ({**first, "line": 8}, {**first, "tex": "m_0"}):
        report(project, [other, *rest])
        assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == ["∴", "?", "✓"]


def test_a_report_of_another_text_says_nothing(project):
    report(project, text=SOURCE + "\n")
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []


def test_without_a_report_formulas_are_bare(project):
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []
    assert signs(project.show(SOURCE, "pkg/mean.py")) == []


def test_a_report_that_is_not_there_is_named(project, caplog):
    project.show(SOURCE, "pkg/mean.py")
    assert not caplog.records
    project.show(SOURCE, "pkg/mean.py", checked="reports/none.json")
    (message,) = caplog.messages
    assert "checked: there is no" in message and "reports/none.json" in message
    assert "sidenotes check --json" in message


def test_where_anything_that_was_read_has_changed_no_formula_has_a_mark(project):
    report(project)
    whole = json.loads((project.root / "report.json").read_text("utf-8"))
    runs = project.write("runs.py", "one")
    whole["inputs"] = {"runs.py": sha256(b"one").hexdigest()}
    project.write("report.json", json.dumps(whole))

    def shown():
        html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
        return signs(html), project.render("/// totals\n///\n", checked="report.json")

    marks, totals = shown()
    assert marks == ["✓", "∴", "?", "✓"] and "7 formulas hold" in totals
    runs.write_text("two", encoding="utf-8")
    marks, totals = shown()
    assert marks == [] and "since then the code has changed" in totals
    runs.unlink()
    assert shown()[0] == []
    runs.write_text("one", encoding="utf-8")
    assert shown()[0] == ["✓", "∴", "?", "✓"]


def test_the_totals_are_those_of_the_report(project):
    assert "were not checked" in project.render("/// totals\n///\n", checked="report.json")
    report(project)
    html = project.render("/// totals\n///\n", "more.md", checked="report.json")
    assert "7 formulas hold, &lt;all&gt; of them." in html


def test_what_does_not_hold_is_shown_with_its_message(project):
    text = "v is 2.0, not <3.0>\n    in draw 7"
    report(project, BADGES[:-1] + [badge(20, BADGES[-1]["tex"], "✗", text, wrong=True)])
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "?", "✗"]
    # It is said without a press on anything.
    assert html.count("sn-wrong") == 1 and "<b>✗ Does not hold</b>" in html
    assert "v is 2.0, not &lt;3.0&gt;<br>    in draw 7" in html


def test_what_is_no_report_is_named(project):
    project.write("report.json", "{")
    with pytest.raises(PageError, match="report.json: not a report"):
        project.show(SOURCE, "pkg/mean.py", checked="report.json")


def test_a_report_of_another_version_is_named(project):
    project.write("report.json", json.dumps({"files": {}}))
    with pytest.raises(PageError, match="report.json: not a report.*: it was made by another"):
        project.show(SOURCE, "pkg/mean.py", checked="report.json")
