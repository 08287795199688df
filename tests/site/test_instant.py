"""With instant navigation a page takes the place of another: the script works on the new page."""

import pytest
from building import run, served

CONFIG = """
site_name: Demo
site_url: {address}
theme:
  name: material
  font: false
  features: [navigation.instant]
extra_css: [assets/sidenotes/sidenotes.css]
extra_javascript: [assets/sidenotes/sidenotes.js]
markdown_extensions:
  - toc
  - sidenotes
"""
FILES = {
    "docs/index.md": "# Home\n\n[To the page](page.md)\n",
    "docs/page.md": "# Page\n\n/// sidenotes | long.py\n///\n",
    "long.py": f'"""A long formula.\n\n$$a = {" + ".join("bcdefg" * 20)}$$\n"""\n\nx = 1\n',
}


@pytest.fixture(scope="module")
def instant(tmp_path_factory):
    """The address of a site with instant navigation."""
    folder = tmp_path_factory.mktemp("instant")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "site").mkdir()
    run("sidenotes", "assets", "docs/assets/sidenotes", cwd=folder)
    with served(folder / "site") as address:
        (folder / "mkdocs.yml").write_text(CONFIG.format(address=address), "utf-8")
        run("mkdocs", "build", "--strict", cwd=folder)
        yield address


def test_the_script_works_on_the_next_page(browser, instant):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(instant)
    # What a new document would not have.
    page.evaluate("window.same = true")
    page.get_by_text("To the page").click()
    formula = page.locator(".sn-display")
    formula.wait_for()
    assert page.evaluate("window.same") is True
    assert formula.evaluate("e => e.scrollWidth > e.clientWidth")
    page.wait_for_function("document.querySelector('.sn-display').tabIndex === 0")
    page.close()
