"""The search finds what people type, and its index is fetched by those alone who search."""

import json
import re

import pytest

# What people type, and a page that has to be among the first three found.
QUERIES = {
    "addcmul_": "optimizers/adam.html",
    "lerp_": "optimizers/adabelief.html",
    "exp_avg_var": "optimizers/adabelief.html",
    "exp_avg_sq": "optimizers/adam.html",
    "max_exp_avg_sq": "optimizers/amsgrad.html",
    "get_mv": "optimizers/adabelief.html",
    "init_state": "optimizers/optimizer.html",
    "load_state_dict": "optimizers/optimizer.html",
    "r_t": "optimizers/radam.html",
    "rho_inf": "optimizers/radam.html",
    "m hat": "notes/m_hat.html",
    "epsilon": "use/precision.html",
    "warm-up": "optimizers/radam.html",
    "warmup": "optimizers/radam.html",
    "nesterov": "optimizers/nadam.html",
    "bias correction": "optimizers/adam.html",
    "weight decay": "optimizers/weight_decay.html",
    "AdamW": "optimizers/weight_decay.html",
    "amsgrad": "optimizers/amsgrad.html",
    "adabelief": "optimizers/adabelief.html",
    "first step": "notes/step_bound.html",
    "FSDP": "use/distributed.html",
    "sparse": "use/training.html",
    "bfloat16": "use/precision.html",
    "GradScaler": "use/precision.html",
    "checkpoint": "optimizers/checkpoint.html",
    "learning rate schedule": "use/training.html",
    "gradient clipping": "use/training.html",
    "timm": "use/others.html",
    "optax": "use/others.html",
    "accelerate": "use/frameworks.html",
    "triton": "speed/index.html",
    "verify": "use/check.html",
}
FOUND = """
items => items.map(item => new URL(item.querySelector("a").href).pathname.slice(1))
"""


def opened(browser, address, requests):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    return page


def search(page, words):
    """The pages that are found, in their order."""
    box = page.locator("input[name=query]")
    for text in ("", words):
        box.fill(text)
        # The theme looks at the field when a key is released.
        box.press("Shift")
        meta = page.locator(".md-search-result__meta")
        page.wait_for_function(
            "([e, empty]) => (e.textContent.trim() === 'Type to start searching') === empty",
            arg=[meta.element_handle(), not text],
        )
    items = page.locator(".md-search-result__item")
    return items.evaluate_all(FOUND)


# The index as the theme's own script builds it, asked for the first letters of each word in it.
BEGINNINGS = """async () => {
  const config = JSON.parse(document.getElementById("__config").textContent);
  const { config: settings, docs } = await (await fetch("search/search_index.json")).json();
  const worker = new Worker(config.search);
  const ask = (message) => new Promise((done) => {
    worker.onmessage = ({ data }) => done(data.data);
    worker.postMessage(message);
  });
  await ask({ type: 0, data: { config: settings, docs, options: { suggest: false } } });
  const text = docs.map(({ title, text }) => `${title} ${text}`).join(" ").replace(/<[^>]+>/g, " ");
  const beginnings = new Set(text.toLowerCase().match(/[a-z_]{3,}/g).map((w) => w.slice(0, 3)));
  for (const data of beginnings) await ask({ type: 2, data });
  return beginnings.size;
}"""


def test_no_beginning_of_a_word_breaks_the_search(browser, address):
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert page.evaluate(BEGINNINGS) > 500
    page.close()
    # So the theme says that the index could not answer.
    assert [text for text in said if "Invalid query" in text] == []


def test_what_people_type_is_among_the_first_three(browser, address):
    assert len(QUERIES) >= 30
    page = opened(browser, address, [])
    page.keyboard.press("/")
    found = {words: search(page, words)[:3] for words in QUERIES}
    page.close()
    assert {words: f for words, f in found.items() if QUERIES[words] not in f} == {}
    # The pages about the tool come behind all others.
    assert [words for words, f in found.items() if any(p.startswith("tool/") for p in f)] == []


@pytest.mark.parametrize("way", ["key", "click", "tab"])
def test_the_index_is_fetched_when_the_search_is_opened(browser, address, way):
    requests = []
    page = opened(browser, address, requests)
    # The theme asks for it when its script runs.
    page.wait_for_function("window.component$")
    page.wait_for_timeout(200)
    assert [url for url in requests if url.endswith(".json")] == []
    with page.expect_response("**/search_index.json"):
        if way == "key":
            page.keyboard.press("s")
        elif way == "click":
            page.locator("input[name=query]").click()
        else:
            page.locator("input[name=query]").focus()
    assert search(page, "adabelief")
    page.close()
    assert len([url for url in requests if url.endswith(".json")]) == 1


def test_a_page_from_the_disk_opens_without_an_error(browser, site):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto((site / "optimizers/adam.html").as_uri())
    page.wait_for_function("window.component$")
    page.keyboard.press("/")
    # No script may read the index there, so nothing offers a search.
    assert page.locator(".md-search, [for=__search]").locator("visible=true").count() == 0
    page.close()
    assert errors == []


# ## The index


@pytest.fixture(scope="module")
def index(site):
    return json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]


def test_a_method_is_found_by_the_names_in_its_code_and_by_its_symbols(index):
    (entry,) = [
        e for e in index if e["location"].endswith("adabelief.html#adabelief.AdaBelief.get_mv")
    ]
    words = set(re.split("[ ,<>]+", entry["text"]))
    assert {"exp_avg_var", "addcmul_", "lerp_", "s_t", "m_t", "beta_2"} <= words
    assert not {"self", "def", "return"} & words


def test_the_words_for_the_search_are_not_shown(browser, address):
    page = opened(browser, address + "optimizers/adabelief.html", [])
    lines = page.locator(".sn-words")
    assert lines.count() > 3
    assert lines.evaluate_all("lines => lines.map(line => line.getClientRects().length)") == (
        [0] * lines.count()
    )
    assert "addcmul_, " not in page.evaluate("document.body.innerText")
    page.close()


def test_pages_of_the_tool_weigh_little_and_generated_ones_nothing(index):
    weights = {e["location"].partition("#")[0]: e.get("boost", 1) for e in index}
    tool = {page: weight for page, weight in weights.items() if page.startswith("tool/")}
    assert tool and max(tool.values()) < 0.5 <= min(
        w for p, w in weights.items() if p[:4] == "use/"
    )
    assert [page for page in weights if "/source/" in page or "tool/checks/" in page] == []
