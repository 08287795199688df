"""Every page is opened in Chromium: wide and narrow, light and dark, without scripts."""

import re
from pathlib import Path

import pytest
from building import ROOT
from sidenotes import source

WIDE, NARROW = 1280, 390
CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")

# The text of the page that is neither code nor a formula.
PROSE = """() => {
  const texts = [];
  const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest("code, pre, script, style, .katex"))
      texts.push(walk.currentNode.data);
  return texts.join(" ");
}"""

# Where the two sides of each row with a note and code stand.
ROWS = """() => [...document.querySelectorAll(".sn-row")].map((row) => {
  const [note, code] = [row.querySelector(".sn-note"), row.querySelector(".sn-code pre")];
  if (!note || !code || !note.innerText.replace("#", "").trim()) return null;
  const [a, b] = [note, code].map((side) => side.getBoundingClientRect());
  const box = (x) => [x.left, x.top, x.right, x.bottom];
  return { row: note.id || row.id, note: box(a), code: box(b) };
}).filter(Boolean)"""

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def window(browser, address):
    """Opens windows that the module shares, each with its own settings."""
    opened = {}

    def get(width=WIDE, **settings):
        key = (width, *sorted(settings.items()))
        if key not in opened:
            size = {"width": width, "height": 800}
            context = browser.new_context(viewport=size, base_url=address, **settings)
            context.set_default_timeout(10_000)
            opened[key] = context.new_page()
        return opened[key]

    yield get
    for page in opened.values():
        page.context.close()


def test_no_page_has_an_error_in_its_console_or_asks_a_foreign_host(browser, address, pages):
    page = browser.new_page()
    found = []
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and found.append(f"{page.url}: {m.text}"),
    )
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda r: found.append(f"{page.url}: no answer: {r.url}"))
    page.on(
        "response", lambda r: r.status >= 400 and found.append(f"{page.url}: {r.status}: {r.url}")
    )
    local = (address, "data:", "blob:")
    page.on(
        "request",
        lambda r: r.url.startswith(local) or found.append(f"{page.url}: foreign: {r.url}"),
    )
    for path in pages:
        page.goto(address + path, wait_until="networkidle")
    page.close()
    assert found == []


def test_no_formula_is_left_as_text(window, pages):
    page, found = window(), []
    for path in pages:
        page.goto(path)
        text = page.evaluate(PROSE)
        assert text.strip(), path
        found += [
            f"{path}: {match}" for match in re.findall(r".{0,20}(?:\$|\\[A-Za-z]+).{0,20}", text)
        ]
    assert found == []


def test_notes_stand_beside_the_code_on_a_wide_window(window, pages):
    page, rows = window(), 0
    for path in pages:
        page.goto(path)
        for row in page.evaluate(ROWS):
            rows += 1
            note, code = row["note"], row["code"]
            assert note[2] <= code[0] + 1, f"{path}: {row}"
            assert note[1] < code[3] and code[1] < note[3] + 1, f"{path}: {row}"
        assert page.evaluate(SIDEWAYS) <= 0, path
    assert rows > 100


def test_notes_stand_above_the_code_on_a_phone_and_nothing_scrolls_sideways(window, pages):
    page = window(NARROW)
    for path in pages:
        page.goto(path)
        for row in page.evaluate(ROWS):
            assert row["note"][3] <= row["code"][1] + 1, f"{path}: {row}"
            assert row["note"][2] <= NARROW, f"{path}: {row}"
        assert page.evaluate(SIDEWAYS) <= 0, path


def test_pages_can_be_read_without_scripts(window):
    for width in (WIDE, NARROW):
        page = window(width, java_script_enabled=False)
        page.goto("optimizers/adam.html")
        assert page.get_by_text("Gradient descent has one learning rate").is_visible()
        assert page.locator(".sn-display .katex-html").first.is_visible()
        line = page.locator(".sn-line", has_text="def get_mv").first
        assert line.is_visible()
        # Not merely there: in its place in the flow, with ink on it.
        assert line.bounding_box()["height"] > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_the_contrast_of_level_aa(scheme, window, pages):
    page, found = window(color_scheme=scheme), []
    for path in pages:
        page.goto(path)
        expected = {"light": "default", "dark": "slate"}[scheme]
        assert page.evaluate("document.body.dataset.mdColorScheme") == expected
        result = page.evaluate(CONTRAST)
        assert result["texts"] > 10, path
        found += [f"{path}: {text}" for text in result["poor"]]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_new_and_epsilon_have_colours_of_their_own(scheme, window):
    page = window(color_scheme=scheme)
    page.goto("optimizers/adabelief.html")
    colour = "e => getComputedStyle(e).color"
    plain = page.locator("article .katex-html").first.evaluate(colour)
    new, eps = (
        page.locator(f".katex-html .sn-{name}").first.evaluate(colour) for name in ("new", "eps")
    )
    assert len({plain, new, eps}) == 3


LOOK = """e => {
  const style = getComputedStyle(e);
  return [style.color, style.backgroundColor, style.outline, style.boxShadow].join();
}"""


def test_pointing_at_a_symbol_lights_its_partner_up(window):
    page = window()
    page.goto("optimizers/adam.html")
    formula = page.locator('.sn-note .katex-html [data-symbol="m_t"]').first
    code = page.locator('.sn-code [data-symbol="m_t"]').first
    other = page.locator('.sn-code [data-symbol="v_t"]').first
    for pointed, partner in ((formula, code), (code, formula)):
        page.mouse.move(0, 0)
        page.wait_for_timeout(400)
        before, before_other = partner.evaluate(LOOK), other.evaluate(LOOK)
        pointed.hover()
        page.wait_for_timeout(400)
        assert partner.evaluate(LOOK) != before
        assert other.evaluate(LOOK) == before_other


def test_search_finds_a_word_that_stands_only_in_a_note(window):
    only = "Cauchy"
    assert only in source.read(ROOT / "labml_optim/adam.py")
    assert not any(only in path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    page = window()
    page.goto("index.html")
    page.keyboard.press("/")
    page.keyboard.type(only, delay=20)
    result = page.locator(".md-search-result__item a").first
    result.wait_for()
    assert "optimizers/adam.html" in result.get_attribute("href")


def test_a_link_to_a_section_or_a_line_brings_it_into_view(window):
    lines = source.definitions(source.read(ROOT / "labml_optim/adam.py"), "adam")
    page = window()
    for anchor in ("adam.Adam.get_mv", f"L{lines['adam.Adam.step_param']}"):
        page.goto("index.html")
        page.goto(f"optimizers/adam.html#{anchor}")
        page.wait_for_timeout(200)
        box = page.locator(f'[id="{anchor}"]').bounding_box()
        assert 0 <= box["y"] < 400, anchor


def test_the_contents_open_with_the_mouse_and_with_the_keyboard(window):
    page = window()
    page.goto("optimizers/adam.html")
    entry = page.locator(".md-sidebar--secondary a", has_text="How far can a step go?").first
    control = page.locator("label.sn-contents")
    assert not entry.is_visible()
    control.click()
    entry.wait_for(state="visible")
    control.click()
    entry.wait_for(state="hidden")
    page.keyboard.press("c")
    entry.wait_for(state="visible")
    page.keyboard.press("c")
    entry.wait_for(state="hidden")
