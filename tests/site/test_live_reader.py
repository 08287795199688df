"""A reader at an algorithm that runs: with a mouse, with the keyboard, and with a finger."""

import pytest
from evaluating import Setting, file_of

from checks.catalog import CATALOG, MODES
from checks.optimizers import first_shown
from sidenotes.check.beside.lines import groups
from sidenotes.page.live.numbers import shown

DIMMED = """() => [...document.querySelectorAll(".sn-body:not(.sn-first) .sn-line[data-idle]")]
  .map((line) => +line.querySelector(".sn-num").textContent)"""
VALUES = """(column) => Object.fromEntries(
  [...document.querySelectorAll("#live tr[data-row]")]
    .map(({ cells }) => [cells[0].firstElementChild.textContent, cells[column].textContent])
)"""


def run(page, path, query=""):
    page.goto(f"{path}.html{query}#live")
    page.locator(".sn-live fieldset:enabled").first.wait_for()


def go(page, step):
    page.locator("[name=step]").fill(str(step))
    page.wait_for_function(f"document.querySelector('.sn-live').dataset.shown === '{step}'")


def entry(name):
    return next(row for row in CATALOG if row.name == name)


def steps(name, count):
    """How far the real optimizer goes in the last of some steps of the run that its page shows."""
    made = first_shown(entry(name), "cpu")
    started = made.start()
    (theta,) = (item.thing["params"][0] for item in started.items)
    for gradient in made.given[:count]:
        before = theta.item()
        started.step(gradient)
    return theta.item() - before


def test_the_lines_that_are_dimmed_are_those_that_coverage_says_did_not_run(page):
    given = [0.5, -2.0, 1.5, 0.25, 1.0, -0.75, 3.0]
    typed = "&kind=typed&typed=" + "+".join(map(str, given))
    for name, asked in (
        ("AdaBelief", {"amsgrad": True, "accumulate_eps": True}),
        ("RAdam", {"degenerate_to_sgd": False}),
    ):
        row, text = entry(name), file_of(name).read_text("utf-8")
        flags = {**row.flags, **MODES["decoupled"], **asked}
        group = {"lr": row.lr, "betas": (0.9, 0.999), "eps": row.eps, "weight_decay": 0.0}
        ran = list(Setting(row, flags, group, 1.0, given).lines())
        query = "".join(f"&flag.{flag}={int(on)}" for flag, on in asked.items())
        run(page, f"optimizers/{name.lower()}", f"?live={name.lower()}.{name}{query}{typed}")
        called = set().union(*ran)
        own = [group for group in groups(text) if group.function in called]
        for step in (1, 5, 6):
            go(page, step)
            lines = ran[step - 1]
            idle = {n for each in own if lines.isdisjoint(each.seen) for n in each.lines}
            page.wait_for_timeout(50)
            dimmed = set(page.evaluate(DIMMED))
            shows = set(page.locator(".sn-body:not(.sn-first) .sn-num").all_text_contents())
            assert dimmed == {n for n in idle if str(n) in shows} != set()


def test_gradients_are_drawn_with_a_mouse_and_with_the_keyboard(page):
    run(page, "optimizers/adam")
    page.locator("[name=kind]").select_option("hand")
    curve, typed = page.locator(".sn-live-curves"), page.locator("[name=typed]")
    before = typed.input_value().split()
    box = curve.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    page.mouse.up()
    after = [float(x) for x in typed.input_value().split()]
    changed = [i for i, x in enumerate(before) if float(x) != after[i]]
    assert len(after) == 40 and min(changed) >= 9 and max(changed) <= 20 and len(changed) > 8
    assert after[10] > after[15] > after[19]
    curve.focus()
    step, value = page.locator(".sn-live-count").inner_text(), after[int(curve_step(page)) - 1]
    page.keyboard.press("ArrowUp")
    assert float(curve.get_attribute("aria-valuenow")) == pytest.approx(value + 0.1, abs=0.006)
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "was => document.querySelector('.sn-live-count').value !== was", arg=step
    )
    assert page.locator(".sn-live .sn-zero").count() >= 1


def curve_step(page):
    return page.locator(".sn-live-count").inner_text().split()[1]


def test_a_finger_draws_and_turns_and_the_steps_stay_at_hand(browser, address):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(base_url=address, **phone)
    page = context.new_page()
    run(page, "optimizers/adabelief")
    page.locator("[name=kind]").select_option("hand")
    curve = page.locator(".sn-live-curves")
    curve.tap(position={"x": 100, "y": 30})
    typed = page.locator("[name=typed]").input_value()
    step = int(curve_step(page))
    assert 9 < step < 15 and float(typed.split()[step - 1]) > 0.5
    # The steps follow to the code.
    line = page.locator(".sn-body:not(.sn-first) .sn-line", has_text="error = grad - m")
    line.scroll_into_view_if_needed()
    bar = page.locator(".sn-away")
    bar.wait_for()
    assert bar.bounding_box()["y"] > 700 and bar.bounding_box()["x"] >= 0
    at = page.locator(".sn-body:not(.sn-first) .sn-at").nth(5)
    was = at.text_content()
    page.locator("[name=step]").fill("20")
    page.wait_for_function("([e, was]) => e.textContent !== was", arg=[at.element_handle(), was])
    # Below its formula, and within the screen.
    box, formula = at.bounding_box(), at.locator("xpath=../div[1]").bounding_box()
    assert box["y"] >= formula["y"] + formula["height"] - 6 and box["x"] + box["width"] <= 390
    bar.get_by_role("button", name="Leave").tap()
    assert page.locator(".sn-away").count() == 0
    context.close()


