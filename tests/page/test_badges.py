"""A formula bears a mark if, and only if, the report is of the text that the page shows."""

import json
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


def entry(line, tex, kind, state="passed", checks=7, runs=3, error=2e-13, remark="m"):
    return {
        "line": line,
        "tex": tex,
        "kind": kind,
        "state": state,
        "checks": checks,
        "runs": runs,
        "subjects": ["Mean"] if kind == "claim" else [],
        "flags": ["fast"] if kind == "claim" else [],
        "error": error,
        "remark": remark,
        "problem": "",
    }


FORMULAS = [
    entry(6, r"m_0 \leftarrow 0", "row", error=0.0),
    entry(7, r"\text{for each gradient } g_t\text{:}", "row", error=0.0),
    entry(8, r"m_t \leftarrow m_{t-1} + g_t", "row"),
    entry(12, "a = b", "derivation", "backed", checks=0),
    entry(14, "c = d", "derivation", "unchecked", checks=0),
    entry(20, r"m_t \leftarrow m_{t-1} + g_t", "claim", checks=1234),
]
COUNTS = {"claims": 1, "rows": 3, "passed": 4, "definitions": 0, "derivations": 2}
COUNTS |= {"compared": 0, "backed": 1, "unchecked": 1, "opinions": 0}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def report(project, formulas=FORMULAS, text=SOURCE):
    file = {
        "sha256": sha256(text.encode()).hexdigest(),
        "counts": COUNTS,
        "formulas": formulas,
    }
    about = {"torch": "9.9", "device": "<abacus>"}
    project.write(
        "report.json", json.dumps({"about": about, "runs": 5, "files": {"pkg/mean.py": file}})
    )


def signs(html):
    return [part.partition("</summary>")[0][-1] for part in html.split("<summary aria-label=")[1:]]


def test_each_display_bears_the_mark_of_its_own_formulas(project):
    report(project)
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "?", "✓"]
    assert "3 runs" in html and "1,234 times" in html and "of Mean, as fast decides" in html
    assert "2e-13" in html and "torch 9.9, device &lt;abacus&gt;" in html


def test_a_report_of_another_text_says_nothing(project):
    report(project, text=SOURCE + "\n")
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []


def test_without_a_report_formulas_are_bare(project):
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []
    assert signs(project.show(SOURCE, "pkg/mean.py")) == []


def test_the_totals_are_counted(project):
    assert "were not checked" in project.render("/// totals\n///\n", checked="report.json")
    report(project)
    html = project.render("/// totals\n///\n", "more.md", checked="report.json")
    assert "4 formulas, 1 of them beside their line and 3 rows" in html
    assert "5 runs" in html and "2e-13" in html and "do not hold" not in html
    assert "Of 2 equations in derivations, 0 were evaluated and 1 are backed by a test" in html
    assert "1 formulas are unchecked, and 0 are opinions" in html


def test_what_does_not_hold_is_shown_with_its_message(project):
    text = "v is 2.0, not <3.0>\n    in draw 7"
    report(project, FORMULAS[:-1] + [{**FORMULAS[-1], "state": "failed", "problem": text}])
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "?", "✗"]
    assert html.count("sn-wrong") == 1 and '<details class="sn-mark sn-wrong" open>' in html
    assert "v is 2.0, not &lt;3.0&gt;<br>    in draw 7" in html
    totals = project.render("/// totals\n///\n", "more.md", checked="report.json")
    assert "1 formulas do not hold." in totals


def test_of_a_derivation_it_is_told_what_it_was_compared_with(project):
    compared = entry(12, "a = b", "derivation", checks=40, remark="half()")
    evaluated = entry(14, "c = d", "derivation", checks=50, remark="")
    report(project, [*FORMULAS[:3], compared, evaluated, FORMULAS[-1]])
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "∴", "✓"]
    assert "Compared with <code>half()</code>, which the example below defines: 40 times" in html
    assert "Compared with what the algorithm makes: 50 times" in html


def test_an_opinion_is_marked_as_one(project):
    report(project, [*FORMULAS[:4], entry(14, "c = d", "opinion", "opinion"), FORMULAS[-1]])
    html = project.show(SOURCE, "pkg/mean.py", checked="report.json")
    assert signs(html) == ["✓", "∴", "“", "✓"] and "What the author thinks" in html


def test_what_is_no_report_is_named(project):
    project.write("report.json", "{")
    with pytest.raises(PageError, match="report.json: not a report"):
        project.show(SOURCE, "pkg/mean.py", checked="report.json")
