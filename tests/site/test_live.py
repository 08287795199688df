"""An algorithm runs on its page: in the browser it computes what the optimizers compute."""

import gzip
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from evaluating import ASKED, SOURCE, settings, state_error

PAGES = ["adabelief", "adam", "amsgrad", "nadam", "radam"]
CELLS = "rows => rows.map(r => [r.dataset.row, r.className, r.lastElementChild.textContent])"
PARTS = ["given", "beside", "run", "curves", "steps", "address"]
# What is fetched when a reader comes near; the second column, when it is asked for.
SCRIPTS = ["evaluator.js", *(f"live-{part}.js" for part in PARTS), "live.js"]
# What stands behind the formulas beside the code, and the numbers of the lines that are dimmed.
BESIDE = """() => [
  [...document.querySelectorAll(".sn-at")].map((at) => at.textContent),
  [...document.querySelectorAll(".sn-line[data-idle] > .sn-num")].map((each) => +each.textContent),
]"""


def run(page, address, name, query=""):
    page.goto(f"{address}optimizers/{name}.html{query}")
    page.locator("#live").scroll_into_view_if_needed()
    page.locator("#live fieldset:enabled").wait_for()


def cells(page):
    return page.locator("#live tr").evaluate_all(CELLS)


def values(page):
    return {row: text for row, _, text in cells(page)}


def test_the_browser_computes_what_the_optimizers_compute(page):
    page.goto("about:blank")
    page.evaluate(f"(() => {{ {SOURCE} {ASKED} globalThis.ask = ask; }})()")
    errors = []
    for setting in settings(200):
        answer = json.loads(page.evaluate("text => ask(text)", json.dumps(setting.asked())))
        errors.append(state_error(answer, list(setting.real())))
    assert max(errors) <= 1e-12


@pytest.mark.parametrize("name", PAGES)
def test_the_script_shows_the_step_that_was_printed_at_build(page, address, browser, name):
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(f"{address}optimizers/{name}.html")
    texts = still.locator("#live tr > td:last-child").all_inner_texts()
    idle = still.locator("#live tr[data-idle]").count()
    beside = still.evaluate(BESIDE)
    assert still.locator("#live form").is_hidden() and still.locator(".sn-live-words").is_visible()
    still.context.close()
    run(page, address, name)
    assert [text for _, _, text in cells(page)] == [text.strip() for text in texts]
    assert page.locator("#live tr[data-idle]").count() == idle > 0
    page.wait_for_function("document.querySelector('.sn-at[data-moved]')")
    assert page.evaluate(BESIDE) == beside
    values, lines = beside
    assert any(values) and "" in values and len(lines) > 3
    assert page.locator("#live output").inner_text() == "step 6 of 40"


def test_the_keyboard_goes_through_the_steps_and_rectification_switches(page, address):
    run(page, address, "radam")
    threshold = page.locator("#live tr", has=page.locator("[data-symbol='r_t']")).nth(1)
    assert threshold.get_attribute("data-switched") == ""
    page.locator("#live input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('#live output').value === 'step 5 of 40'")
    assert threshold.get_attribute("data-idle") == ""
    assert page.locator("#live svg .sn-now").count() == 1


MOVED = """async (steps) => {
  const slider = document.querySelector("#live [name=step]");
  for (const step of steps) {
    slider.value = step;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
}"""


def test_when_the_slider_rests_all_values_are_of_its_step(page, address):
    # While it moves, a frame renews the rows, the code beside, or nothing.
    run(page, address, "radam")
    for last in (9, 8, 7):
        page.evaluate(MOVED, [30, 31, 20, 12, last])
        page.wait_for_function(f"document.querySelector('#live').dataset.shown === '{last}'")
        moved = values(page), page.evaluate(BESIDE)
        # The address has the step.
        page.wait_for_function(f"location.search.includes('step={last}')")
        page.reload()
        page.locator("#live fieldset:enabled").wait_for()
        assert moved == (values(page), page.evaluate(BESIDE))


