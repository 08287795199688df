"""What a formula makes of a value that lives on is what the step ends with."""

import pytest

RUNS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def start():
    one = subject.Mean()

    def step(given):
        one.update(given[0])

    return Started([Item(one, {}, lambda: {"m_t": one.m})], step)


def runs(device):
    yield Run("run", "Mean", {}, start, %s)
"""
MODULE = """
class Mean:
    m = %s

    def update(self, x):
        # $$m_t = m_{t-1} + x_t$$
"""
NUMBERS = "[[0.3], [-1.7]]"
VECTORS = "[[[0.3, 1.0]], [[-1.7, 4.0]]]"
ADDED = ["m = [a + b for a, b in zip(self.m, x)]"]

# What the run gives, where the mean starts, the lines below the formula, and what is said.
STEPS = [
    (NUMBERS, "0.0", ["m = self.m + x", "self.m = m"], ""),
    (NUMBERS, "0.0", ["m = self.m + x", "self.m = -m"], "m_t is -0.3, not 0.3\n"),
    (NUMBERS, "0.0", ["m = self.m + x", "m = 3 * m", "self.m = m"], "m_t is 0.8999999999"),
    (NUMBERS, "0.0", ["m = self.m + x", "self.m = m if x > 0 else 0.0"], "m_t is 0.0, not"),
    (NUMBERS, "0.0", ["m = self.m + x"], "m_t is 0.0, not 0.3\n"),
    # The last formula of the step has the last word.
    (NUMBERS, "0.0", ["m = self.m + x", "# $$m_t \\gets 3 m_t$$", "m = 3 * m", "self.m = m"], ""),
    (VECTORS, "[0.0, 0.0]", [*ADDED, "self.m = m"], ""),
    (VECTORS, "[0.0, 0.0]", [*ADDED, "self.m = [m[0], 7.0]"], "m_t is 7.0, not 1.0, in element 2"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "start", "lines", "message"), STEPS)
def test_what_the_last_formula_makes_is_what_the_step_ends_with(
    given, start, lines, message, stranger
):
    stranger.symbols.update({"m_t": ["m"], "x_t": ["x"]})
    stranger.write("runs.py", RUNS % given)
    body = "".join(f"        {line}\n" for line in lines)
    stranger.write("subject.py", MODULE % start + body)
    status, output = stranger.check()
    assert status == bool(message), output
    assert f"\n    when the step has ended, {message}" in output or not message, output
