"""
axe-core finds nothing on any page that keeps people out. `test_browser.py` measures the contrast of
every text in both schemes; here axe measures it on one page of each kind.
"""

from importlib.resources import files

import pytest
import yaml
from test_frame import pages_of

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python brings axe-core")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
KINDS = [
    "index.html",
    "optimizers/adabelief.html",
    "notes/m_hat.html",
    "use/torch.html",
    "404.html",
]
# Formulas are two thirds of the elements, and those in MathML are not seen.
CHECK = """
rules => axe.run({include: [document], exclude: [[".katex"]]}, {resultTypes: ["violations"], rules})
  .then(({violations}) => violations.filter(found => found.impact !== "minor").flatMap(
    found => found.nodes.map(node => [found.impact, found.id, node.target.join(" ")].join(": "))))
"""


@pytest.fixture(scope="module")
def every(project):
    """The pages of the navigation, and the one for no address."""
    config = yaml.load((project / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
    return [*pages_of(config["nav"]), "404.html"]


@pytest.fixture(scope="module", params=["light", "dark"])
def look(request, browser, address):
    """What axe says of a page, in one of the schemes."""
    context = browser.new_context(
        base_url=address, color_scheme=request.param, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()

    def look(path, contrast):
        page.goto(path)
        # What is far below is not laid out, and what is not laid out cannot be judged.
        page.add_style_tag(content="* { content-visibility: visible !important; }")
        page.wait_for_function("window.component$")
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        page.evaluate(AXE)
        return page.evaluate(CHECK, {"color-contrast": {"enabled": contrast}})

    look.scheme = request.param
    yield look
    context.close()


def test_axe_finds_nothing_that_matters(look, every):
    assert len(every) > 30 and set(KINDS) <= set(every)
    # But for the colours the two schemes are the same page.
    pages = every if look.scheme == "light" else KINDS
    found = {path: look(path, contrast=path in KINDS) for path in pages}
    assert {path: told for path, told in found.items() if told} == {}


def test_axe_is_awake(browser):
    page = browser.new_page()
    page.set_content(
        "<html lang=en><main><h1>A</h1><img src=x><p style='color:#ccc'>Pale words</p></main>"
    )
    page.evaluate(AXE)
    found = page.evaluate(CHECK, {"color-contrast": {"enabled": True}})
    page.close()
    assert {told.split(": ")[1] for told in found} >= {"image-alt", "color-contrast"}
