"""Copy, Download, Source, Cite and the selection, with mouse and keyboard, from a server and from
the disk: what the clipboard holds is what the file has."""

import importlib.util
import re

import pytest
from building import ROOT, run, served

# ## A small site, whose files are known to the letter

MODULE = '''"""The *mean*, 50 € & more: </script>."""

import math


class Mean:
    """
    The class.
    """

    def of(self, x):
        """Of `x`."""
        # A reason.
        y = math.sqrt(x)

        # Another one.

        z = y + 1
        return z

    def text(self):
        return """
  stays
    """

    def last(self):
        # To the end.
        return 0
'''
OF = '''def of(self, x):
    """Of `x`."""
    # A reason.
    y = math.sqrt(x)

    # Another one.

    z = y + 1
    return z
'''
TEXT = 'def text(self):\n    return """\n  stays\n    """\n'
# From `def of` to `return 0`, without the notes, and with the blank lines between the rows.
SELECTED = '''    def of(self, x):
        y = math.sqrt(x)


        z = y + 1
        return z

    def text(self):
        return """
  stays
    """

    def last(self):
        return 0'''
SINGLE = "single = 1  # ä\r\n"
FILES = {
    "docs/index.md": "# Home\n\n[To the page](page.md)\n",
    "docs/page.md": "/// sidenotes | mean.py\n    cite: mean\n///\n",
    "docs/single.md": "# Single\n\n/// sidenotes | mean.py\n    file: assets/single.py\n///\n",
    "docs/part.md": "# Part\n\n/// sidenotes | mean.py\n    only: mean.Mean.of\n///\n",
    "docs/references.bib": "@misc{mean,\n  title = {The Mean & {More}},\n}\n",
    "mean.py": MODULE,
}
CONFIG = """
site_name: Demo
site_url: {address}
use_directory_urls: false
theme: {{ name: material, font: false, features: [navigation.instant] }}
extra_css: [assets/sidenotes/sidenotes.css]
extra_javascript: [assets/sidenotes/sidenotes.js]
markdown_extensions:
  - toc
  - sidenotes: {{ sources: assets/source, bibliography: docs/references.bib }}
"""


