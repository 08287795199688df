"""Every page is opened in Chromium: wide and narrow, light and dark, without scripts."""

import json
import re
from pathlib import Path

import pytest
from building import ROOT

from sidenotes.languages.python import syntax as source

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
SCRIPTS = {
    "prose": PROSE,
    "rows": ROWS,
    "sideways": SIDEWAYS,
    "scheme": "() => document.body.dataset.mdColorScheme",
    "contrast": CONTRAST,
}


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


@pytest.fixture(scope="module")
def wide(browser, address, pages):
    """
    What each page has to say in a wide and light window, by its path; under no path, what the
    browser complained of meanwhile.
    """
    page, found = browser.new_page(viewport={"width": WIDE, "height": 800}), {None: []}
    complain = found[None].append
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and complain(f"{page.url}: {m.text}"),
    )
    page.on("pageerror", lambda error: complain(f"{page.url}: {error}"))
    # The search loads in a worker, which the next page may cut off.
    cut = "net::ERR_ABORTED"
    page.on(
        "requestfailed",
        lambda r: r.failure == cut or complain(f"{page.url}: no answer: {r.url}"),
    )
    page.on("response", lambda r: r.status >= 400 and complain(f"{page.url}: {r.status}: {r.url}"))
    local = (address, "data:", "blob:")
    page.on(
        "request",
        lambda r: r.url.startswith(local) or complain(f"{page.url}: foreign: {r.url}"),
    )
    for path in pages:
        page.goto(address + path, wait_until="networkidle")
        found[path] = {k: page.evaluate(script) for k, script in SCRIPTS.items()}
    page.close()
    return found


def test_no_page_has_an_error_in_its_console_or_asks_a_foreign_host(wide):
    assert wide[None] == []


def test_no_formula_is_left_as_text(wide, pages):
    found = []
    for path in pages:
        text = wide[path]["prose"]
        assert text.strip(), path
        found += [
            f"{path}: {match}" for match in re.findall(r".{0,20}(?:\$|\\[A-Za-z]+).{0,20}", text)
        ]
    assert found == []


def test_notes_stand_beside_the_code_on_a_wide_window(wide, pages):
    rows = 0
    for path in pages:
        for row in wide[path]["rows"]:
            rows += 1
            note, code = row["note"], row["code"]
            assert note[2] <= code[0] + 1, f"{path}: {row}"
            assert note[1] < code[3] and code[1] < note[3] + 1, f"{path}: {row}"
        assert wide[path]["sideways"] <= 0, path
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


def test_everything_has_the_contrast_of_level_aa_in_light(wide, pages):
    enough_contrast({path: wide[path] for path in pages}, "default")


def test_everything_has_the_contrast_of_level_aa_in_the_dark(window, pages):
    page, found = window(color_scheme="dark"), {}
    for path in pages:
        page.goto(path)
        found[path] = {k: page.evaluate(SCRIPTS[k]) for k in ("scheme", "contrast")}
    enough_contrast(found, "slate")


