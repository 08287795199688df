r"""
# Equal for every value

A run on floats says that code and formula agree on the numbers that were drawn. This package says
that they agree on all numbers. It sends [exact numbers](numbers.py) through the code as it stands
and through the formula. Such a number is a float, which decides the way that the code takes, and
an element of a finite field of some $10^{95}$ elements, which stands for the value itself. All
inputs are drawn: the state before the step, the gradient, the hyper-parameters. Two different
rational functions of degree $d$ have the same value at a random point of a field of $p$ elements
with a probability of at most $d/p$ (Schwartz 1980, Zippel 1979). So if the two sides are one
element, they are one function.

* [`numbers.py`](numbers.py): the numbers, and [`ground.py`](ground.py): the field, what is drawn,
  and the [comparisons](guards.py) that were made
* [`roots.py`](roots.py): of which sign a root is, and what roots depend on
* [`arithmetic.py`](arithmetic.py): what a formula can do with them
* [`task.py`](task.py): what is to be proved, which the project says
* [`explore.py`](explore.py): all ways through the code, each of them taken
* [`prover.py`](prover.py): what is compared there
* [`selftest.py`](selftest.py): the numbers themselves, compared with fractions
* [`c`](c/__init__.py): code in C, run with these numbers

What that is worth, and what has to be trusted, is said on a page of the site, "Proved for every
value".
"""
