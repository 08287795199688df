"""The check finds each published slip of the museum, and says nothing once it is mended."""

import re

import pytest

from checks.museum.__main__ import PAGE, main
from checks.museum.exhibits import exhibits, verdict

SLIPS = exhibits()


@pytest.mark.parametrize("exhibit", SLIPS, ids=[exhibit.title for exhibit in SLIPS])
def test_a_published_slip_is_found_at_its_line_and_nothing_else_is(exhibit):
    found = verdict(exhibit)
    below = exhibit.module().split("\n")[found.line - 1 : found.line + 1]
    assert exhibit.formula in below[0] and exhibit.line in below[1]
    assert ", not " in found.text or "stands on both sides" in found.text, found
    assert verdict(exhibit.mended()).text == ""


def test_each_slip_has_a_public_report_of_its_own_or_another_formula():
    assert len(SLIPS) >= 30
    assert len({(exhibit.report, exhibit.formula) for exhibit in SLIPS}) == len(SLIPS)
    assert all(re.match(r"https://github\.com/[\w-]+/[\w-]+/", each.report) for each in SLIPS)


def test_the_page_shows_what_the_check_says_today(tmp_path, capsys):
    page = tmp_path / "museum.md"
    page.write_text(PAGE.read_text("utf-8"), encoding="utf-8")
    assert main(["--page", str(page)]) == 0
    assert page.read_text("utf-8") == PAGE.read_text("utf-8")
    assert f"{len(SLIPS)} slips, {len(SLIPS)} found" in capsys.readouterr().out
