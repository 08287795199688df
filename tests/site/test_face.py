"""The text has one face everywhere, which is light, and nothing moves when it comes."""

import re

import pytest
from building import ROOT

FONTS = ROOT / "docs/assets/fonts"
SHIFT = """
window.shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
}).observe({type: "layout-shift", buffered: true})
"""


def test_the_files_are_light_and_have_their_licence():
    files = sorted(FONTS.glob("*.woff2"))
    assert len(files) == 3
    assert max(path.stat().st_size for path in files) <= 30_000
    licence = (FONTS / "LICENSE").read_text("utf-8")
    assert "Adobe" in licence and "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_the_style_sheet_names_each_file_and_the_head_the_first(site):
    css = (site / "assets/theme.css").read_text("utf-8")
    named = re.findall(r"url\(fonts/([^)]+)\)", css)
    assert sorted(named) == sorted(path.name for path in FONTS.glob("*.woff2"))
    head = (site / "use/torch.html").read_text("utf-8").partition("</head>")[0]
    early = re.findall(r'<link rel="preload" href="../assets/fonts/([^"]+)"', head)
    assert len(early) == 2 and set(early) < set(named)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["index.html", "use/training.html", "notes/m_hat.html"])
def test_nothing_moves_when_the_face_comes_late(browser, address, path, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.add_init_script(SHIFT)
    held = []
    page.route("**/source-serif-4-*.woff2", lambda route: held.append(route))
    page.goto(address + path, wait_until="domcontentloaded")
    page.wait_for_function("window.component$")
    page.wait_for_timeout(600)
    before = page.evaluate("window.shift")
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    after = page.evaluate("window.shift")
    page.close()
    assert held and after - before <= 0.001


def test_the_face_is_used_where_it_comes_in_time(browser, address):
    context = browser.new_context()
    page = context.new_page()
    for path in ("index.html", "use/torch.html"):
        page.goto(address + path)
    page.wait_for_function(
        "[...document.fonts].some(f => f.family.includes('Source') && f.status === 'loaded')"
    )
    client = context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("article p", "article h1"):
        node = client.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        used = max(fonts, key=lambda font: font["glyphCount"])
        assert used["familyName"].startswith("Source Serif 4") and used["isCustomFont"]
    context.close()