def test_a_link_restores_the_setting(page, address):
    run(page, address, "adabelief")
    page.locator("#live [name=kind]").select_option("growing")
    page.locator("#live [name=second]").fill("25")
    page.locator("#live [name='number.lr']").fill("0.02")
    page.locator("#live [name='flag.amsgrad']").check()
    page.locator("#live input[type=range]").fill("17")
    page.wait_for_function("location.search.includes('step=17')")
    found, link = values(page), page.url.removeprefix(address)
    assert found != {} and link.endswith("#live")
    page.goto("about:blank")
    page.goto(address + link)
    page.locator("#live fieldset:enabled").wait_for()
    assert values(page) == found
    assert page.locator("#live output").inner_text() == "step 17 of 40"


def test_what_is_no_number_is_said_and_changes_nothing(page, address):
    run(page, address, "adam")
    before = values(page)
    page.locator("#live [name='number.lr']").fill("a lot")
    assert page.locator("#live [role=status]").inner_text() == "lr is not a number"
    assert values(page) == before
    page.locator("#live [name=kind]").select_option("typed")
    page.locator("#live [name='number.lr']").fill("0.5")
    page.locator("#live [name=typed]").fill("1 -2 3")
    page.wait_for_function("document.querySelector('#live output').value === 'step 3 of 3'")
    assert page.locator("#live [role=status]").inner_text() == ""


@pytest.mark.parametrize(
    ("path", "width"),
    [("optimizers/adabelief", 1280), ("optimizers/adabelief", 390), ("notes/m_hat", 1280)]
    + [("index", 390)],
)
def test_nothing_moves_when_the_script_comes(browser, address, path, width):
    sizes = []
    for blocked in (True, False):
        page = browser.new_page(viewport={"width": width, "height": 800})
        if blocked:
            page.route("**/live.js", lambda route: route.abort())
        page.goto(f"{address}{path}.html")
        page.locator(".sn-live").scroll_into_view_if_needed()
        if not blocked:
            page.locator(".sn-live fieldset:enabled").wait_for()
        page.wait_for_timeout(300)
        places = ".sn-live, .sn-first, .sn-formula, .sn-live-rows td, .sn-live label"
        boxes = "all => all.map((e) => [e.offsetTop, e.offsetWidth, e.offsetHeight])"
        sizes.append(page.locator(places).evaluate_all(boxes))
        page.close()
    assert sizes[0] == sizes[1] != []


def test_nothing_is_fetched_before_the_reader_is_near(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 300})
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{address}optimizers/adabelief.html")
    page.wait_for_load_state("networkidle")
    assert not set(SCRIPTS) & {*asked}
    page.locator("#live").scroll_into_view_if_needed()
    page.locator("#live fieldset:enabled").wait_for()
    assert set(SCRIPTS) <= {*asked} and "live-second.js" not in asked
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_panel_weighs_25_kilobytes_at_most(site, name):
    html = (site / f"optimizers/{name}.html").read_text("utf-8")
    section = r'<section (?:(?!<section).)*?class="sn-live".*?</section>'
    bare = re.sub(rf'{section}|<span class="sn-at".*?</span>', "", html, flags=re.DOTALL)
    assert len(bare) < len(html)
    assert {path.name for path in (site / "assets/sidenotes").glob("live*.js")} < {
        *SCRIPTS,
        "live-second.js",
    }
    scripts = [(site / "assets/sidenotes" / script).read_bytes() for script in SCRIPTS]
    weight = len(gzip.compress(html.encode())) - len(gzip.compress(bare.encode()))
    weight += sum(len(gzip.compress(script)) for script in scripts)
    assert weight <= 25_000


def test_it_plays_when_asked_and_is_not_printed(page, address):
    run(page, address, "nadam")
    page.wait_for_timeout(1000)
    assert page.locator("#live output").inner_text() == "step 6 of 40"
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('#live output').value === 'step 8 of 40'")
    page.get_by_role("button", name="Pause").click()
    page.emulate_media(media="print")
    assert page.locator("#live").is_hidden() and page.locator(".sn-at").first.is_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_panel_is_clean_by_axe(page, address, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    run(page, address, "adabelief", "?live=adabelief.AdaBelief&kind=hand&beside=adam.Adam")
    context = {"include": [["#live"], [".sn-first"]]}
    found = Axe().run(page, context=context).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