def enough_contrast(found, scheme):
    poor = []
    for path, seen in found.items():
        assert seen["scheme"] == scheme
        assert seen["contrast"]["texts"] >= 3, path
        poor += [f"{path}: {text}" for text in seen["contrast"]["poor"]]
    assert poor == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_new_and_epsilon_have_colours_of_their_own(scheme, window):
    page = window(color_scheme=scheme)
    page.goto("optimizers/adabelief.html")
    colour = "e => getComputedStyle(e).color"
    plain = page.locator("article .katex-html").first.evaluate(colour)
    new, eps = (
        page.locator(f".katex-html .sn-{name}:not([data-idle] *)").first.evaluate(colour)
        for name in ("new", "eps")
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
    assert only in source.decode_file(ROOT / "docs/notes/step_bound.py")
    assert not any(only in path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    page = window()
    page.goto("index.html")
    page.keyboard.press("/")
    page.keyboard.type(only, delay=20)
    result = page.locator(".md-search-result__item a").first
    result.wait_for()
    assert "notes/step_bound.html" in result.get_attribute("href")


def test_a_link_to_a_section_or_a_line_brings_it_into_view(window):
    lines = source.definitions(source.decode_file(ROOT / "labml_optim/adam.py"), "adam")
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
    entry = page.locator("#sn-contents a", has_text="The update").first
    control = page.get_by_role("button", name="Contents")
    assert not entry.is_visible()
    control.click()
    entry.wait_for(state="visible")
    # The name of the method stands beside its title.
    assert entry.locator("xpath=following-sibling::code").inner_text() == "update"
    page.keyboard.press("Escape")
    entry.wait_for(state="hidden")
    page.keyboard.press("c")
    entry.wait_for(state="visible")
    entry.click()
    entry.wait_for(state="hidden")
    assert page.url.endswith("#adam.Adam.update")


def test_with_the_keyboard_alone_a_symbol_lights_up(window):
    page = window()
    page.goto("index.html")
    page.locator("article").get_by_role("link", name="Adam", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/optimizers/adam.html")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Symbols":
            break
    page.keyboard.press("Enter")
    page.locator("#sn-symbols").wait_for(state="visible")
    assert page.locator(".sn-code .sn-lit").count() == 0
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.symbol") == "m_t":
            break
    assert page.locator('.sn-code .sn-lit[data-symbol="m_t"]').count() >= 2
    page.keyboard.press("Escape")
    page.locator("#sn-symbols").wait_for(state="hidden")


def test_code_wraps_on_a_phone_and_a_formula_that_is_cut_fades_and_can_be_reached(window):
    page = window(NARROW)
    page.goto("notes/m_hat.html")
    page.wait_for_timeout(300)
    code = page.locator("article pre").all()
    assert code and all(box.evaluate("e => e.scrollWidth <= e.clientWidth") for box in code)
    page.goto("optimizers/radam.html")
    page.wait_for_timeout(300)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".sn-display")]
        .filter((e) => e.checkVisibility({ contentVisibilityAuto: true }))
        .map((e) => [
          e.scrollWidth > e.clientWidth + 2, e.classList.contains("sn-cut"), e.tabIndex])"""
    )
    assert any(cut for cut, _, _ in boxes)
    assert all((fades, index == 0) == (cut, cut) for cut, fades, index in boxes)
    box = page.locator(".sn-cut").first.element_handle()
    box.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert box.evaluate("e => e.scrollLeft") > 0


def test_paper_cuts_no_line_of_code(window, pages):
    page = window(794)
    page.emulate_media(media="print")
    cut = """() => [...document.querySelectorAll("article pre, article pre > code, .sn-line")]
      .filter((e) => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1)
      .map((e) => e.textContent.slice(0, 60))"""
    found = []
    for path in pages:
        page.goto(path)
        found += [f"{path}: {text}" for text in page.evaluate(cut)]
    assert found == []


def test_the_header_has_the_colour_of_the_paper_without_scripts(window):
    page = window(java_script_enabled=False)
    page.goto("optimizers/adam.html")
    colours = [
        page.locator(name).first.evaluate("e => getComputedStyle(e).backgroundColor")
        for name in (".md-header", "body")
    ]
    assert colours[0] == colours[1]


def test_the_search_shows_formulas_in_plain_text(window):
    page = window()
    page.goto("index.html")
    page.keyboard.press("/")
    page.keyboard.type("constant gradient no variance", delay=5)
    page.locator(".md-search-result__item", has_text="Around mₜ it is").first.wait_for()


def test_the_plain_form_of_a_formula_is_neither_seen_nor_copied(window):
    page = window()
    page.goto("optimizers/adam.html")
    plain = page.locator(".sn-note .sn-plain", has_text="mₜ").first
    box = plain.bounding_box() or {"width": 0}
    assert box["width"] == 0
    page.evaluate("e => getSelection().selectAllChildren(e)", plain.locator("..").element_handle())
    copied = page.evaluate("getSelection().toString()")
    assert "m" in copied and "mₜ" not in copied
    assert "mtm" not in "".join(copied.split()).replace("\u200b", "")


def test_each_formula_beside_code_has_a_badge_that_opens_and_moves_nothing(window, project):
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    page = window()
    for path in ("adam", "amsgrad", "radam", "weight_decay", "adabelief"):
        page.goto(f"optimizers/{path}.html")
        bare = page.evaluate(
            """() => [...document.querySelectorAll(".sn-row:not(.sn-begins) .sn-display")]
                .filter((display) => !display.parentElement.querySelector(".sn-badge")).length"""
        )
        assert bare == 0, path
    badge = page.locator(".sn-body .sn-badge").last
    badge.scroll_into_view_if_needed()
    words = page.locator(".sn-said").last
    page.wait_for_timeout(200)
    height, place = page.evaluate("document.documentElement.scrollHeight"), badge.bounding_box()
    assert not words.is_visible()
    badge.click()
    assert words.is_visible() and report["about"]["torch"] in words.inner_text()
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert badge.bounding_box() == place
    # Beside its badge, and on the screen.
    box = words.bounding_box()
    assert abs(box["y"] - place["y"]) < 300 and 0 <= box["x"] <= WIDE - box["width"]
    page.keyboard.press("Escape")
    assert not words.is_visible()
    badge.press("Enter")
    assert words.is_visible()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_badge_of_an_algorithm_stands_at_its_first_row(window, width):
    page = window(width)
    page.goto("optimizers/adabelief.html")
    block = page.locator(".sn-essay .sn-formula", has=page.locator(".mtable")).first
    top = block.locator(".sn-display").bounding_box()["y"]
    badge = block.locator(".sn-badge").bounding_box()
    assert -8 <= badge["y"] - top <= 30 and badge["x"] + badge["width"] <= width


def test_the_home_page_counts_what_was_checked(window, project):
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    passed = sum(file["counts"]["passed"] for file in report["files"].values())
    assert passed > 100
    page = window()
    page.goto("index.html")
    badge = page.locator(".sn-proofs")
    assert f"{passed} formulas" in badge.inner_text()
    badge.click()
    page.wait_for_url("**/tool/walk.html")
