"""On a surface the page draws the paths of the real classes, and answers hand and keyboard."""

import math
from random import Random

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe

from checks.catalog import CATALOG
from experiments.surfaces.table import SURFACES
from sidenotes.check.formula.parser import parse
from sidenotes.check.values.evaluator import evaluate

PAGE = "experiments/index.html"
COURSES = "document.querySelector('.sf').courses()"
STEPS = 200
READY = ".sf fieldset:enabled"


def show(page, address, query=""):
    page.goto(f"{address}{PAGE}{query}")
    page.locator(READY).wait_for()


def settings(count):
    """A surface, a start in its box, and for each class a rate and flags."""
    draw = Random(7)
    for number in range(count):
        surface = SURFACES[number % len(SURFACES)]
        left, right, low, high = surface.box
        at = [round(draw.uniform(left, right), 3), round(draw.uniform(low, high), 3)]
        rates = {row.name: draw.choice((0.003, 0.02, 0.1)) for row in CATALOG}
        names = ("rectify", "degenerate_to_sgd", "amsgrad")
        flags = {
            row.name: {name: draw.random() < 0.5 for name in names if name in row.flags}
            for row in CATALOG
        }
        yield surface, at, rates, flags


def query(surface, at, rates, flags):
    words = {"surface": surface.name, "x": at[0], "y": at[1]}
    words |= {f"{name}.lr": rate for name, rate in rates.items()}
    words |= {f"{n}.{flag}": int(on) for n, own in flags.items() for flag, on in own.items()}
    return "?" + "&".join(f"{key}={value}" for key, value in words.items())


def worst(surface, kind, course, rate, flags):
    """
    How far a step of the real class is from the drawn one. It is given the gradients of the drawn
    path, so that what a kink or a steep wall makes of the last bit is not counted.
    """
    trees = [parse(tex, ("x", "y")) for tex in surface.slopes]
    theta = torch.tensor(course[0], dtype=torch.float64, requires_grad=True)
    optimizer, largest = kind([theta], lr=rate, fused=False, **flags), 0.0
    for before, after in zip(course, course[1:], strict=False):
        here = dict(zip("xy", before, strict=True))
        theta.grad = torch.tensor([evaluate(tree, here) for tree in trees], dtype=torch.float64)
        optimizer.step()
        for found, expected in zip(after, theta.tolist(), strict=True):
            if not math.isfinite(expected) or abs(expected) > 1e100:
                return largest
            largest = max(largest, abs(found - expected) / max(1.0, abs(expected)))
    return largest


def test_the_paths_are_those_of_the_real_classes(page, address):
    kinds = {row.name: row.kind for row in CATALOG}
    for surface, at, rates, flags in settings(len(SURFACES)):
        show(page, address, query(surface, at, rates, flags))
        courses = page.evaluate(COURSES)
        assert courses.keys() == kinds.keys()
        for name, course in courses.items():
            assert course[0] == at and len(course) == STEPS + 1
            error = worst(surface, kinds[name], course, rates[name], flags[name])
            assert error <= 1e-12, (surface.name, name, at)


def test_the_mouse_sets_where_all_begin(page, address):
    show(page, address)
    box = page.locator(".sf-plot").bounding_box()
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20)
    page.mouse.move(x + box["width"] / 4, y)
    page.mouse.up()
    page.wait_for_function(f"Math.abs({COURSES}.Adam[0][0]) < 0.05")
    start = page.evaluate(f"{COURSES}.Adam[0]")
    assert start == pytest.approx([0.0, 0.0], abs=0.05)
    assert page.locator(".sf [name=x]").input_value() == f"{start[0]:g}"


def test_the_keyboard_does_too_and_goes_through_the_steps(page, address):
    show(page, address, "?surface=kinks")
    handle = page.get_by_role("slider", name="Where all begin")
    handle.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(f"{COURSES}.Adam[0][1] > 1.4")
    assert page.evaluate(f"{COURSES}.Adam[0]") == pytest.approx([-1.6, 1.42], abs=1e-9)
    assert handle.get_attribute("aria-valuetext") == "x −1.6, y 1.42"
    page.get_by_role("slider", name="Step", exact=True).focus()
    page.keyboard.press("Home")
    assert page.locator(".sf output").inner_text() == f"step 0 of {STEPS}"
    values = page.locator(".sf-value").all_inner_texts()
    assert values == ["3.02"] * len(CATALOG)