def test_a_name_is_turned_like_a_knob(page):
    run(page, "optimizers/adam")
    rate = page.locator("[name='number.lr']")
    knob = rate.locator("xpath=../span").bounding_box()
    page.mouse.move(knob["x"] + 5, knob["y"] + 8)
    page.mouse.down()
    page.mouse.move(knob["x"] + 65, knob["y"] + 8, steps=5)
    page.mouse.up()
    assert float(rate.input_value()) == pytest.approx(0.01, rel=1e-3)
    rate.press("ArrowDown")
    assert float(rate.input_value()) == pytest.approx(0.00794, rel=1e-2)
    beta = page.locator("[name='number.beta2']")
    for _ in range(10):
        beta.press("ArrowUp")
    assert float(beta.input_value()) == pytest.approx(0.9999, abs=1e-6)


def test_another_optimizer_stands_in_a_second_column(page):
    run(page, "optimizers/adam")
    own = page.evaluate(VALUES, 1)
    run(page, "optimizers/adabelief")
    mine = page.evaluate(VALUES, 1)
    page.locator("[name=beside]").select_option("adam.Adam")
    page.locator("#live .sn-two").wait_for()
    assert page.evaluate(VALUES, 1).items() >= mine.items()
    second = page.evaluate(VALUES, 2)
    assert {formula: second[formula] for formula in own} == own
    # Adam's average of squares is not AdaBelief's.
    assert page.locator("#live tr.sn-only-second").count() >= 2
    a, b = steps("AdaBelief", 6), steps("Adam", 6)
    said = page.locator(".sn-live-ratio").inner_text()
    assert f"{shown(a)} and {shown(b)}" in said and f" {shown(b / a)} times" in said
    # What is set in it is in the link.
    page.locator("[name='second.number.lr']").fill("0.5")
    page.wait_for_function("location.search.includes('second.number.lr=0.5')")
    link, text = page.url, page.locator(".sn-live-ratio").inner_text()
    page.goto("about:blank")
    page.goto(link)
    page.locator("#live .sn-two").wait_for()
    page.locator("#live fieldset:enabled").wait_for()
    assert page.locator(".sn-live-ratio").inner_text() == text != said
    page.locator("[name=beside]").select_option("")
    assert page.locator("#live .sn-second, #live .sn-only-second").count() == 0


def test_the_note_has_both_centres_and_its_three_million(page):
    run(page, "notes/m_hat")
    said = page.locator(".sn-live-ratio")
    assert "−1.111 and −3.162·10⁶" in said.inner_text()
    # As the note has it for another epsilon, which is turned for both.
    page.locator("[name='number.eps']").fill("1e-8")
    assert page.locator("[name='second.number.eps']").input_value() == "1e-8"
    assert "−1.111 and −316.2" in said.inner_text()
    page.locator("[name=kind]").select_option("noise")
    page.locator("[name=first]").fill("100")
    go(page, 6)
    page.wait_for_function("/second is/.test(document.querySelector('.sn-live-ratio').textContent)")
    ratio = float(said.inner_text().split("second is ")[1].split()[0])
    assert ratio > 50


def test_a_symbol_shows_its_course_until_escape(page):
    run(page, "optimizers/adabelief")
    symbol = page.locator("#live td [data-symbol='s_t']").first
    symbol.hover()
    tip = page.locator(".sn-tip")
    tip.wait_for()
    assert "in step 6" in tip.inner_text() and tip.locator("path.sn-made").count() == 1
    assert shown(0.0062152739074) in tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_the_rows_are_gone_through_with_the_keyboard(page):
    run(page, "optimizers/nadam")
    chosen = page.locator("#live tr[data-chosen]")
    assert chosen.get_attribute("tabindex") == "0"
    chosen.focus()
    first = chosen.get_attribute("data-row")
    page.keyboard.press("ArrowUp")
    assert chosen.get_attribute("data-row") != first
    assert page.evaluate("document.activeElement.dataset.row") == chosen.get_attribute("data-row")


def test_home_runs_three_lines(page):
    page.goto("index.html")
    page.locator(".sn-live-small fieldset:enabled").wait_for()
    values = page.locator(".home .sn-at")
    assert values.all_text_contents() == ["0.254", "0.276", "0.006215"]
    page.locator("[name=kind]").select_option("constant")
    go(page, 40)
    page.wait_for_function("document.querySelector('.home .sn-at').textContent === '0.9852'")
