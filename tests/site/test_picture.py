"""The picture in the README shows the site as it is."""

import re
from pathlib import Path

import picture

ROOT = Path(__file__).parents[2]


def test_the_picture_is_fresh(site):
    assert picture.noted(picture.PICTURE) == picture.digest(site), "run `make picture`"


def test_the_readme_shows_it():
    assert "(docs/assets/page.png)" in (ROOT / "README.md").read_text("utf-8")


def changed(site, tmp_path, old, new, name=picture.PAGE):
    """The digest of a site in which a file is another one."""
    for each in (picture.PAGE, "assets/sidenotes/sidenotes.css"):
        target = tmp_path / each
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (site / each).read_text("utf-8")
        target.write_text(re.sub(old, new, text) if each == name else text, "utf-8")
        assert each != name or target.read_text("utf-8") != text
    return picture.digest(tmp_path)


def test_a_change_of_a_line_a_note_or_the_style_makes_it_stale(site, tmp_path):
    before = picture.digest(site)
    assert changed(site, tmp_path, "under_root", "below") != before
    assert changed(site, tmp_path, "Adam divides by", "Adam scales by") != before
    assert changed(site, tmp_path, "{", "{color:red;", "assets/sidenotes/sidenotes.css") != before


def test_numbers_of_lines_and_the_name_of_the_machine_do_not(site, tmp_path):
    before = picture.digest(site)
    assert changed(site, tmp_path, "device cpu", "device cuda") == before
    assert changed(site, tmp_path, r'(?<=["#]L)2(?=\d\d")', "9") == before
