"""The first screen shows code, and at no width is anything cut off or left blank beside a text."""

import re

import pytest

OPTIMIZERS = ("adabelief", "adam", "amsgrad", "nadam", "radam", "weight_decay", "optimizer")
LINE = {
    "adabelief": "error = grad - m",
    "adam": "m.lerp_(grad, 1 - beta1)",
    "amsgrad": "torch.maximum(",
    "nadam": "mu_next =",
    "radam": "math.sqrt(",
    "weight_decay": "return ",
    "optimizer": "self.step_exact(state",
}
WIDTHS = (320, 390, 768, 1024, 1280, 1440, 1920)
PAGES = (
    "index.html",
    "optimizers/index.html",
    "optimizers/adabelief.html",
    "notes/m_hat.html",
    "notes/adabeliefs.html",
    "use/others.html",
    "speed/index.html",
    "tool/walk.html",
)


# On a desk the first row and the line that is new are in the first screen; on a phone the first row
# is, and that line in the first screen and a half.
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(
    ("size", "first", "new"), [((1280, 800), 450, 800), ((390, 844), 560, 1.5 * 844)]
)
def test_the_first_screen_has_the_line_that_is_new(page, name, size, first, new):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"optimizers/{name}.html")
    rows = page.locator(".sn-first .sn-line")
    assert rows.first.bounding_box()["y"] <= first
    line = page.locator(".sn-first .sn-line", has_text=LINE[name]).first
    box = line.bounding_box()
    assert box["y"] + box["height"] <= new
    if width == 1280:
        title = page.locator("h1").bounding_box()
        button = page.get_by_role("button", name="Copy file").bounding_box()
        assert title["y"] < button["y"] < rows.first.bounding_box()["y"]
        # The base class has code alone there.
        for formula in page.locator(".sn-first .sn-display").all()[:1]:
            box = formula.bounding_box()
            assert box["y"] < height and box["x"] < rows.first.bounding_box()["x"]
        assert name == "optimizer" or page.locator(".sn-first .sn-display").count() > 0


def test_each_optimizer_begins_with_one_sentence(page):
    for name in OPTIMIZERS:
        page.goto(f"optimizers/{name}.html")
        idea = page.locator(".sn-idea").inner_text()
        assert 30 < len(idea) < 220 and re.search(r"[.?]$", idea), name


def test_one_symbol_lights_up_by_itself_once_and_never_where_motion_is_unwelcome(browser, address):
    for reduced, expected in (("no-preference", [True, False]), ("reduce", [False, False])):
        context = browser.new_context(base_url=address, reduced_motion=reduced)
        page = context.new_page()
        found = []
        for name in ("adabelief", "adam"):
            page.goto(f"optimizers/{name}.html")
            try:
                page.locator(".sn-code .sn-lit").first.wait_for(timeout=1500)
                found.append(True)
            except Exception as error:
                assert "Timeout" in str(error)
                found.append(False)
        assert found == expected
        context.close()


