r"""
# Modules, statements, names

* [`project.py`](project.py) finds the package of a module, and what the project says of it.
* [`modules.py`](modules.py) takes a module apart into statements.
* [`references.py`](references.py) finds the names in a statement that refer to the module, and
  [`examples.py`](examples.py) those in the examples of a docstring.
* [`resolve.py`](resolve.py) follows a name to where it is defined.
* [`refusals.py`](refusals.py) says what cannot be bundled.
"""