def test_a_finger_taps_drags_the_point_and_scrolls(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    show(page, address, "?surface=valley")
    page.locator(".sf-plot").scroll_into_view_if_needed()
    box = page.locator(".sf-plot").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.wait_for_function(f"{COURSES}.Adam[0][1] > 1.4")
    start = page.evaluate(f"{COURSES}.Adam[0]")
    assert start == pytest.approx([0.0, 1.5], abs=0.06)
    # A finger beside the point scrolls the page, and one on it moves the point.
    finger = context.new_cdp_session(page)

    def drag(x, y, dx, dy):
        for kind, part in (("Start", 0), ("Move", 0.5), ("Move", 1), ("End", None)):
            at = [] if part is None else [{"x": x + part * dx, "y": y + part * dy}]
            finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})

    drag(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, 0, box["height"] / 4)
    page.wait_for_function(f"{COURSES}.Adam[0][1] < 0.3")
    moved = page.evaluate(f"{COURSES}.Adam[0]")
    before = page.evaluate("scrollY")
    drag(box["x"] + 20, box["y"] + box["height"] - 20, 0, -200)
    page.wait_for_function(f"scrollY > {before}")
    assert page.evaluate(f"{COURSES}.Adam[0]") == moved
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def test_a_link_restores_the_setting(page, address):
    show(page, address)
    page.locator(".sf [name=surface]").select_option("rosenbrock")
    page.locator(".sf [name=x]").fill("0.5")
    page.locator(".sf [name='NAdam.lr']").fill("0.02")
    page.locator(".sf [name='AdaBelief.rectify']").check()
    page.locator(".sf [name='AMSGrad.shown']").uncheck()
    page.locator(".sf [name=step]").fill("77")
    page.wait_for_function("location.search.includes('step=77')")
    courses, link = page.evaluate(COURSES), page.url
    assert page.locator(".sf .sf-formula:visible").get_attribute("data-surface") == "rosenbrock"
    page.goto("about:blank")
    page.goto(link)
    page.locator(READY).wait_for()
    assert page.evaluate(COURSES) == courses
    assert page.locator(".sf output").inner_text() == f"step 77 of {STEPS}"
    assert page.locator(".sf .sf-path:visible").count() == len(CATALOG) - 1


def test_it_plays_when_asked_and_stops(page, address):
    show(page, address)
    page.wait_for_timeout(400)
    assert page.locator(".sf output").inner_text() == f"step {STEPS} of {STEPS}"
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "[...Array(60).keys()].includes(+document.querySelector('.sf output').value.split(' ')[1])"
    )
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Play").count() == 1


def test_what_is_no_number_is_said_and_changes_nothing(page, address):
    show(page, address)
    before = page.evaluate(COURSES)
    page.locator(".sf [name='Adam.lr']").fill("fast")
    page.wait_for_function("document.querySelector('.sf-said').textContent")
    assert page.locator(".sf-said").inner_text() == "Rate of Adam is not a number"
    assert page.evaluate(COURSES) == before


def test_without_a_script_the_picture_is_that_of_the_first_surface(browser, page, address):
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(f"{address}{PAGE}")
    assert still.locator(".sf-form").is_hidden()
    assert still.locator(".sf-formula:visible").count() == 1
    drawn = "paths => paths.map(path => path.getAttribute('d'))"
    printed = [still.locator(".sf-plot .sf-path").nth(n).get_attribute("d") for n in range(5)]
    context.close()
    show(page, address)
    shown = page.locator(".sf-plot .sf-path").evaluate_all(drawn)
    # They round to a tenth of the picture's unit, and may round a half in two ways.
    for one, other in zip(printed, shown, strict=True):
        pairs = zip(numbers(one), numbers(other), strict=True)
        assert max(abs(a - b) for a, b in pairs) < 0.11


def numbers(path):
    return [float(number) for number in path[1:].replace("L", " ").split()]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
@pytest.mark.parametrize("name", [PAGE, "experiments/training.html"])
def test_the_pages_are_clean_by_axe(page, address, name, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}{name}")
    if name == PAGE:
        page.locator(READY).wait_for()
    found = Axe().run(page, context=".md-content").response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_it_works_from_the_disk(page, site):
    page.goto((site / PAGE).as_uri())
    page.locator(READY).wait_for()
    assert len(page.evaluate(COURSES)) == len(CATALOG)
