r"""
# Equations, checked against the code

A formula beside code says what the code computes. This package reads the formula, computes it too,
and compares.

* A formula: `scan.py` takes its TeX apart, `cursor.py` reads symbols and numbers, `formula.py`
  makes the tree that `tree.py` describes, and `values.py` computes its value. `indices.py` makes
  $x_{t-1}$ from $x_t$.
* An algorithm, which is a block of rows with a loop and conditions: `rows.py` reads it,
  `nesting.py` tells which row belongs to which, and `program.py` runs it.
* What there is to check: `claims.py` finds the formulas of a module and their statements,
  `statements.py` and `in_c.py` what a statement makes, and `derivations.py` what only follows.
  `runs.py` says what is run.
* Checking it: `trace.py` watches a run line by line, with the values that `moment.py` finds, while
  `updates.py` sees to the indices and `callers.py` to the names of what is returned; `replay.py`
  runs the algorithm beside it; `examples.py` calls the functions of doctests; `compare.py` says
  when two values are the same.
* `check.py` puts it together, `outcomes.py` tells what became of each formula, and `report.py`
  prints it.

A kernel is checked as well, though it is not Python code that runs as it stands. One in C is
compiled from a text into which `marked.py` has written calls that report what each line with a
formula reads and makes; `reports.py` turns that into values. One that an interpreter runs, as
Triton's can, is watched like any Python code, and the run says how to read what its variables hold.
"""
