"""Figures are legible in both schemes and at each width, and their values can be opened."""

from pathlib import Path

import pytest

LOOK = Path(__file__).with_name("figures.js").read_text("utf-8")
PAGES = [
    "notes/m_hat.html",
    "notes/belief.html",
    "notes/step_bound.html",
    "notes/rectification.html",
    "notes/two_forms.html",
    "notes/counter_example.html",
    "notes/decay.html",
    "notes/nesterov.html",
    "optimizers/nadam.html",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_lines_and_words_are_seen_and_nothing_is_cut_off(browser, address, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    lines = 0
    for name in PAGES:
        page.goto(address + name, wait_until="load")
        seen = page.evaluate(LOOK)
        assert seen["found"] == [], name
        lines += seen["lines"]
    assert lines > 60
    context.close()


def test_the_values_of_a_figure_open_as_a_table_that_scrolls_inside(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + "notes/m_hat.html")
    box = page.locator(".sn-values").first
    table = box.locator("table")
    assert not table.is_visible()
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert table.locator("thead th[scope=colgroup]").count() == 3
    assert table.locator("thead th[scope=col]").count() == 10
    assert 8 <= table.locator("tbody th[scope=row]").count() <= 15
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
