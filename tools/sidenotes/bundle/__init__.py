r"""
# One file of a package

[The command](command.py) `sidenotes bundle` writes a module and all that it uses of its package
into one file, which needs nothing of the package any more. It reads the sources and runs none of
them. What it cannot follow with certainty it refuses, with file and line.

1. [source](source/__init__.py) reads modules: their statements, and what the names in them mean.
2. [`collect.py`](collect.py) takes what is needed, in the [`order.py`](order.py) in which Python
   would run it. [`effects.py`](effects.py) says which statements count that only do something, and
   [`conditions.py`](conditions.py) which imports cannot be trusted.
3. [`naming.py`](naming.py) gives each thing a name of its own.
4. [text](text/__init__.py) writes it.
"""
