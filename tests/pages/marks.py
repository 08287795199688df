"""Numbers on pages that nothing here can make again: durations, and what others say."""

# How long something takes, as it was measured by hand.
DURATIONS = {
    "README.md": [
        "a minute and a half, `make test` about a quarter of an hour on two cores",
        "about twenty seconds on two idle cores",
    ],
    "CHANGELOG.md": ["needs a GPU, in seven minutes"],
    "CONTRIBUTING.md": ["needs a GPU, in seven minutes"],
    "docs/use/check.md": ["about twenty seconds on two idle cores"],
}
# What others have said or done, and operations that one counts on a page.
OTHERS_SAY = {
    "CHANGELOG.md": ["in place of some ten"],
    "docs/notes/adabeliefs.md": [
        r"or $\hat\epsilon$ | $\rho_t \ge 5$",
        r"rectified: $\hat\epsilon$ | $\rho_t \ge 5$",
        r"as the authors | $\rho_t \ge 5$",
        r"$\rho_t > 4$",
    ],
    "docs/speed/index.md": ["some ten operations", "some ten times"],
    "docs/use/distributed.md": ["with torch 2.13"],
    "docs/use/frameworks.md": ["lightning 2.6.6, accelerate 1.15.0 and transformers 5.24.0"],
    "docs/use/settings.md": [
        "0.01 to 0.1 for transformers",
        "over powers of ten",
        "such as 0.95 or 0.98",
        "1e-8 with `accumulate_eps=True` where SGD",
        "stored $s_t$: at 1e-8 that is",
        "advice: 1e-8 for > convolutional networks, 1e-16 for transformers",
        "At 1e-16 it makes no",
    ],
    "docs/use/torch.md": ["say $10^{-3}$ or 0.1"],
}
