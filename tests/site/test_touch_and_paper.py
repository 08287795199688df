"""A page under a finger, on paper, and how little a lit symbol costs."""

import re

import pytest


def test_a_tap_lights_a_symbol_and_a_tap_elsewhere_puts_it_out(browser, address):
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto("optimizers/adabelief.html")
    symbol = page.locator('.sn-first .katex-html [data-symbol="e_t"]').first
    symbol.tap()
    code = page.locator('.sn-first .sn-code [data-symbol="e_t"].sn-lit')
    assert code.count() >= 2
    page.locator(".sn-idea").tap(position={"x": 5, "y": 5})
    assert code.count() == 0
    context.close()


def test_a_lit_symbol_touches_nothing_but_its_own_elements(page):
    page.goto("optimizers/adabelief.html")
    page.wait_for_timeout(2600)
    touched = page.evaluate(
        """async () => {
        const found = [];
        const watch = new MutationObserver((list) => found.push(...list.map((m) => m.target)));
        const all = { subtree: true, attributes: true, childList: true };
        watch.observe(document.documentElement, all);
        const symbol = document.querySelector('.sn-first .katex-html [data-symbol="s_t"]');
        symbol.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        await new Promise(requestAnimationFrame);
        watch.disconnect();
        return [found.length, new Set(found.map((e) => e.dataset?.symbol))]
          .map((x) => (x instanceof Set ? [...x] : x));
        }"""
    )
    assert touched[0] > 5 and touched[1] == ["s_t"]
    # No rule asks what the pointer is on: that would look through the whole page for each move.
    rules = page.evaluate(
        """() => [...document.styleSheets].flatMap((s) => [...s.cssRules])
        .map((r) => r.selectorText ?? "").filter((s) => /:has\\([^)]*:(hover|focus)/.test(s))"""
    )
    assert [rule for rule in rules if "sn-" in rule] == []


@pytest.mark.parametrize(("landscape", "most"), [(True, 8), (False, 8)])
def test_adabelief_prints_on_at_most_eight_pages(page, landscape, most):
    page.goto("optimizers/adabelief.html")
    data = page.pdf(format="A4", landscape=landscape)
    count = len(re.findall(rb"/Type\s*/Page\b", data))
    assert 3 <= count <= most


def test_paper_has_notes_beside_the_code_in_landscape_and_nothing_that_is_pressed(page):
    # A4 across, at 96 dots an inch, without its margins.
    page.set_viewport_size({"width": 1030, "height": 700})
    page.emulate_media(media="print")
    page.goto("optimizers/adabelief.html")
    row = page.locator(".sn-page > .sn-body .sn-row", has=page.locator(".sn-note .sn-display")).last
    note, code = (row.locator(f".{name}").bounding_box() for name in ("sn-note", "sn-code"))
    assert note["x"] + note["width"] <= code["x"] and abs(note["y"] - code["y"]) < 30
    for name in (".sn-actions", ".sn-badge", ".sn-copy", ".md-tabs", ".md-footer"):
        assert not page.locator(name).first.is_visible(), name


def test_links_in_texts_are_underlined(page):
    for path in ("optimizers/adabelief.html", "use/training.html", "notes/m_hat.html"):
        page.goto(path)
        plain = page.evaluate(
            """() => [...document.querySelectorAll("article p a[href]:not(.sn-num, .headerlink)")]
            .filter((a) => !a.closest(".sn-actions, .sn-file, .sn-totals") && a.checkVisibility())
            .filter((a) => !getComputedStyle(a).textDecorationLine.includes("underline"))
            .map((a) => a.textContent)"""
        )
        assert plain == [], path


def test_headings_are_named_by_their_words_and_formulas_alone(page):
    page.goto("notes/m_hat.html")
    assert page.get_by_role("heading", name="Should it be m̂ₜ?", exact=True).count() == 1
    page.goto("use/training.html")
    assert page.get_by_role("heading", name="Gradient accumulation", exact=True).count() == 1