# What is wider than its place and cannot be scrolled to.
CUT = """() => {
  const wide = [];
  for (const e of document.querySelectorAll("article *")) {
    if (!e.checkVisibility({ contentVisibilityAuto: true })) continue;
    if (e.closest(".katex, svg, [popover]")) continue;
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(e).clip !== "auto") continue;
    let scrolls = e;
    while (scrolls && !["auto", "scroll"].includes(getComputedStyle(scrolls).overflowX)) {
      scrolls = scrolls.parentElement;
    }
    if (!scrolls && (box.right > innerWidth + 1 || box.left < -1)) {
      wide.push(`${e.tagName}.${e.className} ${Math.round(box.left)}..${Math.round(box.right)}`);
    }
  }
  return [document.documentElement.scrollWidth - innerWidth, wide.slice(0, 5)];
}"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_and_nothing_scrolls_sideways(page, path):
    page.goto(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for _ in range(50):
            # What follows the width does so in its own time.
            page.wait_for_timeout(60)
            sideways, wide = page.evaluate(CUT)
            if sideways <= 0 and wide == []:
                break
        assert sideways <= 0 and wide == [], f"{path} at {width}: {wide}"


# Of each row of prose with something beside it: how much longer the one side is than the other; of
# prose alone, how high it is in one column.
BLANK = """() => [...document.querySelectorAll(".sn-pair")].map((pair) => {
  const [prose, beside] = [pair.querySelector(".sn-prose"), pair.querySelector(".sn-beside")];
  const height = (e) => (e ? e.getBoundingClientRect().height : 0);
  const columns = getComputedStyle(prose).columnCount === "2" ? 0 : height(prose) - height(beside);
  return [prose.innerText.slice(0, 40), Math.round(columns)];
})"""


def test_no_half_screen_stays_blank_beside_a_text(page, pages):
    annotated = [p for p in pages if p.startswith(("optimizers/", "notes/"))]
    assert len(annotated) > 15
    blank = []
    for path in annotated:
        page.goto(path)
        for width in (1024, 1280, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            blank += [(path, width, *p) for p in page.evaluate(BLANK) if p[1] > 400]
    assert blank == []


SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 700);
})"""


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_nothing_moves_while_a_page_loads(browser, address, size):
    for path in PAGES[:5]:
        # With nothing in its cache: a font may come late.
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(address + path)
        assert page.evaluate(SHIFT) <= 0.01, path
        page.close()


def test_all_pages_have_their_title_in_one_place(page, pages):
    page.set_viewport_size({"width": 1280, "height": 800})
    places = {}
    for path in pages[::3]:
        page.goto(path)
        box = page.locator("article h1").first.bounding_box()
        places.setdefault((round(box["x"]), round(box["y"] / 24)), []).append(path)
        tabs = page.locator(".md-tabs__item").all_inner_texts()
        assert tabs[:6] == ["Home", "Optimizers", "Notes", "Experiments", "Use it", "Speed"], path
        assert page.locator(".md-header__button[for=__drawer]").is_visible(), path
    assert len(places) == 1, {place: some[:3] for place, some in places.items()}


def test_the_menu_of_the_section_opens_from_the_header_at_every_width(page):
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("optimizers/adam.html")
        entry = page.locator(".md-sidebar--primary a", has_text="AMSGrad").first
        page.locator(".md-header__button[for=__drawer]").click()
        page.wait_for_timeout(400)
        box = entry.bounding_box()
        assert entry.is_visible() and 0 <= box["x"] < width, width
        page.mouse.click(width - 20, 700)
        page.wait_for_timeout(400)
        assert not entry.is_visible() or entry.bounding_box()["x"] < 0


def test_the_keyboard_opens_the_menu_and_escape_closes_it(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("optimizers/adam.html")
    hidden = """() => {
      const e = document.activeElement, right = e.getBoundingClientRect().right;
      return e !== document.body && (right < 0 || getComputedStyle(e).visibility === "hidden");
    }"""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert not page.evaluate(hidden)
        if page.evaluate("document.activeElement.ariaLabel") == "Menu":
            break
    page.keyboard.press("Enter")
    entry = page.locator(".md-sidebar--primary a", has_text="AMSGrad").first
    entry.wait_for(state="visible")
    page.wait_for_function("document.activeElement.closest('.md-sidebar--primary') !== null")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('__drawer').checked")
    assert page.evaluate("document.activeElement.ariaLabel") == "Menu"


def test_the_home_page_is_one_screen(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("index.html")
    for text in ("Read", "Check", "Copy"):
        box = page.get_by_role("heading", name=text, exact=True).bounding_box()
        assert box["y"] + box["height"] < 800
    assert page.get_by_text("python -m labml_optim").bounding_box()["y"] < 790
    assert page.locator(".sn-code .sn-line").count() >= 3


def test_the_home_page_copies_the_file_that_stands_alone(browser, address, project):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}index.html")
    page.get_by_role("button", name="Copy adabelief.py").click()
    page.locator('.sn-copy[data-label="Copied"]').wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.encode() == (project / "docs/assets/bundles/adabelief.py").read_bytes()
    context.close()
