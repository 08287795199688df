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
    }


FORMULAS = [
    entry(6, r"m_0 \leftarrow 0", "row", error=0.0),
    entry(7, r"\text{for each gradient } g_t\text{:}", "row", error=0.0),
    entry(8, r"m_t \leftarrow m_{t-1} + g_t", "row"),
    entry(12, "a = b", "derivation", checks=0),
    entry(14, "c = d", "derivation", "unchecked", checks=0),
    entry(20, r"m_t \leftarrow m_{t-1} + g_t", "claim", checks=1234),
]
COUNTS = {"claims": 1, "rows": 3, "passed": 4, "definitions": 0, "derivations": 2, "unchecked": 1}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def report(project, text=SOURCE):
    file = {
        "sha256": sha256(text.encode()).hexdigest(),
        "counts": COUNTS,
        "formulas": FORMULAS,
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
    report(project, SOURCE + "\n")
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []


def test_without_a_report_formulas_are_bare(project):
    assert signs(project.show(SOURCE, "pkg/mean.py", checked="report.json")) == []
    assert signs(project.show(SOURCE, "pkg/mean.py")) == []


def test_the_totals_are_counted(project):
    assert "were not checked" in project.render("/// totals\n///\n", checked="report.json")
    report(project)
    html = project.render("/// totals\n///\n", "more.md", checked="report.json")
    assert "4 formulas, 1 of them beside their line and 3 rows" in html
    assert "5 runs" in html and "2e-13" in html and "1 formulas are unchecked" in html


def test_what_is_no_report_is_named(project):
    project.write("report.json", "{")
    with pytest.raises(PageError, match="report.json: not a report"):
        project.show(SOURCE, "pkg/mean.py", checked="report.json")
