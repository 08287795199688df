r"""
# C on exact numbers

A kernel in C is proved as code in Python is, if its statements can be run with [exact
numbers](../numbers.py). A compiler's `double` has no room for them. So the text itself is run: its
[tokens](../../../languages/c/tokens.py) are made into trees, and these are walked.

It is a small part of C: functions of numbers, pointers to numbers, and structures that one pointer
leads to; declarations, assignments, `if`, `for`, `return`; the operators of arithmetic, of
comparison and of logic. Anything else is refused by name, and nothing is guessed. A `double` is an
exact number, and an integer is an integer.

* [`reading.py`](reading.py): what the preprocessor leaves, and the functions in it
* [`expressions.py`](expressions.py) and [`statements.py`](statements.py): their trees
* [`program.py`](program.py): running them, and [`operations.py`](operations.py): with numbers
"""
