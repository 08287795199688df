"""Who hears a page hears a function as one piece, after the notes on it."""

import inspect
import re
import textwrap

import pytest

from labml_optim import Adam


@pytest.fixture(scope="module")
def heard(browser, address):
    """The parts of Adam's page in the order in which they are read aloud, each with its text."""
    page = browser.new_page()
    page.goto(f"{address}optimizers/adam.html")
    # What is far from the screen is not laid out, and so not heard yet.
    page.add_style_tag(content=".sn-def { content-visibility: visible !important; }")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    page.close()
    nodes = {node["nodeId"]: node for node in tree}

    def text(node):
        if node["role"]["value"] == "StaticText":
            return node["name"]["value"]
        return "".join(text(nodes[key]) for key in node.get("childIds", []) if key in nodes)

    def name(node):
        return node.get("name", {}).get("value", "")

    return {name(n): text(n) for n in tree if name(n).startswith("Code of ")}


@pytest.mark.parametrize("method", [Adam.get_mv, Adam.get_step, Adam.update])
def test_a_function_is_heard_as_one_piece(heard, method):
    code = heard[f"Code of {method.__name__}"]
    # Without the numbers of the lines, the buttons, and places where a long line may be broken.
    lines = re.sub(r"^(\s*\d+)(?:Copy)?", "", code.replace("\u200b", ""), flags=re.MULTILINE)
    found = [line.strip() for line in lines.splitlines() if line.strip()]
    source = re.sub(r'\s*r?""".*?"""', "", inspect.getsource(method), count=1, flags=re.DOTALL)
    wanted = [line.strip() for line in textwrap.dedent(source).splitlines()]
    assert found == [line for line in wanted if line and not line.startswith("#")]
