r"""
# What is stated in formulas

An annotated module states several kinds of things in formulas, and each is checked in its own way.
A kind is [a class](assertion.py) with all that belongs to it, and [a list](registry.py) has them
all.

* [A claim](claim.py) stands beside code, and says what the next statement computes.
* [An algorithm](algorithm.py) is a display in a docstring that has a loop in it: all that a step
  does.
* [A definition](definition.py) assigns, too, but has no statement to belong to.
* [A derivation](derivation.py) says what follows from what.
* [An identity](identity.py) says that two algorithms are one.
* [A remark](remark.py) is an equation within a line.
* [An opinion](opinion.py) is a formula in a quotation.

[Reading](reading/__init__.py) finds the formulas of a file, and takes apart what they state.
"""