def write(folder):
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "docs/assets").mkdir()
    (folder / "docs/assets/single.py").write_bytes(SINGLE.encode())
    run("sidenotes", "assets", "docs/assets/sidenotes", cwd=folder)
    run("sidenotes", "sources", "docs", "docs/assets/source", cwd=folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The addresses of the small site: on a server, and on the disk."""
    folder = tmp_path_factory.mktemp("demo")
    write(folder)
    (folder / "site").mkdir()
    with served(folder / "site") as address:
        (folder / "mkdocs.yml").write_text(CONFIG.format(address=address), "utf-8")
        run("mkdocs", "build", "--strict", cwd=folder)
        yield {"server": address, "disk": (folder / "site").as_uri() + "/"}


@pytest.fixture
def window(browser):
    """Opens a window that may read the clipboard."""
    opened = []

    def get(address, script="", width=1280, **settings):
        # So high that a selection need not scroll.
        size = {"width": width, "height": 1200}
        context = browser.new_context(viewport=size, **settings)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.goto(address)
        return page

    yield get
    for context in opened:
        context.close()


def clipboard(page):
    """What it holds, read by a window of its own, since a page may lack the means."""
    reader = page.context.new_page()
    reader.goto("about:blank" if page.url.startswith("http") else page.url)
    reader.goto(page.url)
    held = reader.evaluate("navigator.clipboard.readText()")
    reader.close()
    return held


def press(button, with_keyboard):
    if with_keyboard:
        button.focus()
        button.press("Enter")
    else:
        button.hover()
        button.click()
    says = "e => e.dataset.label === 'Copied'"
    button.page.wait_for_function(says, arg=button.element_handle())


WAYS = [(place, keyboard) for place in ("server", "disk") for keyboard in (False, True)]
IDS = [f"{place}, {'keyboard' if keyboard else 'mouse'}" for place, keyboard in WAYS]


@pytest.mark.parametrize("place, keyboard", WAYS, ids=IDS)
def test_the_file_and_its_definitions_are_copied_as_they_are(demo, window, place, keyboard):
    page = window(demo[place] + "page.html")
    for name, text in (
        ("Copy file", MODULE),
        ("Copy Mean", MODULE[MODULE.index("class Mean") :]),
        ("Copy Mean.of", OF),
        ("Copy Mean.text", TEXT),
    ):
        press(page.get_by_role("button", name=name, exact=True), keyboard)
        assert clipboard(page) == text, name


@pytest.mark.parametrize("place", ["server", "disk"])
def test_another_file_is_copied_and_downloaded_if_the_page_says_so(demo, window, place):
    page = window(demo[place] + "single.html")
    press(page.get_by_role("button", name="Copy file"), False)
    assert clipboard(page) == SINGLE
    with page.expect_download() as found:
        page.get_by_role("link", name="Download single.py").click()
    assert found.value.suggested_filename == "single.py"
    assert found.value.path().read_bytes() == SINGLE.encode()


def test_an_excerpt_has_its_definitions_and_no_row(demo, window):
    page = window(demo["server"] + "part.html")
    press(page.get_by_role("button", name="Copy Mean.of"), False)
    assert clipboard(page) == OF
    assert page.locator(".sn-copy").count() == 1


@pytest.mark.parametrize("place", ["server", "disk"])
def test_the_source_opens_as_text_and_is_downloaded_under_its_own_name(demo, window, place):
    page = window(demo[place] + "page.html")
    with page.expect_download() as found:
        page.get_by_role("link", name="Download mean.py").click()
    assert found.value.suggested_filename == "mean.py"
    assert found.value.path().read_bytes() == MODULE.encode()
    page.get_by_role("link", name="Source").click()
    page.wait_for_url("**/assets/source/mean.py.txt")
    assert page.evaluate("document.contentType") == "text/plain"
    assert "class Mean:\n" in page.evaluate("document.body.innerText")


@pytest.mark.parametrize("keyboard", [False, True])
def test_cite_opens_the_entries_which_can_be_copied(demo, window, keyboard):
    page = window(demo["server"] + "page.html")
    box = page.get_by_role("dialog", name="BibTeX")
    cite = page.get_by_role("button", name="Cite")
    assert not box.is_visible()
    cite.press("Enter") if keyboard else cite.click()
    box.wait_for(state="visible")
    press(page.get_by_role("button", name="Copy BibTeX"), keyboard)
    assert clipboard(page) == FILES["docs/references.bib"]
    page.bring_to_front()
    page.keyboard.press("Escape") if keyboard else page.mouse.click(5, 5)
    box.wait_for(state="hidden")


NO_OBJECT = "delete Navigator.prototype.clipboard"


def test_without_the_browsers_clipboard_object_it_is_copied_all_the_same(demo, window):
    page = window(demo["server"] + "page.html", NO_OBJECT)
    assert page.evaluate("navigator.clipboard === undefined")
    press(page.get_by_role("button", name="Copy Mean.of"), False)
    reader = page.context.new_page()
    reader.goto(demo["server"] + "index.html")
    assert reader.evaluate("navigator.clipboard.readText()") == OF


REFUSES = """
Clipboard.prototype.writeText = () => Promise.reject(new Error("no"));
document.execCommand = () => false;
"""


def test_what_was_done_is_said_on_the_button_and_to_screen_readers(demo, window):
    page = window(demo["server"] + "page.html")
    button = page.get_by_role("button", name="Copy file")
    said = page.get_by_role("status")
    assert button.get_attribute("data-label") == "Copy file"
    button.click()
    page.locator(".sn-copy[data-label=Copied]").wait_for()
    said.get_by_text("Copied", exact=True).wait_for()
    page.locator(".sn-copy[data-label='Copy file']").wait_for()
    page.locator("[role=status]:empty").wait_for(state="attached")


def test_a_refusal_is_said_too(demo, window):
    page = window(demo["server"] + "page.html", REFUSES)
    page.get_by_role("button", name="Copy file").click()
    page.locator(".sn-copy[data-label='The browser did not allow it']").wait_for()
    page.get_by_role("status").get_by_text("The browser did not allow it").wait_for()


def test_without_scripts_there_is_no_button_that_cannot_work(demo, window):
    page = window(demo["server"] + "page.html", java_script_enabled=False)
    row = page.locator(".sn-actions")
    named = ["Download", "Source", "Cite", "Contents"]
    assert row.locator("> :is(a, button):visible").all_inner_texts() == named
    assert page.locator(".sn-copy:visible").count() == 0
    page.get_by_role("button", name="Cite").click()
    assert page.get_by_text("@misc{mean,").is_visible()


def test_after_instant_navigation_the_buttons_are_there_once_and_work(demo, window):
    page = window(demo["server"] + "index.html")
    page.evaluate("window.same = true")
    page.get_by_text("To the page").click()
    page.locator(".sn-copy").first.wait_for()
    assert page.evaluate("window.same") is True
    assert page.locator(".sn-actions > .sn-copy").count() == 1
    assert page.locator(".sn-line > .sn-copy").count() == 4
    press(page.get_by_role("button", name="Copy Mean.of"), False)
    assert clipboard(page) == OF and page.get_by_role("status").count() == 1


# ## The selection


# Where a text on the page begins and ends.
PLACE = """(text) => {
  const holding = [...document.querySelectorAll(".sn-line, .sn-note p, .sn-lead p")];
  const walk = document.createTreeWalker(
    holding.find((e) => e.textContent.includes(text)), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let at = walk.root.textContent.indexOf(text), end = at + text.length, passed = 0;
  while (walk.nextNode() && passed < end) {
    const { data, length } = walk.currentNode;
    if (passed <= at && at < passed + length) range.setStart(walk.currentNode, at - passed);
    if (end <= passed + length) range.setEnd(walk.currentNode, end - passed);
    passed += length;
  }
  const [first, last] = [range.getClientRects()[0], [...range.getClientRects()].pop()];
  return [[first.left - 1, first.top + 6], [last.right + 1, last.top + 6]];
}"""


def drag(page, start, end):
    """From the beginning of a text on the page to the end of another."""
    ends = page.evaluate(PLACE, start)[0], page.evaluate(PLACE, end)[1]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=12)
    page.mouse.up()


@pytest.mark.parametrize("place", ["server", "disk"])
def test_a_selection_over_several_rows_of_code_holds_the_lines_of_the_file(demo, window, place):
    page = window(demo[place] + "page.html")
    drag(page, "def of", "return 0")
    page.keyboard.press("Control+c")
    assert clipboard(page) == SELECTED


def test_a_selection_upwards_and_one_that_leaves_the_code_hold_code_alone(demo, window):
    page = window(demo["server"] + "page.html")
    drag(page, "return z", "A reason")
    page.keyboard.press("Control+c")
    held = clipboard(page)
    assert "reason" not in held and "z = y + 1" in held
    assert "reason" not in page.evaluate("getSelection().toString()")


def test_a_word_is_copied_as_a_word(demo, window):
    page = window(demo["server"] + "page.html")
    page.locator(".sn-code").get_by_text("sqrt").dblclick()
    page.keyboard.press("Control+c")
    assert clipboard(page).strip() == "sqrt"


def test_a_selection_of_notes_holds_no_code(demo, window):
    page = window(demo["server"] + "page.html")
    drag(page, "The class", "To the end")
    page.keyboard.press("Control+c")
    held = clipboard(page)
    assert "A reason" in held and "Another one" in held
    assert "math" not in held and "return" not in held and "Copy" not in held


def test_the_keyboard_selects_all_whatever_was_selected_before(demo, window):
    page = window(demo["server"] + "page.html")
    for start, end in (("y = math", "return z"), ("A reason", "Another one")):
        drag(page, start, end)
        page.keyboard.press("Control+a")
        page.keyboard.press("Control+c")
        held = clipboard(page)
        page.bring_to_front()
        assert "A reason" in held and "math.sqrt(x)" in held and "return 0" in held


# ## The site of this project


BLOCK = re.compile(
    r"^/// sidenotes \| (\S+)\n(?:    (?!file)\w+: .*\n)*(?:    file: (\S+)\n)?", re.M
)
SHOWN = {
    path.stem: BLOCK.search(path.read_text("utf-8"))
    for path in sorted((ROOT / "docs/optimizers").glob("*.md"))
    if BLOCK.search(path.read_text("utf-8"))
}


def test_every_optimizers_file_is_copied_and_downloaded_byte_for_byte(project, address, window):
    page = window(address)
    for name, block in SHOWN.items():
        page.goto(f"{address}optimizers/{name}.html")
        file = project / "docs" / block[2] if block[2] else project / block[1]
        press(page.get_by_role("button", name="Copy file"), False)
        assert page.evaluate("navigator.clipboard.readText()").encode() == file.read_bytes(), name
        with page.expect_download() as found:
            page.get_by_role("link", name="Download").click()
        assert found.value.path().read_bytes() == file.read_bytes(), name
        source = page.request.get(page.get_by_role("link", name="Source").evaluate("e => e.href"))
        assert source.body() == (project / block[1]).read_bytes(), name


LABELS = """() => {
  const ratio = (a, b) => {
    const light = (c) => c.match(/[\\d.]+/g).slice(0, 3)
      .map((x) => (x / 255 <= 0.04045 ? x / 3294.6 : ((x / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
    const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  };
  return [...document.querySelectorAll(".sn-copy, .sn-actions > :is(a, button)")].map((e) => {
    const style = getComputedStyle(e);
    return ratio(style.color, style.backgroundColor);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_buttons_have_the_contrast_of_level_aa_at_rest_and_under_the_pointer(
    address, window, scheme
):
    page = window(f"{address}optimizers/adam.html", color_scheme=scheme)
    ratios = page.evaluate(LABELS)
    assert len(ratios) > 10 and min(ratios) >= 4.5
    for button in (page.locator(".sn-copy").first, page.locator(".sn-line > .sn-copy").first):
        button.hover()
        assert min(page.evaluate(LABELS)) >= 4.5


def test_on_a_phone_the_buttons_are_seen_without_a_pointer_and_nothing_overflows(address, window):
    page = window(f"{address}optimizers/adabelief.html", width=390, has_touch=True, is_mobile=True)
    button = page.locator(".sn-line > .sn-copy").first
    button.scroll_into_view_if_needed()
    assert button.evaluate("e => getComputedStyle(e).opacity") == "1"
    page.get_by_role("button", name="Cite").tap()
    for seen in (button, page.locator(".sn-actions"), page.get_by_role("dialog", name="BibTeX")):
        box = seen.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0


def test_in_a_wide_window_the_buttons_of_definitions_wait_for_pointer_or_keyboard(address, window):
    page = window(f"{address}optimizers/adam.html")
    opacity = "e => getComputedStyle(e).opacity"
    button = page.get_by_role("button", name="Copy Adam.get_mv")
    page.mouse.move(0, 0)
    assert button.evaluate(opacity) == "0"
    page.locator(".sn-line", has=button).hover()
    assert button.evaluate(opacity) == "1"
    page.mouse.move(0, 0)
    page.locator(".sn-row", has=button).locator(".sn-anchor").focus()
    page.keyboard.press("Tab")
    while not button.evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")
    assert button.evaluate(opacity) == "1"


# In the second, a line ends where its button stands: in the flow it would break there.
@pytest.mark.parametrize("width", [390, 1220, 1280])
def test_the_line_of_a_definition_is_not_higher_for_its_button(address, window, width):
    page = window(f"{address}optimizers/adam.html", width=width)
    heights = page.evaluate(
        """() => [...document.querySelectorAll(".sn-line > .sn-copy")].map((e) => {
          const height = () => e.parentElement.getBoundingClientRect().height;
          const before = height();
          e.style.display = "none";
          const after = height();
          e.style.display = "";
          return before - after;
        })"""
    )
    assert len(heights) > 5 and max(heights) <= 0.5


# ## Zensical


@pytest.mark.skipif(not importlib.util.find_spec("zensical"), reason="Zensical is not installed")
def test_zensical_publishes_the_copies_and_links_to_them(tmp_path, window):
    write(tmp_path)
    config = CONFIG.format(address='""').replace(
        "extra_javascript", "watch: [mean.py]\nextra_javascript"
    )
    (tmp_path / "zensical.yml").write_text(config, "utf-8")
    run("zensical", "build", "--strict", "-f", "zensical.yml", cwd=tmp_path)
    assert (tmp_path / "site/assets/source/mean.py.txt").read_bytes() == MODULE.encode()
    page = window((tmp_path / "site/single.html").as_uri())
    press(page.get_by_role("button", name="Copy file"), False)
    assert clipboard(page) == SINGLE
    source = page.get_by_role("link", name="Source").evaluate("e => e.href")
    assert source == (tmp_path / "site/assets/source/mean.py.txt").as_uri()
    # The page is made anew when the file that it names has changed, though its own text has not.
    (tmp_path / "docs/assets/single.py").write_text("single = 2\n", "utf-8")
    run("zensical", "build", "--strict", "-f", "zensical.yml", cwd=tmp_path)
    assert "single = 2" in (tmp_path / "site/single.html").read_text("utf-8")
