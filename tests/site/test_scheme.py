"""The colours are the system's until the reader chooses, and then the reader's, on each page."""

STATE = """() => [
    document.body.dataset.mdColorScheme,
    // The bars of the window.
    getComputedStyle(document.documentElement).colorScheme,
    document.querySelector('[data-palette] > button:not([hidden])').title,
]"""
SYSTEM = {
    "light": ["default", "light dark", "Switch to light"],
    "dark": ["slate", "light dark", "Switch to light"],
}


def test_the_system_chooses_until_the_reader_does(page):
    page.goto("optimizers/adam.html")
    assert page.evaluate(STATE) == SYSTEM["light"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert page.evaluate(STATE) == SYSTEM["dark"]
    page.reload()
    assert page.evaluate(STATE) == SYSTEM["dark"]


def test_a_choice_goes_round_and_is_kept(page):
    page.goto("optimizers/adam.html")
    button = page.locator("[data-palette] > button:not([hidden])")
    button.click()
    assert page.evaluate(STATE) == ["default", "light", "Switch to dark"]
    # By the keyboard, too: the next button has the focus.
    page.keyboard.press("Enter")
    assert page.evaluate(STATE) == ["slate", "dark", "Follow the system"]
    page.goto("index.html")
    assert page.evaluate(STATE) == ["slate", "dark", "Follow the system"]
    button.click()
    assert page.evaluate(STATE) == SYSTEM["light"]


def test_a_choice_is_there_before_the_scripts_are(page):
    page.goto("optimizers/adam.html")
    for _ in range(2):
        page.locator("[data-palette] > button:not([hidden])").click()
    page.route("**/*.js", lambda route: route.abort())
    page.goto("optimizers/radam.html")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
