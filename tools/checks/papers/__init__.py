"""
# The optimizers once more, from their papers

In plain Python floats: one number, no torch. Every function takes a start and a sequence of
gradients, and returns the parameter after each step. Names of arguments are the library's, so that
both are given the same values. A function has the name of its class, in small letters, and a module
of that name.

Run as a program, such a module is a [check](../selfcheck.py) of the optimizer. It comes along in a
[bundle](../../sidenotes/bundle/__init__.py), which so can be checked wherever it is copied to.

* [`shared.py`](shared.py) is what several of them have: the decay, the loop, Adam's update
* [`adam.py`](adam.py), [`amsgrad.py`](amsgrad.py), [`radam.py`](radam.py), [`nadam.py`](nadam.py),
  [`adabelief.py`](adabelief.py)
"""
